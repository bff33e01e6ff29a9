"""Error objects of JSON:API."""

from typing import Any

import msgspec
from msgspec import Struct


class ErrorObject(Struct, frozen=True, kw_only=True):
    """One error of an answer. Each member may be missing. Source: contract 2.3."""

    id: str | int | None = None
    status: str | int | None = None
    code: str | int | None = None
    title: str | None = None
    detail: str | None = None
    meta: Any = None
    source: Any = None

    @property
    def http_status(self) -> int | None:
        """Return the status as a number; None if it is missing or no HTTP status."""
        text = str(self.status)
        return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else None


class _Errors(Struct, frozen=True):
    errors: list[ErrorObject]


_decoder = msgspec.json.Decoder(_Errors)


def errors_in(body: bytes) -> tuple[ErrorObject, ...]:
    """Return the errors of an answer; empty if the body is no error document."""
    try:
        return tuple(_decoder.decode(body).errors)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
