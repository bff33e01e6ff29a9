"""Keeping what the service answered to a change, and forgetting what turned out to be gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from imptui.cache.store import Cache
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.domain.errors import NotFound, Refused
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import GroupId
from imptui.domain.product import Product
from imptui.fleet.change_feed import ChangeFeed

if TYPE_CHECKING:
    from imptui.client.central import Central


class Storing:
    """What all changes share: the service, the cache, and who is told."""

    def __init__(self, cache: Cache, central: "Central", changes: ChangeFeed, resort: Callable[[], None]) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self._resort = resort

    async def _group(self, group_id: GroupId) -> DeviceGroup:
        known = await asyncio.to_thread(self._cache.groups.one, group_id)
        return known if known is not None else await self._keep_group(await self._central.groups.get(group_id))

    async def _keep_group(self, group: DeviceGroup) -> DeviceGroup:
        await self._written(self._cache.groups.store, [group])
        return group

    @asynccontextmanager
    async def _unless_gone(self, kind: str, ref: str) -> AsyncIterator[None]:
        """What somebody else took away meanwhile is not kept here until the next pass: it is asked for, and forgotten."""
        calls: dict[str, tuple[Callable[[Any], Awaitable[object]], Callable[..., object]]] = {
            "product": (self._central.products.get, self._cache.products.forget),
            "group": (self._central.groups.get, self._cache.groups.forget),
            "device": (self._central.devices.get, self._cache.devices.forget),
            "deployment": (self._central.deployments.get, self._cache.deployments.forget),
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


def permit(*refusals: Refused | None) -> None:
    """Go on where no rule of the field refuses.

    Raises:
        Refused: The first one.
    """
    for refusal in refusals:
        if refusal is not None:
            raise refusal


def about_of(thing: Product | DeviceGroup | None, **before: object) -> About | None:
    """What the journal tells of a thing before it was changed; None where it was not known."""
    return About(thing.name, before or None, (thing.name,)) if thing is not None else None
