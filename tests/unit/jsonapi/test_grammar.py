"""The grammar of JSON:API documents."""

from typing import Any

import msgspec
import pytest

from imptui.jsonapi.document import Many, One, document
from imptui.jsonapi.errors import ErrorObject, errors_in
from imptui.jsonapi.linkage import Identifier, Linkage, identifiers, target_of
from imptui.jsonapi.links import page_links
from imptui.jsonapi.resource import Resource, resource

BASE = "http://127.0.0.1:8471/v5/devices"


@pytest.mark.parametrize(
    ("said", "target"),
    [
        (b'{"type":"product","id":"p"}', Identifier("p", "product")),
        (b'{"data":{"type":"product","id":"p"}}', Identifier("p", "product")),
        (b'{"id":"p"}', Identifier("p")),
        (b'{"data":null}', None),
        (b'{"links":{"self":"x"}}', None),
        (b"{}", None),
        (b"null", None),
    ],
)
def test_linkage(said, target):
    """A bare and a wrapped relationship have the same target; an empty one has none."""
    assert target_of(msgspec.json.decode(said, type=Linkage | None)) == target


def test_first_spelling_that_is_there():
    """Of several spellings of a relationship, the first one with a target counts."""
    assert target_of(None, Linkage(), Linkage(id="a"), Linkage(id="b")) == Identifier("a")


def test_page_links_in_the_middle():
    """A page in the middle links to all its neighbours and keeps the filters."""
    links = page_links(BASE, [("filter[product.id]", "p&q"), ("filter[tags]", "a,b")], 2, 20, has_next=True)
    filters = "filter[product.id]=p%26q&filter[tags]=a,b"
    assert links == {
        "first": f"{BASE}?{filters}&page[number]=1&page[size]=20",
        "self": f"{BASE}?{filters}&page[number]=2&page[size]=20",
        "prev": f"{BASE}?{filters}&page[number]=1&page[size]=20",
        "next": f"{BASE}?{filters}&page[number]=3&page[size]=20",
    }


def test_page_links_of_the_only_page():
    """On the first page `first` equals `self`; on the last there is no `next`, not even null."""
    links = page_links(BASE, [], 1, 20, has_next=False)
    assert links["first"] == links["self"]
    assert set(links) == {"first", "self"}


def test_resource_leaves_out_what_is_not_given():
    """A resource leaves out missing members and keeps an empty set of attributes."""
    assert resource("product", attributes={}) == {"type": "product", "attributes": {}}
    assert resource("product", "p", relationships={"owner": 1}) == {
        "type": "product",
        "id": "p",
        "relationships": {"owner": 1},
    }


def test_document_and_back():
    """A document is decoded as it was encoded."""
    body = document(resource("device", "d", {"name": "bed 4"}, {}))
    read = msgspec.json.decode(body, type=One[Resource[dict[str, Any], dict[str, Any]]])
    assert read.data == Resource(type="device", id="d", attributes={"name": "bed 4"}, relationships={})


def test_identifiers():
    """Identifiers are an array, also if there is one or none."""
    assert document(identifiers("device", ["d"])) == b'{"data":[{"type":"device","id":"d"}]}'
    assert document(identifiers("device", [])) == b'{"data":[]}'


@pytest.mark.parametrize(
    ("body", "has_next", "total"),
    [
        (b'{"data":[]}', False, None),
        (b'{"data":[],"links":{"next":null}}', False, None),
        (b'{"data":[],"links":{"next":"x"},"meta":{"total":7}}', True, 7),
        (b'{"data":[],"meta":{"total":true}}', False, None),
        (b'{"data":[],"meta":[1]}', False, None),
    ],
)
def test_list_goes_on(body, has_next, total):
    """A list continues if it has a next link; its total counts only if it is a number."""
    page = msgspec.json.decode(body, type=Many[dict[str, Any]])
    assert (page.has_next, page.total) == (has_next, total)


@pytest.mark.parametrize("body", [b"", b"null", b"<html>", b'{"message":"x"}', b'{"errors":7}', b"\xff", b"[" * 5000])
def test_no_error_document(body):
    """A body that is no error document has no errors."""
    assert errors_in(body) == ()


def test_errors():
    """Error objects keep their members; the status is a number if it is numeric."""
    found = errors_in(b'{"errors":[{"status":"409","code":"CX001","more":1},{"status":404},{"status":"soon"}]}')
    assert found[0] == ErrorObject(status="409", code="CX001")
    assert [error.http_status for error in found] == [409, 404, None]
