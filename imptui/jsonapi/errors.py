"""Error objects."""

from typing import Any

import msgspec
from msgspec import Struct


class ErrorObject(Struct, frozen=True, kw_only=True):
    """One thing that went wrong, as it was read; everything may be missing. Source: contract 2.3."""

    id: str | int | None = None
    status: str | int | None = None
    code: str | int | None = None
    title: str | None = None
    detail: str | None = None
    meta: Any = None
    source: Any = None

    @property
    def http_status(self) -> int | None:
        """The status as a number; None where it is missing or none."""
        text = str(self.status)
        return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else None


class _Errors(Struct, frozen=True):
    errors: list[ErrorObject]


_decoder = msgspec.json.Decoder(_Errors)


def errors_in(body: bytes) -> tuple[ErrorObject, ...]:
    """The errors of an answer; none when the body is no error document at all."""
    try:
        return tuple(_decoder.decode(body).errors)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
