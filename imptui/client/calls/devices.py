"""The calls of the API about devices."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode, device_documents, encode
from imptui.client.codec.device_documents import DeviceDocument
from imptui.client.codec.group_types import type_word
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.device import Device, Reading
from imptui.domain.device_record import DeviceRecord
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeviceId, GroupId, ProductId
from imptui.domain.log import Enrolment, LogEntry

UNASSIGNED: Final = AccountId("null")
"""As `group_owner_id`: only devices that are in no group. Source: contract 4.6."""

_LIST = "list devices"


class DeviceCalls:
    """Devices. Source: primer, "Device Endpoints"; contract 10, 15."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self,
        *,
        owner_id: AccountId | None = None,
        product_id: ProductId | None = None,
        group_id: GroupId | None = None,
        group_owner_id: AccountId | None = None,
        group_type: GroupType | str | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[ApiPage[Device]]:
        """List devices, page by page, without readings; a device has to match all filters.

        After a break, resume with `start_page`; devices that were added or removed meanwhile may be missed or seen twice.
        """
        filters = (
            ("owner.id", owner_id),
            ("product.id", product_id),
            ("devicegroup.id", group_id),
            ("devicegroup.owner.id", group_owner_id),
            ("devicegroup.type", None if group_type is None else type_word(group_type)),
        )
        return self._session.pages(Listing("/devices", _LIST, decode.devices, filters), start_page, page_size, priority)

    def document_pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.SYNC
    ) -> AsyncIterator[ApiPage[DeviceDocument]]:
        """List all devices, page by page, as documents that are not decoded yet: see `records_of`."""
        listing = Listing("/devices", _LIST, device_documents.documents)
        return self._session.pages(listing, start_page, page_size, priority)

    def digests_of(self, documents: Sequence[DeviceDocument]) -> list[bytes]:
        """Return the digests of documents; an equal digest means an unchanged document."""
        return list(map(device_documents.digest_of, documents))

    def ids_of(self, documents: Sequence[DeviceDocument]) -> list[DeviceId]:
        """Return the ids of the devices that documents describe.

        Raises:
            Malformed: One has no id.
        """
        return self._session.decode(_LIST, documents, lambda each: list(map(device_documents.id_of, each)))

    def records_of(self, documents: Sequence[DeviceDocument], digests: Sequence[bytes]) -> list[DeviceRecord]:
        """Decode documents, each with its digest, to records for the cache.

        Raises:
            Malformed: One cannot be understood; the error names the place in it.
        """
        return self._session.decode(
            _LIST, documents, lambda each: list(map(device_documents.record_of, each, digests))
        )

    async def get(self, ref: str, *, priority: Priority = Priority.LOOK) -> tuple[Device, Reading]:
        """Read one device with its RSSI and free memory, which lists do not report."""
        call = ApiCall("GET", path_of("devices", ref), f"read device {ref}")
        reply = await self._session.fetch(call, priority)
        return self._session.decode(
            call.attempt, reply.body, lambda body: decode.device_and_reading(body, reply.read_at)
        )

    async def rename(self, ref: str, name: str, *, about: About | None = None) -> Device:
        """Name a device; "" removes its name. Source: contract 10.2."""
        after = {"name": name}
        call = ApiCall(
            "PATCH", path_of("devices", ref), f"rename device {ref}", body=encode.changed("device", ref, after)
        )
        change = ChangeRequest(call, "update", "device", ref, about, after)
        return await self._session.change_and_decode(change, decode.device)

    async def delete(self, ref: str, *, about: About | None = None) -> None:
        """Remove an unassigned device from the account. Source: contract 10.4."""
        call = ApiCall("DELETE", path_of("devices", ref), f"remove device {ref}")
        await self._session.change(ChangeRequest(call, "delete", "device", ref, about))

    async def restart(self, ref: str, *, conditional: bool = False, about: About | None = None) -> None:
        """Restart one assigned device; an offline one restarts when it next connects. Source: contract 10.4."""
        verb, last = ("conditional restart", "conditional_restart") if conditional else ("restart", "restart")
        call = ApiCall("POST", path_of("devices", ref, last), f"{verb} device {ref}")
        await self._session.change(ChangeRequest(call, verb, "device", ref, about))

    async def logs(
        self, ref: str, page: int = 1, *, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> ApiPage[LogEntry]:
        """Read a page of the stored log of a device, newest entries first.

        Entries carry `ref` as their device where the service does not name it. Source: contract 15.
        """
        path, attempt = path_of("devices", ref, "logs"), f"read the log of device {ref}"
        listing = Listing(path, attempt, lambda body: decode.logs(body, ref))
        return await self._session.page(listing, page, page_size, priority)

    async def history(
        self, ref: str, page: int = 1, *, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> ApiPage[Enrolment]:
        """Read a page of the enrolments of a device. Source: contract 15."""
        path, attempt = path_of("devices", ref, "history"), f"read the history of device {ref}"
        listing = Listing(path, attempt, lambda body: decode.history(body, ref))
        return await self._session.page(listing, page, page_size, priority)
