"""Documents of devices that become cache records without becoming devices."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imptui.client.codec import decode, device_documents
from imptui.domain.device_record import record_of

WIRE = Path(__file__).parents[2] / "data" / "wire"


def page_of(*resources: object) -> bytes:
    return msgspec.json.encode({"data": resources, "links": {"first": "x"}})


LINKS = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"id": st.just("g1")}, optional={"type": st.sampled_from(["", "devicegroup", "dut_devicegroup", "new"])}
    ),
    st.fixed_dictionaries({"data": st.one_of(st.none(), st.just({"type": "production_devicegroup", "id": "g2"}))}),
)
TIMES = st.one_of(st.none(), st.sampled_from(["2023-01-10T12:00:00.123Z", "2023-01-10T12:00:00", "2023-01-10T12:00:00+05:30"]))
TEXTS = st.one_of(st.none(), st.text(max_size=5))
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ["name", "agent_id", "agent_url", "imp_type", "ip_address", "mac_address", "swversion", "plan_id"], TEXTS
        ),
        **dict.fromkeys(["device_online", "agent_running"], st.one_of(st.none(), st.booleans())),
        **dict.fromkeys(["agent_state_changed_at", "device_state_changed_at", "last_enrolled_at"], TIMES),
        "unheard_of": st.integers(),
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "type": st.just("device"),
        "id": st.text("0123456789abcdef", min_size=1, max_size=16),
        "relationships": st.fixed_dictionaries(
            {"owner": st.just({"type": "account", "id": "me"})},
            optional={"devicegroup": LINKS, "device_group": LINKS, "product": LINKS},
        ),
    },
    optional={"attributes": st.one_of(st.none(), ATTRIBUTES)},
)


@given(st.lists(DOCUMENTS, max_size=3))
def test_both_ways_read_the_same(documents: list[object]) -> None:
    """`record_of` and `to_device` read the same from every document, in any spelling."""
    devices, _, _ = decode.devices(page_of(*documents))
    found, _, _ = device_documents.documents(page_of(*documents))
    assert [device_documents.record_of(document, b"")._replace(digest=None) for document in found] == list(map(record_of, devices))


def test_the_primers_page() -> None:
    """Both decoders read the primer's page alike, with its end."""
    body = msgspec.json.encode(msgspec.json.decode((WIRE / "devices_page.json").read_bytes())["answer"])
    devices, has_next, total = decode.devices(body)
    found, *rest = device_documents.documents(body)
    assert [device_documents.id_of(document) for document in found] == [device.id for device in devices]
    assert rest == [has_next, total]


@given(DOCUMENTS, DOCUMENTS)
def test_digests_tell_apart(one: object, other: object) -> None:
    """Documents have the same digest if and only if their bytes are equal."""
    first, second, again = map(device_documents.digest_of, device_documents.documents(page_of(one, other, one))[0])
    assert first == again
    assert (first == second) == (msgspec.json.encode(one) == msgspec.json.encode(other))


def test_a_wrong_document_says_where() -> None:
    """The error for a device without owner or id, or with a number as its name, names the place."""
    owner = {"owner": {"type": "account", "id": "me"}}
    for document, place in (
        ({"type": "device", "id": "a"}, "relationships.owner"),
        ({"type": "device", "id": "a", "attributes": {"name": 5}, "relationships": owner}, "attributes.name"),
    ):
        (only,), _, _ = device_documents.documents(page_of(document))
        with pytest.raises(msgspec.ValidationError, match=place):
            device_documents.record_of(only, b"")
    (_, document), _, _ = device_documents.documents(page_of({"id": "a"}, {"type": "device"}))
    with pytest.raises(msgspec.ValidationError, match="id"):
        device_documents.id_of(document)
    with pytest.raises(msgspec.ValidationError, match="id"):
        device_documents.record_of(document, b"")
