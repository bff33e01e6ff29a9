"""Pages of devices on their way to a cache: told apart first, understood only where something differs.

A later pass reads every page again and finds next to nothing new. So a page is first cut into the documents of its devices,
each with a digest of its bytes; whoever remembers the digest needs no more of it, not even whose it is.

Source: contract 4.1, 10.2, 10.3, 19.
"""

from datetime import UTC
from hashlib import blake2b
from typing import TypeAlias

import msgspec
from imptui.client.codec.convert import NO_DEVICE_ATTRIBUTES, NO_RELATIONSHIPS, group_in, id_in, owner_in, utc
from imptui.client.codec.shapes import DeviceAttributes, Relationships
from msgspec import Struct

from imptui.domain.device_record import DeviceRecord, us
from imptui.domain.ids import DeviceId, ProductId
from imptui.jsonapi.document import Many

_READING = b"1"
"""How documents are understood here: another number whenever `told` reads more or otherwise, or old digests would hide it."""


Sheet: TypeAlias = msgspec.Raw
"""The document of one device, as it came in a page."""


class _Named(Struct, gc=False):
    id: str


class _Document(Struct, gc=False):
    """A resource without its links and warnings, of which there are as many as devices."""

    type: str
    id: str
    attributes: DeviceAttributes | None = None
    relationships: Relationships | None = None


_page = msgspec.json.Decoder(Many[msgspec.Raw])
_named = msgspec.json.Decoder(_Named)
_document = msgspec.json.Decoder(_Document)


def sheets(body: bytes) -> tuple[list[Sheet], bool, int | None]:
    """A page of devices: their documents, whether there is a next page, and the total where told.

    Raises:
        msgspec.DecodeError: It is no page; says where.
    """
    page = _page.decode(body)
    return page.data, page.has_next, page.total


def digest_of(sheet: Sheet) -> bytes:
    """8 bytes: two documents with the same ones tell the same of the same device."""
    return blake2b(sheet, digest_size=8, person=_READING).digest()


def id_of(sheet: Sheet) -> DeviceId:
    """Whose document it is.

    Raises:
        msgspec.ValidationError: It does not say.
    """
    return DeviceId(_named.decode(sheet).id)


def told(sheet: Sheet, digest: bytes) -> DeviceRecord:
    """What a document tells, by the same rules as `imptui.client.codec.convert.to_device`; a test holds them together.

    Raises:
        msgspec.ValidationError: Something is missing or of another type; says where.
    """
    try:
        return _told(_document.decode(sheet), digest)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(f"{error} - at `$.data`") from None


def _told(found: _Document, digest: bytes) -> DeviceRecord:
    has, links = found.attributes or NO_DEVICE_ATTRIBUTES, found.relationships or NO_RELATIONSHIPS
    group_id, group_type = group_in(links)
    product_id, owner = id_in(links.product), links.owner
    owner_id = owner.id if owner is not None and owner.id is not None else owner_in(links)
    state_at, agent_state_at, enrolled_at = has.device_state_changed_at, has.agent_state_changed_at, has.last_enrolled_at
    return tuple.__new__(
        DeviceRecord,
        (
            found.id, has.name or None, has.mac_address, has.ip_address, has.imp_type, has.swversion, has.plan_id,
            has.device_online is True, None if state_at is None else us(state_at if state_at.tzinfo is UTC else utc(state_at)),
            has.agent_id, has.agent_url, has.agent_running is True,
            None if agent_state_at is None else us(agent_state_at if agent_state_at.tzinfo is UTC else utc(agent_state_at)),
            None if enrolled_at is None else us(enrolled_at if enrolled_at.tzinfo is UTC else utc(enrolled_at)), owner_id,
            group_id, None if product_id is None else ProductId(product_id), group_type, digest,
        ),
    )  # fmt: skip
