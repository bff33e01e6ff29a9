"""An answer, frozen: row numbers in their order, four bytes each.

SQLite writes them as one long text of eight decimal digits each (`DIGITS_SQL`), which costs a third of formatting them in
hexadecimal; read as if it were hexadecimal, that text becomes four bytes a number without a look at any single one.
"""

from msgspec import Struct

from imptui.query.query import Query

_FIRST = 10_000_000
"""Added to every row number, so that all have eight digits: for 90 million devices that one cache ever met."""

DIGITS_SQL = f"group_concat(n + {_FIRST}, '')"
"""Puts the numbers `n` of a query into the text that `packed` takes."""


def packed(digits: str | None) -> bytes:
    """The numbers of an `Snapshot` from what `DIGITS_SQL` gave; None for none."""
    return bytes.fromhex(digits or "")


class Snapshot(Struct, frozen=True):
    """The devices that a query found, in its order, as of one generation. Costs four bytes a device."""

    query: Query
    generation: int
    numbers: bytes
    """As `packed` made them."""

    def __len__(self) -> int:
        return len(self.numbers) // 4

    def slice(self, offset: int, limit: int) -> tuple[int, ...]:
        """Row numbers from `offset`, at most `limit`."""
        digits = self.numbers[max(0, offset) * 4 : max(0, offset + limit) * 4].hex()
        return tuple(int(digits[at : at + 8]) - _FIRST for at in range(0, len(digits), 8))

    def place(self, number: int) -> int | None:
        """Where a row number stands."""
        wanted = bytes.fromhex(str(number + _FIRST))
        at = self.numbers.find(wanted)
        while at >= 0 and at % 4:
            at = self.numbers.find(wanted, at + 1)
        return None if at < 0 else at // 4
