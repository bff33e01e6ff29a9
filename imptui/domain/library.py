"""Code libraries that programs may require."""

from msgspec import Struct


class Library(Struct, frozen=True):
    """One library and its versions. Source: contract 17."""

    id: str
    name: str
    is_supported: bool | None
    versions: tuple[str, ...]
    """Names to require, such as `Twilio:1.2.3`, newest first."""
