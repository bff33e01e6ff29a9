"""The marked devices of a list, and a range that was begun."""

from collections.abc import Iterable

from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow

MARK_LIMIT = 10_000
"""The largest number of marked devices; more than that is a job for a group."""


class DeviceMarks:
    """Marks devices one by one, or a range of them.

    Attributes:
        rows: The marked devices, as last read.
        anchor: The index at which a range began; None: no range was begun.
    """

    def __init__(self) -> None:
        self.rows: dict[DeviceId, DeviceRow] = {}
        self.anchor: int | None = None

    def __len__(self) -> int:
        """Count the marked devices."""
        return len(self.rows)

    def toggle(self, row: DeviceRow) -> None:
        """Mark a device, or unmark it."""
        if self.rows.pop(row.device.id, None) is None:
            self.rows[row.device.id] = row

    def update(self, row: DeviceRow) -> None:
        """Take a newer reading of a device, if it is marked."""
        if row.device.id in self.rows:
            self.rows[row.device.id] = row

    def add(self, rows: Iterable[DeviceRow | None]) -> bool:
        """Mark devices up to the limit; return False if some were left out."""
        new = [row for row in rows if row is not None and row.device.id not in self.rows]
        room = MARK_LIMIT - len(self.rows)
        self.rows |= {row.device.id: row for row in new[:room]}
        return len(new) <= room

    @property
    def full_text(self) -> str:
        """The sentence that says that the limit of marks was reached."""
        return f"{MARK_LIMIT:,} are marked, and no more can be: act on these and go on, or on a whole group in the tree."

    def retain(self, device_ids: set[DeviceId]) -> None:
        """Unmark all devices but these."""
        self.rows = {device_id: row for device_id, row in self.rows.items() if device_id in device_ids}

    def clear(self) -> bool:
        """Unmark everything and give up a range; return whether there was anything."""
        had = bool(self.rows) or self.anchor is not None
        self.rows.clear()
        self.anchor = None
        return had

    def end_range(self, cursor: int) -> tuple[int, int]:
        """End the range at the cursor, and return its first and last index."""
        begin, self.anchor = self.anchor or 0, None
        return min(begin, cursor), max(begin, cursor)

    def covers(self, index: int, cursor: int) -> bool:
        """Return whether an index belongs to the range that was begun."""
        return self.anchor is not None and min(self.anchor, cursor) <= index <= max(self.anchor, cursor)
