"""The journal receives every change once, with its outcome and without secrets."""

import asyncio

import httpx
import pytest

from imptui.client.change import About, ChangeOutcome
from imptui.client.errors import TimedOut, Unreachable
from imptui.client.secret import Secret
from imptui.domain.deployment import Programs
from imptui.domain.errors import Conflict
from imptui.domain.group import GroupType


async def test_done(central, clock, journal):
    """The record of a change names user, time, endpoint, subject, the state before and the outcome."""
    await central.devices.restart("d", about=About("bed 4", before={"online": True}))
    (change,) = journal
    assert (change.who, change.context, change.endpoint) == ("grower", "plant", "http://cloud.test/v5")
    assert (change.verb, change.kind, change.subject, change.label) == ("restart", "device", "d", "bed 4")
    assert (change.before, change.outcome, change.answer) == ({"online": True}, ChangeOutcome.DONE, "204")
    assert change.began_at == clock.at


async def test_created(central, service, journal):
    """The record of a created deployment holds its new id, and its programs by size only."""
    service.answers = [
        httpx.Response(
            201,
            json={
                "data": {
                    "type": "deployment",
                    "id": "new",
                    "attributes": {"sha": "s", "created_at": "2023-03-14T09:40:00.001Z"},
                }
            },
        )
    ]
    await central.deployments.create("g", GroupType.DEVELOPMENT, Programs("secret agent", "imp"), description="x")
    (change,) = journal
    assert change.subject == "new"
    assert change.after == {"description": "x", "agent_characters": 12, "device_characters": 3, "group": "g"}


async def test_refused(central, service, journal):
    """The record of a refused change holds the sentence of the refusal."""
    errors = [{"status": "409", "code": "CX002", "title": "Dependent Devicegroups Exist", "detail": "It has groups."}]
    service.answers = [httpx.Response(409, json={"errors": errors})]
    with pytest.raises(Conflict):
        await central.products.delete("p")
    assert [(c.outcome, c.answer) for c in journal] == [(ChangeOutcome.REFUSED, "Could not delete product p: It has groups.")]


async def test_not_sent(central, service, journal):
    """A change that never reaches the service is recorded as not sent."""
    service.answers = [httpx.ConnectError("refused")]
    with pytest.raises(Unreachable):
        await central.products.delete("p")
    assert [change.outcome for change in journal] == [ChangeOutcome.NOT_SENT]


async def test_answer_lost(central, service, journal):
    """A change whose answer is lost is recorded as unknown."""
    service.answers = [httpx.ReadTimeout("")]
    with pytest.raises(TimedOut):
        await central.products.delete("p")
    assert [change.outcome for change in journal] == [ChangeOutcome.UNKNOWN]


async def test_given_up(make, journal):
    """A change that is cancelled while it is under way is recorded as unknown."""
    arrived, never = asyncio.Event(), asyncio.Event()

    async def serve(_):
        arrived.set()
        await never.wait()

    central = make(transport=httpx.MockTransport(serve))
    task = asyncio.ensure_future(central.products.delete("p"))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [change.outcome for change in journal] == [ChangeOutcome.UNKNOWN]


async def test_no_secret(central, journal):
    """The journal receives no login key, no password and no unbond key."""
    await central.login_keys.delete(Secret("4c1e77a09b2d5f38"), Secret("not-a-real-one"))
    await central.groups.unassign("g", ["d"], unbond_key=Secret("unbond-me"))
    for hidden in ("4c1e77a09b2d", "not-a-real-one", "unbond-me"):
        assert hidden not in repr(journal)
    assert journal[0].subject == "…5f38"


async def test_reading_is_silent(central, service, journal):
    """A read leaves no record in the journal."""
    service.answers = [httpx.Response(200, json={"data": [], "links": {}})]
    assert (await anext(central.products.pages())).items == []
    assert journal == []
