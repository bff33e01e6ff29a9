"""Reads at the service what a change reaches, so that protected patterns are matched with the names of this moment."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, TypeVar

from imptui.client.api_call import path_of
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode
from imptui.client.guard import Guard, KnownFleet
from imptui.client.pace import Priority
from imptui.client.page import ApiPage, Listing
from imptui.domain.device import Device
from imptui.domain.errors import Forbidden, NotFound
from imptui.domain.ids import GroupId, ProductId

Answer = TypeVar("Answer")
Item = TypeVar("Item")


class Reader(Protocol):
    """The reads of a `Session`."""

    async def read(self, path: str, attempt: str, decode: Callable[[bytes], Answer], priority: Priority) -> Answer:
        """Read and decode one resource."""

    def pages(self, listing: Listing[Item], start_page: int, page_size: int, priority: Priority) -> AsyncIterator[ApiPage[Item]]:
        """Read a list page by page."""


class Reach:
    """The names of everything that one change reaches; each thing is read once.

    Args:
        session: Reads.
        known: Answers from the cache what does not change, or what is new enough.
        attempt: The change, for messages.
    """

    def __init__(self, session: Reader, known: KnownFleet, attempt: str) -> None:
        self._session, self._known = session, known
        self._attempt = f"check whether to {attempt} would reach something protected"
        self._groups: dict[str, Sequence[str]] = {}
        self._products: dict[str, Sequence[str]] = {}

    async def forbids(self, guard: Guard, request: ChangeRequest) -> Forbidden | None:
        """Return the refusal of a change that reaches something protected, or None.

        Raises:
            Refused, NoAnswer: It cannot be read; the change must not be sent.
        """
        things = request.touches if request.verb == "create" else request.protected_things
        for number, (kind, ref) in enumerate(things, start=1):
            forbidden = guard.forbids_names(self._attempt_of(request), await self._names(kind, ref))
            if forbidden is not None:
                return forbidden
            self._known.report(number, len(things))
        if all(pattern.casefold().startswith("type:") for pattern in guard.protected):
            return None  # the members of a group have its type
        for group_id in request.member_groups:
            forbidden = await self._forbids_member(guard, request, group_id)
            if forbidden is not None:
                return forbidden
        return None

    async def _forbids_member(self, guard: Guard, request: ChangeRequest, group_id: str) -> Forbidden | None:
        members = await self._known.members_of(group_id)
        if members is not None:
            return guard.forbids_names(self._attempt_of(request), [name for names in members for name in names])
        listing = Listing("/devices", self._attempt, decode.devices, (("devicegroup.id", group_id),))
        seen = 0
        async for page in self._session.pages(listing, 1, 100, Priority.ACTION):
            forbidden = guard.forbids_names(
                self._attempt_of(request), [name for device in page.items for name in _names_of(device)]
            )
            if forbidden is not None:
                return forbidden
            seen += len(page.items)
            self._known.report(seen, page.total)
        return None

    @staticmethod
    def _attempt_of(request: ChangeRequest) -> str:
        return request.call.attempt

    async def _names(self, kind: str, ref: str) -> Sequence[str]:
        try:
            match kind:
                case "product":
                    return (ref, *await self._product(ref))
                case "group":
                    return (ref, *await self._group(ref))
                case "device":
                    path = path_of("devices", ref)
                    device = await self._session.read(path, self._attempt, decode.device, Priority.ACTION)
                    return (ref, *_names_of(device), *(await self._group(device.group_id) if device.group_id else ()))
                case "deployment" | "webhook":
                    group_id = await self._group_of(kind, ref)
                    return (ref, *(await self._group(group_id) if group_id else ()))
                case _:
                    return (ref,)
        except NotFound:
            return (ref,)  # the service refuses the change, too

    async def _group_of(self, kind: str, ref: str) -> str | None:
        if kind == "webhook":
            path = path_of("webhooks", ref)
            return (await self._session.read(path, self._attempt, decode.webhook, Priority.ACTION)).group_id
        known = await self._known.group_of_deployment(ref)  # it never changes, and its programs weigh up to 8 MB
        if known is not None:
            return known
        path = path_of("deployments", ref)
        return (await self._session.read(path, self._attempt, decode.deployment, Priority.ACTION)).group_id

    async def _group(self, group_id: str) -> Sequence[str]:
        if group_id not in self._groups:
            path = path_of("devicegroups", GroupId(group_id))
            group = await self._session.read(path, self._attempt, decode.group, Priority.ACTION)
            self._groups[group_id] = (group_id, group.name, f"type:{group.type}", *await self._product(group.product_id))
        return self._groups[group_id]

    async def _product(self, product_id: str) -> Sequence[str]:
        if product_id not in self._products:
            path = path_of("products", ProductId(product_id))
            product = await self._session.read(path, self._attempt, decode.product, Priority.ACTION)
            self._products[product_id] = (product_id, product.name)
        return self._products[product_id]


def _names_of(device: Device) -> list[str]:
    return [name for name in (device.name, device.id, device.mac_address, device.agent_id) if name]
