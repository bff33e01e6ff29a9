"""An answer, frozen: row numbers in their order, four bytes each."""

import struct

from imptui.model.query import Query
from imptui.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """The devices that a query found, in its order, as of one generation. Costs four bytes a device."""

    query: Query
    generation: int
    numbers: bytes
    """Row numbers, big-endian, four bytes each."""

    def __len__(self) -> int:
        return len(self.numbers) // 4

    def slice(self, offset: int, limit: int) -> tuple[int, ...]:
        """Row numbers from `offset`, at most `limit`."""
        here = max(0, min(limit, len(self) - offset))
        return struct.unpack_from(f">{here}I", self.numbers, offset * 4) if here else ()

    def place(self, number: int) -> int | None:
        """Where a row number stands."""
        packed = struct.pack(">I", number)
        at = self.numbers.find(packed)
        while at >= 0 and at % 4:
            at = self.numbers.find(packed, at + 1)
        return None if at < 0 else at // 4
