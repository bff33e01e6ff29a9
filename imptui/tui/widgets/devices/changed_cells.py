"""The cells of the device list that changed in the last seconds."""

from collections.abc import Mapping
from time import monotonic

from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow
from imptui.tui.present.device import changes

SHOWN_S = 4.0
"""The time that a changed cell stays marked."""

BASELINE_LIMIT = 2_000
"""The number of devices whose row as it was marked last is held, so that slow drifts are marked, too."""


class ChangedCells:
    """Compares each new row of a device with the one that was marked last."""

    def __init__(self) -> None:
        self._cells: dict[DeviceId, tuple[dict[str, int], float]] = {}
        self._baselines: dict[DeviceId, DeviceRow] = {}

    def __bool__(self) -> bool:
        """True if any cell is marked as changed."""
        return bool(self._cells)

    def trim(self) -> None:
        """Drop the held rows if there are too many."""
        if len(self._baselines) > BASELINE_LIMIT:
            self._baselines.clear()

    def note(self, old: DeviceRow, new: DeviceRow) -> None:
        """Mark the cells in which a device differs from its row as it was marked last."""
        found = changes(self._baselines.setdefault(new.device.id, old), new)
        if found:
            self._cells[new.device.id] = (found, monotonic() + SHOWN_S)
            self._baselines[new.device.id] = new

    def of(self, device_id: DeviceId) -> Mapping[str, int]:
        """Return the changed columns of a device: 1 risen, -1 fallen, 0 other."""
        return self._cells.get(device_id, ({}, 0.0))[0]

    def fade(self) -> set[DeviceId]:
        """Unmark cells that changed too long ago, and return their devices."""
        now = monotonic()
        over = {device_id for device_id, (_, until) in self._cells.items() if until <= now}
        for device_id in over:
            del self._cells[device_id]
        return over
