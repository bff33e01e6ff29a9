"""Reads the devices of a query in rounds, without a screen."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow
from imptui.query.query import Query

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

DEVICES_PER_CHECK = 200
"""The number of devices read between two looks at which readings are oldest and whether to stop."""

PAGE = 5000


class Round(Struct, frozen=True):
    """The result of one round of readings."""

    wanted: int
    read: int
    trouble: str | None = None
    """The failure that ended the round; None: it is complete."""


async def sample_round(fleet: "Fleet", query: Query, until: Callable[[], bool]) -> Round:
    """Read the devices of a query once, oldest reading first, within the same share of the budget as a screen takes.

    Args:
        fleet: The fleet of the devices.
        query: The devices to read.
        until: Stops the round after the requests under way; the next round continues with the oldest readings.
    """
    fleet.look.resort(query)
    ids: list[DeviceId] = []
    async for window in fleet.look.windows(query, PAGE):
        ids += [row.device.id for row in window.rows if row is not None]
    wanted = len(ids)
    began_at = fleet.changes.now()
    read = 0
    while not until():
        oldest = await fleet.look.stalest(ids, DEVICES_PER_CHECK)
        left = [key for key, row in (await fleet.look.rows(oldest)).items() if not _is_read(row, began_at)]
        if not left:
            break
        fleet.watch.look_at(left)
        await fleet.watch.refresh_now()
        if fleet.status.trouble is not None:
            return Round(wanted, read, fleet.status.trouble)
        after = await fleet.look.rows(left)
        read += sum(_is_read(row, began_at) for row in after.values())
        if fleet.status.budget_limit is not None:
            await asyncio.sleep(fleet.watch.round_s)
    return Round(wanted, read)


def _is_read(row: DeviceRow, since_at: datetime) -> bool:
    return row.reading is not None and row.reading.read_at >= since_at
