"""Input as plain values: what the router receives, orders and delivers."""

from typing import TypeAlias

from msgspec import Struct


class KeyPressed(Struct, frozen=True):
    """A key."""

    key: str
    """The name that Textual gives it."""
    character: str | None
    """The character that it types; None: it types none."""
    at: float
    """When it was read, by `time.monotonic`."""
    burst: int = 0
    """Keys read within 30 ms of each other have the same number. The router counts."""
    late_s: float = 0.0
    """The delay of the console when it took the key; a scanner's next key may be read as late. The router measures."""

    @property
    def letter(self) -> str:
        """The printable character that it types, or nothing."""
        return self.character if self.character is not None and self.character.isprintable() else ""


class Scanned(Struct, frozen=True):
    """A code from a bar-code reader, without its Enter or Tab."""

    text: str
    at: float


class Pasted(Struct, frozen=True):
    """Text from a bracketed paste."""

    text: str
    at: float


class Resized(Struct, frozen=True):
    """Another size of the terminal."""

    columns: int
    lines: int
    at: float


InputEvent: TypeAlias = KeyPressed | Scanned | Pasted | Resized
