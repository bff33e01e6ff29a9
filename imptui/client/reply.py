"""Answers: a whole reply, or a stream of bytes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from imptui.client.errors import NoAnswer

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer of the service, read whole."""

    status: int
    body: bytes = field(repr=False)
    read_at: datetime


class Stream:
    """An open event stream.

    Args:
        response: Holds the bytes.
        translate: Returns the error of ours for one of httpx.
        errors: The classes of errors to translate.
    """

    def __init__(
        self,
        response: "httpx.Response",
        translate: Callable[[Exception], NoAnswer],
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._response, self._translate, self._errors = response, translate, errors

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the stream as they come, until the service ends it.

        Raises:
            NoAnswer: The connection broke, or was silent for too long.
        """
        problem: NoAnswer | None = None
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except self._errors as error:
            problem = self._translate(error)
        if problem is not None:
            problem.__context__ = None
            raise problem

    async def close(self) -> None:
        """Close the connection: a client ends a stream by that."""
        await self._response.aclose()
