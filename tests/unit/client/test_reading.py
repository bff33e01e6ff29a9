"""Requests for lists and for single resources."""

import subprocess
import sys

import httpx
import pytest

from imptui.client.calls.devices import UNASSIGNED
from imptui.domain.group import GroupType


def page(*ids, more=False):
    owner = {"owner": {"type": "account", "id": "a"}}
    things = [{"type": "device", "id": ident, "relationships": owner} for ident in ids]
    return httpx.Response(200, json={"data": things, "links": {"next": "http://other.test/"} if more else {}})


async def test_all_pages(central, service, clock):
    """A list is read page by page until a page has no next link; the address of the link is not followed."""
    service.answers = [page("a", "b", more=True), page("c")]
    pages = [found async for found in central.devices.pages(page_size=2)]
    assert [[device.id for device in found.items] for found in pages] == [["a", "b"], ["c"]]
    assert [(found.number, found.has_next, found.read_at) for found in pages] == [
        (1, True, clock.at),
        (2, False, clock.at),
    ]
    assert [request.url.host for request in service.asked] == ["cloud.test", "cloud.test"]


async def test_resume(central, service):
    """Reading can resume at any page."""
    service.answers = [page("c")]
    assert [found.number async for found in central.devices.pages(start_page=7)] == [7]
    assert service.asked[0].url.params["page[number]"] == "7"


async def test_page_size_has_a_limit(central, service):
    """A request never asks for a larger page than the service gives."""
    service.answers = [page()]
    await anext(central.devices.pages(page_size=5000))
    assert service.asked[0].url.params["page[size]"] == "100"


async def test_device_filters(central, service):
    """A request carries the filters that were given, under the service's names."""
    service.answers = [page()]
    await anext(central.devices.pages(product_id="p", group_type=GroupType.FACTORY, group_owner_id=UNASSIGNED))
    assert dict(service.asked[0].url.params) == {
        "filter[product.id]": "p",
        "filter[devicegroup.owner.id]": "null",
        "filter[devicegroup.type]": "factoryfixture_devicegroup",
        "page[number]": "1",
        "page[size]": "100",
    }


async def test_deployment_filters(central, service):
    """Tags are joined with commas; the flag is `true` or `false`."""
    service.answers = [page()]
    await anext(central.deployments.pages(tags=("a", "b"), is_flagged=False, sha="f00"))
    asked = service.asked[0].url.params
    assert (asked["filter[tags]"], asked["filter[flagged]"], asked["filter[sha]"]) == ("a,b", "false", "f00")


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        ("0c:2a:69:0b:51:7e", "/v5/devices/0c:2a:69:0b:51:7e"),
        ("bed 4/../../products?x#y", "/v5/devices/bed%204%2F..%2F..%2Fproducts%3Fx%23y"),
        ("..", "/v5/devices/%2E%2E"),
        ("köln", "/v5/devices/k%C3%B6ln"),
    ],
)
async def test_reference_stays_one_segment(ref, path, central, service):
    """A device reference stays one segment of the path, whatever it contains."""
    service.answers = [httpx.Response(404, json={"errors": [{"status": "404"}]})]
    with pytest.raises(Exception, match="read device"):
        await central.devices.get(ref)
    assert service.asked[0].url.raw_path.decode() == path


async def test_slash_at_the_end_of_the_endpoint(service):
    """A slash at the end of the endpoint makes no difference."""
    from imptui.client.central import Central

    async with Central("http://cloud.test/v5/", transport=httpx.MockTransport(service)) as central:
        await central.devices.restart("d")
    assert service.lines == ["POST /v5/devices/d/restart"]


async def test_closed_and_used_again(make, service):
    """The first call after `close` opens a new connection."""
    central = make(transport=lambda: httpx.MockTransport(service))
    await central.devices.restart("d")
    await central.close()
    await central.devices.restart("d")
    assert len(service.asked) == 2


@pytest.mark.parametrize("module", ["httpx", "imptui.client.session", "imptui.client.codec", "imptui.client.calls"])
def test_importing_connects_to_nothing(module):
    """Making a `Central` loads neither httpx nor decoders: that costs a quarter of a second and waits for the first call."""
    script = f"import sys; from imptui.client.central import Central; Central(); print({module!r} in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
