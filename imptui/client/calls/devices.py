"""Calls about devices."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls, Listing
from imptui.client.codec import decode, device_documents, encode
from imptui.client.codec.device_documents import Sheet
from imptui.client.codec.group_types import type_word

from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.client.reply import Reply
from imptui.domain.device import Device, Reading
from imptui.domain.device_record import DeviceRecord
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeviceId, GroupId, ProductId
from imptui.domain.log import Enrolment, LogEntry

UNASSIGNED: Final = AccountId("null")
"""As `group_owner_id`: only devices that are in no group. Source: contract 4.6."""


class DeviceCalls(Calls):
    """Devices. Source: primer, "Device Endpoints"; contract 10, 15."""

    def device_pages(
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
    ) -> AsyncIterator[Page[Device]]:
        """Devices, page by page, without readings; several filters must all fit.

        After a break, go on with `start_page`; devices that came or went meanwhile may then be missed or seen twice.
        """
        filters = (
            ("owner.id", owner_id),
            ("product.id", product_id),
            ("devicegroup.id", group_id),
            ("devicegroup.owner.id", group_owner_id),
            ("devicegroup.type", None if group_type is None else type_word(group_type)),
        )
        return self._pages(Listing("/devices", "list devices", decode.devices, filters), start_page, page_size, priority)

    def device_sheets(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.SYNC
    ) -> AsyncIterator[Page[Sheet]]:
        """All devices, page by page, as documents that are not understood yet: see `told`."""
        return self._pages(Listing("/devices", "list devices", device_documents.sheets), start_page, page_size, priority)

    def digests_of(self, sheets: Sequence[Sheet]) -> list[bytes]:
        """By what they are known again."""
        return list(map(device_documents.digest_of, sheets))

    def ids_in(self, sheets: Sequence[Sheet], read_at: datetime) -> list[DeviceId]:
        """Whose documents they are.

        Raises:
            Malformed: One does not say.
        """
        reply = Reply(200, b"", read_at)
        return self._speaker.decoded("list devices", reply, lambda _: list(map(device_documents.id_of, sheets)))

    def told(self, sheets: Sequence[Sheet], digests: Sequence[bytes], read_at: datetime) -> list[DeviceRecord]:
        """What documents with these digests tell.

        Raises:
            Malformed: One cannot be understood; names the place in it.
        """
        reply = Reply(200, b"", read_at)
        return self._speaker.decoded("list devices", reply, lambda _: list(map(device_documents.told, sheets, digests)))

    async def device(self, ref: str, *, priority: Priority = Priority.LOOK) -> tuple[Device, Reading]:
        """One device with what it last said about its radio and memory, which only this call tells."""
        attempt = f"read device {ref}"
        reply = await self._speaker.read(Call("GET", path_of("devices", ref), attempt), priority)
        return self._speaker.decoded(attempt, reply, lambda body: decode.device_and_reading(body, reply.read_at))

    async def rename_device(self, ref: str, name: str, *, about: About | None = None) -> Device:
        """Name a device; "" takes its name away. Source: contract 10.2."""
        call = Call(
            "PATCH",
            path_of("devices", ref),
            f"rename device {ref}",
            body=encode.changed("device", ref, {"name": name}),
        )
        reply = await self._change(call, "update", "device", ref, about=about, after={"name": name})
        return self._speaker.decoded(call.attempt, reply, decode.device)

    async def delete_device(self, ref: str, *, about: About | None = None) -> None:
        """Remove an unassigned device from the account. Source: contract 10.4."""
        call = Call("DELETE", path_of("devices", ref), f"remove device {ref}")
        await self._change(call, "delete", "device", ref, about=about)

    async def restart_device(self, ref: str, *, conditional: bool = False, about: About | None = None) -> None:
        """Restart one assigned device; an offline one restarts when it next connects. Source: contract 10.4."""
        verb, last = ("conditional restart", "conditional_restart") if conditional else ("restart", "restart")
        call = Call("POST", path_of("devices", ref, last), f"{verb} device {ref}")
        await self._change(call, verb, "device", ref, about=about)

    async def logs(
        self, ref: str, page: int = 1, *, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> Page[LogEntry]:
        """What a device said earlier, newest first.

        Entries carry `ref` as their device where the service does not name it. Source: contract 15.
        """
        path, attempt = path_of("devices", ref, "logs"), f"read the log of device {ref}"
        return await self._page(Listing(path, attempt, lambda body: decode.logs(body, ref)), page, page_size, priority)

    async def history(
        self, ref: str, page: int = 1, *, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> Page[Enrolment]:
        """How a device came and went. Source: contract 15."""
        path, attempt = path_of("devices", ref, "history"), f"read the history of device {ref}"
        return await self._page(Listing(path, attempt, lambda body: decode.history(body, ref)), page, page_size, priority)
