"""What the journal hears of each change."""

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
    """A change that was done is told with who, when, where, what, before and after."""
    await central.devices.restart("d", about=About("bed 4", before={"online": True}))
    (change,) = journal
    assert (change.who, change.context, change.endpoint) == ("grower", "plant", "http://cloud.test/v5")
    assert (change.verb, change.kind, change.subject, change.label) == ("restart", "device", "d", "bed 4")
    assert (change.before, change.outcome, change.answer) == ({"online": True}, ChangeOutcome.DONE, "204")
    assert change.began_at == clock.at


async def test_created(central, service, journal):
    """A created thing is told by its new id, and its programs by size only."""
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
    """A refusal of the service is told with its sentence."""
    errors = [{"status": "409", "code": "CX002", "title": "Dependent Devicegroups Exist", "detail": "It has groups."}]
    service.answers = [httpx.Response(409, json={"errors": errors})]
    with pytest.raises(Conflict):
        await central.products.delete("p")
    assert [(c.outcome, c.answer) for c in journal] == [(ChangeOutcome.REFUSED, "Could not delete product p: It has groups.")]


async def test_not_sent(central, service, journal):
    """A change that never reached the service is told as not sent."""
    service.answers = [httpx.ConnectError("refused")]
    with pytest.raises(Unreachable):
        await central.products.delete("p")
    assert [change.outcome for change in journal] == [ChangeOutcome.NOT_SENT]


async def test_answer_lost(central, service, journal):
    """A change whose answer was lost is told as unknown."""
    service.answers = [httpx.ReadTimeout("")]
    with pytest.raises(TimedOut):
        await central.products.delete("p")
    assert [change.outcome for change in journal] == [ChangeOutcome.UNKNOWN]


async def test_given_up(make, journal):
    """A change that was given up while it was under way is told as unknown."""
    never = asyncio.Event()

    async def serve(_):
        await never.wait()

    central = make(transport=httpx.MockTransport(serve))
    task = asyncio.ensure_future(central.products.delete("p"))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [change.outcome for change in journal] == [ChangeOutcome.UNKNOWN]


async def test_no_secret(central, journal):
    """Neither a login key, nor a password, nor an unbond key is told."""
    await central.login_keys.delete(Secret("4c1e77a09b2d5f38"), Secret("not-a-real-one"))
    await central.groups.unassign("g", ["d"], unbond_key=Secret("unbond-me"))
    for hidden in ("4c1e77a09b2d", "not-a-real-one", "unbond-me"):
        assert hidden not in repr(journal)
    assert journal[0].subject == "…5f38"


async def test_reading_is_silent(central, service, journal):
    """Reading is no change."""
    service.answers = [httpx.Response(200, json={"data": [], "links": {}})]
    assert (await anext(central.products.pages())).items == []
    assert journal == []
