"""Writes the service's answers through to the cache, and forgets what the service no longer has."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.domain.errors import NotFound, Refused
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.fleet.change_feed import ChangeFeed

if TYPE_CHECKING:
    from imptui.client.central import Central

Arguments = ParamSpec("Arguments")
Id = TypeVar("Id", ProductId, GroupId, DeviceId, DeploymentId)


async def store_answer(write: Callable[Arguments, object], *arguments: Arguments.args, **named: Arguments.kwargs) -> None:
    """Save in a thread what the service answered, if the cache can be written now.

    A full disk or a lock of another program must not turn a call that the service carried out into a failure: the status says
    that the cache cannot be written, and the next pass reads the same again.
    """
    try:
        await asyncio.to_thread(write, *arguments, **named)
    except CacheUnreadable as error:
        if not error.is_passing:
            raise


class WriteThrough:
    """Handles the answer of each change on the service: saves it, announces it, forgets what is gone.

    Args:
        cache: Where answers are saved.
        central: The service, asked again about what it says is gone.
        changes: Announces each write.
        resort: Makes lists sort again, after devices moved or went.
    """

    def __init__(self, cache: Cache, central: "Central", changes: ChangeFeed, resort: Callable[[], None]) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self.resort = resort

    async def write(self, write: Callable[Arguments, object], *arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        """Call a method of the cache in a thread, then announce the change."""
        await store_answer(write, *arguments, **named)
        self._changes.announce()

    async def save_group(self, group: DeviceGroup) -> DeviceGroup:
        """Save a group that the service returned."""
        await self.write(self._cache.groups.store, [group])
        return group

    async def save_product(self, product: Product) -> Product:
        """Save a product that the service returned."""
        await self.write(self._cache.products.store, [product])
        return product

    async def group(self, group_id: GroupId) -> DeviceGroup:
        """Return a group from the cache, else from the service.

        Raises:
            NotFound: There is no such group.
            NoAnswer: It is not in the cache and the service was not reached.
        """
        known = await asyncio.to_thread(self._cache.groups.one, group_id)
        return known if known is not None else await self.save_group(await self._central.groups.get(group_id))

    async def fetch_group(self, group_id: GroupId) -> DeviceGroup:
        """Fetch a group from the service and save it; whoever goes on with it announces the change.

        Raises:
            NotFound: There is no such group.
            NoAnswer: The service was not reached.
        """
        group = await self._central.groups.get(group_id)
        await store_answer(self._cache.groups.store, [group])
        return group

    def unless_product_gone(self, product_id: ProductId) -> AbstractAsyncContextManager[None]:
        """Run a call about a product; see `_unless_gone`."""
        return self._unless_gone(self._central.products.get, self._cache.products.forget, product_id)

    def unless_group_gone(self, group_id: GroupId) -> AbstractAsyncContextManager[None]:
        """Run a call about a group; see `_unless_gone`."""
        return self._unless_gone(self._central.groups.get, self._cache.groups.forget, group_id)

    def unless_device_gone(self, device_id: DeviceId) -> AbstractAsyncContextManager[None]:
        """Run a call about a device; see `_unless_gone`."""
        return self._unless_gone(self._central.devices.get, self._cache.devices.forget, device_id)

    def unless_deployment_gone(self, deployment_id: DeploymentId) -> AbstractAsyncContextManager[None]:
        """Run a call about a deployment; see `_unless_gone`."""
        return self._unless_gone(self._central.deployments.get, self._cache.deployments.forget, deployment_id)

    @asynccontextmanager
    async def _unless_gone(
        self, read: Callable[[Id], Awaitable[object]], forget: Callable[[Sequence[Id]], object], ref: Id
    ) -> AsyncIterator[None]:
        """Run a call about one thing. If the service does not find it, read it; if it is gone, forget it here, too.

        The next pass would forget it as well, but minutes later.
        """
        try:
            yield
        except NotFound:
            try:
                await read(ref)
            except NotFound:
                await self.write(forget, [ref])
                self.resort()
            except (Refused, NoAnswer):
                pass  # it cannot be told now; the next pass tells
            raise


def permit(*refusals: Refused | None) -> None:
    """Go on if no rule of the field refuses.

    Raises:
        Refused: The first refusal.
    """
    for refusal in refusals:
        if refusal is not None:
            raise refusal


def about_of(thing: Product | DeviceGroup | None, **before: object) -> About | None:
    """Return what the journal says of a thing before a change; None: the thing is unknown."""
    return About(thing.name, before or None, (thing.name,)) if thing is not None else None
