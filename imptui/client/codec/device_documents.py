"""Pages of devices as documents with digests, decoded only where a digest is new.

A later pass reads every page again and finds next to nothing new. So a page is first cut into the documents of its devices, each
with a digest of its bytes. A cache that stores the digest does not have to decode the document, not even its id.

Source: contract 4.1, 10.2, 10.3, 19.
"""

from datetime import UTC
from hashlib import blake2b
from typing import TypeAlias

import msgspec
from msgspec import Struct

from imptui.client.codec.convert import NO_DEVICE_ATTRIBUTES, NO_RELATIONSHIPS, DeviceResource, group_in, id_in, owner_in, utc
from imptui.client.codec.shapes import DeviceAttributes, Relationships
from imptui.domain.device import Device
from imptui.domain.device_record import DeviceRecord, device_of, us
from imptui.domain.ids import DeviceId, ProductId
from imptui.jsonapi.document import Many

_DECODER_VERSION = b"1"
"""Part of each digest. Change it whenever `record_of` reads more or otherwise, or old digests would hide the difference."""


DeviceDocument: TypeAlias = msgspec.Raw
"""The JSON of one device, as it came in a page."""


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


def documents(body: bytes) -> tuple[list[DeviceDocument], bool, int | None]:
    """Cut a page of devices: return their documents, whether another page follows, and the total if reported.

    Raises:
        msgspec.DecodeError: The body is no page; the error names the place.
    """
    page = _page.decode(body)
    return page.data, page.has_next, page.total


def digest_of(document: DeviceDocument) -> bytes:
    """Return the digest of a document, 8 bytes; an equal digest means an unchanged document."""
    return blake2b(document, digest_size=8, person=_DECODER_VERSION).digest()


def id_of(document: DeviceDocument) -> DeviceId:
    """Return the id of the device that a document describes.

    Raises:
        msgspec.ValidationError: The document has no id.
    """
    return DeviceId(_named.decode(document).id)


def record_of(document: DeviceDocument, digest: bytes) -> DeviceRecord:
    """Decode a document to a record for the cache.

    Raises:
        msgspec.ValidationError: Something is missing or of another type; the error names the place.
    """
    try:
        return _record(_document.decode(document), digest)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(f"{error} - at `$.data`") from None


def to_device(found: DeviceResource) -> Device:
    """Convert a device resource, by the same rules as `record_of`. Source: contract 10.2, 10.3."""
    record = _record(found, b"")
    return device_of(record, record.owner_id, record.group_id, record.product_id, record.group_type)


def _record(found: "_Document | DeviceResource", digest: bytes) -> DeviceRecord:
    """Return the plain values of a document: an empty name counts as none, and an agent runs only if reported.

    The values stand in the order of `DeviceRecord`: a call by keyword would take as long as all else here.
    """
    has, links = found.attributes or NO_DEVICE_ATTRIBUTES, found.relationships or NO_RELATIONSHIPS
    group_id, group_type = group_in(links)
    product_id, owner = id_in(links.product), links.owner
    owner_id = owner.id if owner is not None and owner.id is not None else owner_in(links)
    state_at, agent_state_at, enrolled_at = has.device_state_changed_at, has.agent_state_changed_at, has.last_enrolled_at
    return tuple.__new__(
        DeviceRecord,
        (
            found.id, has.name or None, has.mac_address, has.ip_address, has.imp_type, has.swversion, has.plan_id,
            +(has.device_online is True), None if state_at is None else us(state_at if state_at.tzinfo is UTC else utc(state_at)),
            has.agent_id, has.agent_url, +(has.agent_running is True),
            None if agent_state_at is None else us(agent_state_at if agent_state_at.tzinfo is UTC else utc(agent_state_at)),
            None if enrolled_at is None else us(enrolled_at if enrolled_at.tzinfo is UTC else utc(enrolled_at)), owner_id,
            group_id, None if product_id is None else ProductId(product_id), group_type, digest,
        ),
    )  # fmt: skip
