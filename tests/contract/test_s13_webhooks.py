"""Contract section 13: webhooks."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from imptui.cloud.rules import factory
from imptui.cloud.storage.records import WebhookEvent

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def ident(resource):
    return {"type": resource["type"], "id": resource["id"]}


def asked(group, **attributes):
    given = {"url": "http://127.0.0.1:9/x", "event": "deployment", "content_type": "application/json"} | attributes
    given = {name: value for name, value in given.items() if value is not ...}
    return {"type": "webhook", "attributes": given, "relationships": {"devicegroup": ident(group)}}


@pytest.fixture
def receiver():
    """Something on this machine that takes posts; it fails as often as it is told to."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.headers["Content-Type"], body))
            self.send_response(server.answers.pop(0) if server.answers else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.received = [], received
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


async def arrived(received, count=1):
    for _ in range(500):
        if len(received) >= count:
            return received
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(received)} posts arrived, not {count}")


async def test_a_webhook_is_made_as_documented(api):
    """A webhook has url, event, content type and times; group, product, owner and creator (13)."""
    group = await api.group()
    hook = await api.made_of("/webhooks", asked(group))
    assert hook["type"] == "webhook"
    assert set(hook["attributes"]) == {"url", "event", "content_type", "created_at", "updated_at"}
    assert hook["relationships"]["devicegroup"] == ident(group)
    assert hook["relationships"]["product"] == group["relationships"]["product"]
    assert (await api.one(f"/webhooks/{hook['id']}"))["attributes"] == hook["attributes"]


@pytest.mark.parametrize("url", ["invalidurl", "", "http://", "ftp://example.test/x", "http://a b/", "javascript:alert(1)"])
async def test_an_invalid_url_is_refused_to_the_letter(api, url):
    """An address that is none is Invalid URL (2.5, 13)."""
    response = await api.post("/webhooks", {"data": asked(await api.group(), url=url)})
    assert response.status_code == 400
    error = response.json()["errors"][0]
    assert (error["code"], error["title"], error["detail"]) == ("VX001", "Invalid URL", "The provided URL is invalid.")


@pytest.mark.parametrize(
    "change", [{"url": ...}, {"event": ...}, {"content_type": ...}, {"event": "party"}, {"content_type": "text/plain"}]
)
async def test_ill_formed_webhooks_are_400(api, change):
    """All three attributes are required and have their values (13)."""
    assert (await api.post("/webhooks", {"data": asked(await api.group(), **change)})).status_code == 400


async def test_a_webhook_changes(api):
    """Address and content type can change, the event cannot (13)."""
    hook = await api.made_of("/webhooks", asked(await api.group()))

    async def change(**attributes):
        body = {"data": {"type": "webhook", "id": hook["id"], "attributes": attributes}}
        return await api.patch(f"/webhooks/{hook['id']}", body)

    response = await change(url="https://example.test/y", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert response.json()["data"]["attributes"]["url"] == "https://example.test/y"
    assert (await change()).status_code == 200
    assert (await change(event="blinkup")).status_code == 400
    assert (await change(url="invalidurl")).json()["errors"][0]["code"] == "VX001"


async def test_a_webhook_goes(api):
    """A deleted webhook is 404 (13)."""
    hook = await api.made_of("/webhooks", asked(await api.group()))
    assert (await api.delete(f"/webhooks/{hook['id']}")).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await api.call(method, f"/webhooks/{hook['id']}")).status_code == 404


async def test_webhooks_are_filtered_by_group(api):
    """`filter[devicegroup.id]` lists the webhooks of one group (4.6)."""
    group = await api.group()
    hook = await api.made_of("/webhooks", asked(group))
    await api.made_of("/webhooks", asked(await api.group()))
    assert await api.ids("/webhooks", **{"filter[devicegroup.id]": group["id"]}) == [hook["id"]]
    assert len(await api.ids("/webhooks")) == 2


async def test_an_unknown_group_is_404(api):
    """A webhook for a group that is not there is 404."""
    group = {"type": "development_devicegroup", "id": UNKNOWN}
    assert (await api.post("/webhooks", {"data": asked(group)})).status_code == 404


async def test_a_deployment_is_posted(api, receiver):
    """A new deployment is posted as JSON to this machine (13)."""
    group = await api.group()
    await api.made_of("/webhooks", asked(group, url=receiver.url))
    deployment = await api.deployment(group)
    kind, body = (await arrived(receiver.received))[0]
    assert kind == "application/json"
    sent = json.loads(body)
    assert sent["deployment_id"] == deployment["id"]
    assert sent["sha"] == deployment["attributes"]["sha"]
    assert sent["devicegroup_id"] == group["id"]


async def test_a_post_may_be_a_form(api, receiver):
    """With the other content type the same fields are posted as a form (13)."""
    group = await api.group()
    await api.made_of("/webhooks", asked(group, url=receiver.url, content_type="application/x-www-form-urlencoded"))
    deployment = await api.deployment(group)
    kind, body = (await arrived(receiver.received))[0]
    assert kind == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode())["deployment_id"] == [deployment["id"]]


async def test_a_failed_post_is_tried_again(api, receiver):
    """A receiver that answers 503 is asked again (13)."""
    receiver.answers += [503]
    group = await api.group()
    await api.made_of("/webhooks", asked(group, url=receiver.url))
    await api.deployment(group)
    await arrived(receiver.received, 2)


async def test_a_refused_post_is_not_tried_again(api, receiver):
    """A receiver that answers 404 is not asked again (13)."""
    receiver.answers += [404]
    group = await api.group()
    await api.made_of("/webhooks", asked(group, url=receiver.url))
    await api.deployment(group)
    deliveries = api.app.state.service.deliveries
    await arrived(deliveries.outcomes)
    assert (deliveries.outcomes[0].tries, deliveries.outcomes[0].status) == (1, 404)


async def test_nothing_leaves_this_machine(api):
    """Posts to other machines are withheld unless they were switched on (13)."""
    group = await api.group()
    await api.made_of("/webhooks", asked(group, url="http://192.0.2.1/x"))
    await api.made_of("/webhooks", asked(group, url="http://localhost.example.test/x"))
    await api.deployment(group)
    outcomes = await arrived(api.app.state.service.deliveries.outcomes, 2)
    assert [(outcome.tries, outcome.status) for outcome in outcomes] == [(0, None)] * 2


async def test_other_groups_events_are_not_heard(api, receiver):
    """A webhook hears of its own group only (13)."""
    group = await api.group()
    await api.made_of("/webhooks", asked(group, url=receiver.url))
    await api.deployment(await api.group())
    last = await api.deployment(group)
    (_, body), *more = await arrived(receiver.received)
    assert json.loads(body)["deployment_id"] == last["id"]
    assert not more


async def test_other_groups_hear_of_no_blinkup(api):
    """A webhook for BlinkUp is accepted on a development group, and never fires (13)."""
    group = await api.group()
    device_id = await api.assigned(group)
    body = {
        "type": "webhook",
        "attributes": {"url": "http://127.0.0.1:9/", "event": "blinkup", "content_type": "application/json"},
        "relationships": {"devicegroup": {"type": group["type"], "id": group["id"]}},
    }
    await api.made_of("/webhooks", body)
    heard = []
    api.world.subscribe(heard.extend)
    factory.blink_up(api.world, device_id)
    assert not [event for event in heard if isinstance(event, WebhookEvent)]


async def test_several_webhooks_for_the_same(api):
    """Several webhooks for one event and group are allowed, each with an id of its own (13)."""
    group = await api.group()
    body = {
        "type": "webhook",
        "attributes": {"url": "http://127.0.0.1:9/", "event": "deployment", "content_type": "application/json"},
        "relationships": {"devicegroup": {"type": group["type"], "id": group["id"]}},
    }
    made = [await api.made_of("/webhooks", body) for _ in range(2)]
    assert len({webhook["id"] for webhook in made}) == 2
