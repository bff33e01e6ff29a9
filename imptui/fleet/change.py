"""What changes something on the service; each call stores what came back before it answers.

All of them raise `model.errors.Refused` kinds (the service, the guard or a rule of the field said no) and
`client.errors.NoAnswer` kinds (nobody answered). Nothing is stored that the service did not confirm.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from imptui.cache.store import Cache
from imptui.client.change import About
from imptui.client.devices import UNASSIGNED
from imptui.client.errors import NoAnswer
from imptui.client.secret import Secret
from imptui.fleet.changes import Changes
from imptui.model import may
from imptui.model.deployment import Deployment
from imptui.model.device import Device
from imptui.model.errors import NotFound, Refused
from imptui.model.group import DeviceGroup, GroupType
from imptui.model.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.model.product import Product
from imptui.model.record import dataclass

if TYPE_CHECKING:
    from imptui.client.central import Central

BULK = 100
"""Devices in one call."""

REREAD_ALONE = 20
"""Up to so many devices are read again one by one; more of them by the pages of their group."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one device of a bulk call."""

    device_id: DeviceId
    refusal: Exception | None
    """A `Refused` or a `NoAnswer`; None: done."""


class Change:
    """Verbs. Each is one action of a person."""

    def __init__(self, cache: Cache, central: "Central", changes: Changes, resort: Callable[[], None]) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self._resort = resort

    # Products

    async def create_product(self, name: str, description: str | None = None) -> Product:
        """A new product of this account."""
        _permit(may.bear_name(name), may.bear_description(description))
        made = await self._central.create_product(name, description)
        return await self._keep_product(made)

    async def update_product(self, product_id: ProductId, *, name: str | None = None, description: str | None = None) -> Product:
        """Rename or describe a product; None leaves as it is."""
        _permit(may.bear_name(name) if name is not None else None, may.bear_description(description))
        before = await asyncio.to_thread(self._cache.products.one, product_id)
        about = _about(before, name=before.name, description=before.description) if before else None
        async with self._unless_gone("product", product_id):
            made = await self._central.update_product(product_id, name=name, description=description, about=about)
        return await self._keep_product(made)

    async def delete_product(self, product_id: ProductId) -> None:
        """Delete a product without groups."""
        before = await asyncio.to_thread(self._cache.products.one, product_id)
        async with self._unless_gone("product", product_id):
            await self._central.delete_product(product_id, about=_about(before))
        await self._written(self._cache.products.forget, [product_id])

    async def _keep_product(self, product: Product) -> Product:
        await self._written(self._cache.products.store, [product])
        return product

    # Groups

    async def create_group(
        self,
        product_id: ProductId,
        group_type: GroupType,
        name: str,
        description: str | None = None,
        *,
        production_target_id: GroupId | None = None,
        dut_target_id: GroupId | None = None,
        load_code_after_blessing: bool | None = None,
    ) -> DeviceGroup:
        """A new device group of a product."""
        _permit(may.bear_name(name), may.bear_description(description))
        made = await self._central.create_group(
            group_type,
            name,
            product_id,
            description=description,
            production_target=production_target_id,
            dut_target=dut_target_id,
            load_code_after_blessing=load_code_after_blessing,
        )
        return await self._keep_group(made)

    async def update_group(
        self,
        group_id: GroupId,
        *,
        name: str | None = None,
        description: str | None = None,
        production_target_id: GroupId | None = None,
        dut_target_id: GroupId | None = None,
        load_code_after_blessing: bool | None = None,
    ) -> DeviceGroup:
        """Rename, describe or re-target a group; None leaves as it is."""
        _permit(may.bear_name(name) if name is not None else None, may.bear_description(description))
        before = await self._group(group_id)
        async with self._unless_gone("group", group_id):
            made = await self._central.update_group(
                group_id,
                before.type,
                name=name,
                description=description,
                production_target=production_target_id,
                dut_target=dut_target_id,
                load_code_after_blessing=load_code_after_blessing,
                about=_about(before, name=before.name, description=before.description),
            )
        return await self._keep_group(made)

    async def delete_group(self, group_id: GroupId) -> None:
        """Delete an empty group; its deployments go with it."""
        before = await self._group(group_id)
        async with self._unless_gone("group", group_id):
            await self._central.delete_group(group_id, about=_about(before))

        def forget() -> None:
            self._cache.deployments.forget([each.id for each in self._cache.deployments.list(group_id)])
            self._cache.groups.forget([group_id])

        await self._written(forget)

    async def restart_group(self, group_id: GroupId, *, conditional: bool) -> None:
        """Restart every device of a group; offline ones when they next connect."""
        before = await self._group(group_id)
        async with self._unless_gone("group", group_id):
            await self._central.restart_group(group_id, conditional=conditional, about=_about(before))

    async def set_minimum(self, group_id: GroupId, deployment_id: DeploymentId) -> None:
        """Support only this deployment of the group and newer ones."""
        before = await self._group(group_id)
        about = _about(before, min_supported_deployment=before.min_supported_deployment_id)
        async with self._unless_gone("group", group_id):
            await self._central.set_min_supported(group_id, deployment_id, about=about)
        await self._keep_group(await self._central.group(group_id))

    async def _group(self, group_id: GroupId) -> DeviceGroup:
        known = await asyncio.to_thread(self._cache.groups.one, group_id)
        return known if known is not None else await self._keep_group(await self._central.group(group_id))

    async def _keep_group(self, group: DeviceGroup) -> DeviceGroup:
        await self._written(self._cache.groups.store, [group])
        return group

    # Devices

    async def assign(self, group_id: GroupId, device_ids: Sequence[DeviceId]) -> tuple[Outcome, ...]:
        """Put devices into a group; those in another group of the same type move.

        Not atomic: some may move while others are refused.
        """
        about = _about(await self._group(group_id))
        outcomes: list[Outcome] = []
        for part in _parts(device_ids):
            outcomes += await _bulk(part, self._central.assign(group_id, part, about=about))
        await self._reread(_done(outcomes), group_id)
        return tuple(outcomes)

    async def unassign(self, device_ids: Sequence[DeviceId], *, unbond_key: Secret | None = None) -> tuple[Outcome, ...]:
        """Take devices out of their groups; out of a production group it takes the unbond key."""
        outcomes: list[Outcome] = []
        for group_id, members in (await self._by_group(device_ids)).items():
            if group_id is None:
                refusal = NotFound("The device is in no group.")
                outcomes += [Outcome(each, refusal) for each in members]
                continue
            about = _about(await self._group(group_id))
            for part in _parts(members):
                call = self._central.unassign(group_id, part, unbond_key=unbond_key, about=about)
                outcomes += await _bulk(part, call)
        await self._reread(_done(outcomes), None)
        return tuple(outcomes)

    async def rename_device(self, device_id: DeviceId, name: str | None) -> Device:
        """Name a device; None or "" takes its name away."""
        if name:
            _permit(may.bear_name(name))
        row = await asyncio.to_thread(self._cache.devices.row, device_id)
        about = About(row.device.label, {"name": row.device.name}) if row else None
        async with self._unless_gone("device", device_id):
            device = await self._central.rename_device(device_id, name or "", about=about)
        await self._written(self._cache.devices.store, [device], self._changes.now())
        return device

    async def remove_device(self, device_id: DeviceId) -> None:
        """Remove an unassigned device from the account."""
        row = await asyncio.to_thread(self._cache.devices.row, device_id)
        async with self._unless_gone("device", device_id):
            await self._central.delete_device(device_id, about=About(row.device.label) if row else None)
        await self._written(self._cache.devices.forget, [device_id])
        self._resort()

    async def restart_device(self, device_id: DeviceId, *, conditional: bool) -> None:
        """Restart one device, and read how it is."""
        row = await asyncio.to_thread(self._cache.devices.row, device_id)
        about = About(row.device.label) if row else None
        async with self._unless_gone("device", device_id):
            await self._central.restart_device(device_id, conditional=conditional, about=about)
        await self._reread_alone([device_id])

    async def restart_devices(self, device_ids: Sequence[DeviceId], *, conditional: bool) -> tuple[Outcome, ...]:
        """Restart several devices, one call each; every one has its own outcome."""
        outcomes = []
        for device_id in device_ids:
            outcomes += await _bulk([device_id], self.restart_device(device_id, conditional=conditional))
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
            async for page in self._central.device_pages(group_id=group_id, group_owner_id=owner):
                await self._written(self._cache.devices.store, list(page.items), page.read_at)
        self._resort()
        self._changes.announce()

    async def _reread_alone(self, device_ids: Sequence[DeviceId]) -> None:
        for device_id in device_ids:
            device, reading = await self._central.device(device_id)
            await self._written(self._cache.devices.store, [device], reading.read_at)
            await self._written(self._cache.devices.store_readings, {device_id: reading})

    # Deployments

    async def update_deployment(
        self,
        deployment_id: DeploymentId,
        *,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        is_flagged: bool | None = None,
    ) -> Deployment:
        """Describe, tag or flag a deployment; None leaves as it is."""
        _permit(may.bear_description(description), may.bear_tags(tags or ()))
        before = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        known = {"description": before.description, "tags": before.tags, "flagged": before.is_flagged} if before else {}
        async with self._unless_gone("deployment", deployment_id):
            made = await self._central.update_deployment(
                deployment_id,
                description=description,
                tags=tags,
                is_flagged=is_flagged,
                about=About(before.sha[:12], known) if before else None,
            )
        await self._written(self._cache.deployments.store, [made])
        return made

    async def delete_deployment(self, deployment_id: DeploymentId) -> None:
        """Delete a deployment that is neither flagged nor supported any longer."""
        async with self._unless_gone("deployment", deployment_id):
            await self._central.delete_deployment(deployment_id)
        await self._written(self._cache.deployments.forget, [deployment_id])

    @asynccontextmanager
    async def _unless_gone(self, kind: str, ref: str) -> AsyncIterator[None]:
        """What somebody else took away meanwhile is not kept here until the next pass: it is asked for, and forgotten."""
        calls: dict[str, tuple[Callable[[Any], Awaitable[object]], Callable[..., object]]] = {
            "product": (self._central.product, self._cache.products.forget),
            "group": (self._central.group, self._cache.groups.forget),
            "device": (self._central.device, self._cache.devices.forget),
            "deployment": (self._central.deployment, self._cache.deployments.forget),
        }
        read, forget = calls[kind]
        try:
            yield
        except NotFound:
            try:
                await read(ref)
            except NotFound:
                await self._written(forget, [ref])
                self._resort()
            except (Refused, NoAnswer):
                pass  # it cannot be told now; the next pass tells
            raise

    async def _written(self, write: Callable[..., object], *arguments: object) -> None:
        await asyncio.to_thread(write, *arguments)
        self._changes.announce()


def _permit(*refusals: Refused | None) -> None:
    for refusal in refusals:
        if refusal is not None:
            raise refusal


def _about(thing: Product | DeviceGroup | None, **before: object) -> About | None:
    return About(thing.name, before or None, (thing.name,)) if thing is not None else None


def _parts(device_ids: Sequence[DeviceId]) -> list[list[DeviceId]]:
    return [list(device_ids[start : start + BULK]) for start in range(0, len(device_ids), BULK)]


def _done(outcomes: Iterable[Outcome]) -> list[DeviceId]:
    return [each.device_id for each in outcomes if each.refusal is None]


async def _bulk(device_ids: Sequence[DeviceId], call: Awaitable[object]) -> list[Outcome]:
    """One outcome per device of a call that may refuse some of them."""
    try:
        await call
    except NoAnswer as error:
        return [Outcome(each, error) for each in device_ids]
    except Refused as refused:
        named = {part.subject: part for part in refused.parts if part.subject is not None}
        if not named or not set(named) & set(device_ids):
            return [Outcome(each, refused) for each in device_ids]
        return [Outcome(each, named.get(each)) for each in device_ids]
    return [Outcome(each, None) for each in device_ids]
