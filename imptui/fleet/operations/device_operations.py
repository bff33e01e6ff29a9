"""Changes of devices, one or many: a call that fails for some of them has one outcome per device."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.client.calls.devices import UNASSIGNED
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.client.secret import Secret
from imptui.domain import policy
from imptui.domain.device import Device
from imptui.domain.errors import NotFound, Refused
from imptui.domain.ids import DeviceId, GroupId
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.write_through import WriteThrough, about_of, permit

if TYPE_CHECKING:
    from imptui.client.central import Central

BULK = 100
"""Devices in one call."""

REREAD_ALONE = 20
"""Up to so many devices are read again one by one; more of them by the pages of their group."""


class DeviceOutcome(Struct, frozen=True):
    """What became of one device of a bulk call."""

    device_id: DeviceId
    refusal: Exception | None
    """A `Refused` or a `NoAnswer`; None: done."""


class DeviceChanges:
    """Changes devices, one or many."""

    def __init__(self, cache: Cache, central: "Central", changes: ChangeFeed, through: WriteThrough) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self._through = through

    async def assign(self, group_id: GroupId, device_ids: Sequence[DeviceId]) -> tuple[DeviceOutcome, ...]:
        """Put devices into a group; those in another group of the same type move.

        Not atomic: some may move while others are refused.
        """
        about = about_of(await self._through.group(group_id))
        outcomes: list[DeviceOutcome] = []
        for part in _parts(device_ids):
            outcomes += await _bulk(part, self._central.groups.assign(group_id, part, about=about))
        await self._reread(_done(outcomes), group_id)
        return tuple(outcomes)

    async def unassign(self, device_ids: Sequence[DeviceId], *, unbond_key: Secret | None = None) -> tuple[DeviceOutcome, ...]:
        """Take devices out of their groups; out of a production group it takes the unbond key."""
        outcomes: list[DeviceOutcome] = []
        for group_id, members in (await self._by_group(device_ids)).items():
            if group_id is None:
                refusal = NotFound("The device is in no group.")
                outcomes += [DeviceOutcome(each, refusal) for each in members]
                continue
            about = about_of(await self._through.group(group_id))
            for part in _parts(members):
                call = self._central.groups.unassign(group_id, part, unbond_key=unbond_key, about=about)
                outcomes += await _bulk(part, call)
        await self._reread(_done(outcomes), None)
        return tuple(outcomes)

    async def rename(self, device_id: DeviceId, name: str | None) -> Device:
        """Name a device; None or "" takes its name away."""
        if name:
            permit(policy.validate_name(name))
        row = await asyncio.to_thread(self._cache.devices.row, device_id)
        about = About(row.device.label, {"name": row.device.name}) if row else None
        async with self._through.unless_device_gone(device_id):
            device = await self._central.devices.rename(device_id, name or "", about=about)
        await self._through.write(self._cache.devices.store, [device], self._changes.now())
        return device

    async def remove(self, device_id: DeviceId) -> None:
        """Remove an unassigned device from the account."""
        row = await asyncio.to_thread(self._cache.devices.row, device_id)
        async with self._through.unless_device_gone(device_id):
            await self._central.devices.delete(device_id, about=About(row.device.label) if row else None)
        await self._through.write(self._cache.devices.forget, [device_id])
        self._through.resort()

    async def restart(self, device_id: DeviceId, *, conditional: bool) -> None:
        """Restart one device, and read how it is."""
        row = await asyncio.to_thread(self._cache.devices.row, device_id)
        about = About(row.device.label) if row else None
        async with self._through.unless_device_gone(device_id):
            await self._central.devices.restart(device_id, conditional=conditional, about=about)
        await self._reread_alone([device_id])

    async def restart_each(self, device_ids: Sequence[DeviceId], *, conditional: bool) -> tuple[DeviceOutcome, ...]:
        """Restart several devices, one call each; every one has its own outcome."""
        outcomes = []
        for device_id in device_ids:
            outcomes += await _bulk([device_id], self.restart(device_id, conditional=conditional))
        return tuple(outcomes)

    async def _by_group(self, device_ids: Iterable[DeviceId]) -> dict[GroupId | None, list[DeviceId]]:
        rows = await asyncio.to_thread(self._cache.devices.rows_of, list(device_ids))
        found: dict[GroupId | None, list[DeviceId]] = {}
        for device_id, row in rows.items():
            found.setdefault(row.device.group_id, []).append(device_id)
        return found

    async def _reread(self, device_ids: Sequence[DeviceId], group_id: GroupId | None) -> None:
        """Read moved devices again: few one by one, many as pages of where they went."""
        if len(device_ids) <= REREAD_ALONE:
            await self._reread_alone(device_ids)
        else:
            owner = UNASSIGNED if group_id is None else None
            async for page in self._central.devices.pages(group_id=group_id, group_owner_id=owner):
                await self._through.write(self._cache.devices.store, list(page.items), page.read_at)
        self._through.resort()
        self._changes.announce()

    async def _reread_alone(self, device_ids: Sequence[DeviceId]) -> None:
        for device_id in device_ids:
            device, reading = await self._central.devices.get(device_id)
            await self._through.write(self._cache.devices.store, [device], reading.read_at)
            await self._through.write(self._cache.devices.store_readings, {device_id: reading})


def _parts(device_ids: Sequence[DeviceId]) -> list[list[DeviceId]]:
    return [list(device_ids[start : start + BULK]) for start in range(0, len(device_ids), BULK)]


def _done(outcomes: Iterable[DeviceOutcome]) -> list[DeviceId]:
    return [each.device_id for each in outcomes if each.refusal is None]


async def _bulk(device_ids: Sequence[DeviceId], call: Awaitable[object]) -> list[DeviceOutcome]:
    """One outcome per device of a call that may refuse some of them."""
    try:
        await call
    except NoAnswer as error:
        return [DeviceOutcome(each, error) for each in device_ids]
    except Refused as refused:
        named = {part.subject: part for part in refused.parts if part.subject is not None}
        if not named or not set(named) & set(device_ids):
            return [DeviceOutcome(each, refused) for each in device_ids]
        return [DeviceOutcome(each, named.get(each)) for each in device_ids]
    return [DeviceOutcome(each, None) for each in device_ids]
