"""Announce events of chosen devices, whatever screen is open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow
from imptui.tui.console.notifier import Notifier
from imptui.tui.terminal.cell_diff_app import CellDiffApp

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet


class DeviceNews:
    """The devices whose events are announced.

    Args:
        app: Runs the worker that reads them.
        fleet: Has the devices.
        notifier: Announces.

    Attributes:
        devices: The devices as they were known last.
    """

    def __init__(self, app: CellDiffApp, fleet: "Fleet", notifier: Notifier) -> None:
        self._app = app
        self._fleet = fleet
        self._notifier = notifier
        self.devices: dict[DeviceId, DeviceRow] = {}

    def toggle(self, rows: Sequence[DeviceRow]) -> None:
        """Announce events of these devices; stop where all of them are announced already."""
        known = {row.device.id: row for row in rows}
        if known.keys() <= self.devices.keys():
            self.devices = {key: row for key, row in self.devices.items() if key not in known}
            self._notifier.show_message(f"No more news of {len(known):,} device{'s' * (len(known) != 1)}.")
            return
        self.devices |= known
        count = len(self.devices)
        self._notifier.show_message(f"You will hear of {count:,} device{'s' * (count != 1)}; the news stay behind !.")

    def fleet_changed(self) -> None:
        """Compare the devices with their last state, because the cache has new data."""
        if self.devices:
            self._app.run_beside(self._look, group="announcing", exclusive=True)

    async def _look(self) -> None:
        from imptui.tui.present.news import news

        known = dict(self.devices)
        rows = await self._fleet.look.rows(list(known))
        for device_id, was in known.items():
            row = rows.get(device_id)
            text = news(was, row)
            if device_id in self.devices:
                if row is None:
                    del self.devices[device_id]
                else:
                    self.devices[device_id] = row
            if text is not None:
                self._notifier.announce(text)
