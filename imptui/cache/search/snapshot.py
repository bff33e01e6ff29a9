"""Snapshots of orders: row numbers, four bytes each.

SQLite returns them as one text of eight decimal digits each (`DIGITS_SQL`), which costs a third of formatting them as
hexadecimal. Decoding that text as hexadecimal gives four bytes a number in one call.
"""

from msgspec import Struct

from imptui.query.query import Query

_FIRST = 10_000_000
"""Added to every row number, so that all have eight digits. This allows 90 million row numbers in one cache."""

DIGITS_SQL = f"group_concat(n + {_FIRST}, '')"
"""SQL that joins the numbers `n` of a query to the text that `packed` takes."""


def packed(digits: str | None) -> bytes:
    """Return the numbers of a `Snapshot` from the result of `DIGITS_SQL`, which is None for no rows."""
    return bytes.fromhex(digits or "")


class Snapshot(Struct, frozen=True):
    """The devices that a query found, in its order, as of one generation. It costs four bytes a device."""

    query: Query
    generation: int
    numbers: bytes
    """Row numbers as returned by `packed`."""

    def __len__(self) -> int:
        return len(self.numbers) // 4

    def slice(self, offset: int, limit: int) -> tuple[int, ...]:
        """Return row numbers from `offset`, at most `limit`."""
        digits = self.numbers[max(0, offset) * 4 : max(0, offset + limit) * 4].hex()
        return tuple(int(digits[at : at + 8]) - _FIRST for at in range(0, len(digits), 8))

    def place(self, number: int) -> int | None:
        """Return the position of a row number; None if it is not in the snapshot."""
        wanted = bytes.fromhex(str(number + _FIRST))
        at = self.numbers.find(wanted)
        while at >= 0 and at % 4:
            at = self.numbers.find(wanted, at + 1)
        return None if at < 0 else at // 4
