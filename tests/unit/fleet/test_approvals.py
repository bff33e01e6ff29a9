"""Marks that colleagues see, and what takes their approval."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import Secret
from imptui.cloud.rules.account import OpenAccount, collaborate, open_account
from imptui.cloud.storage.world import World
from imptui.domain.deployment import Programs
from imptui.domain.errors import Forbidden, Invalid, Rule
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId
from imptui.domain.review_mark import Verdict, description_of, marks_of, own_tags, verdict_of
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.status import Context
from tests.unit.fleet.conftest import Line

PROGRAMS = Programs('server.log("agent up");', 'server.log("device up");')
SETTLE_S = 0.05


class Held(httpx.AsyncBaseTransport):
    """A line on which one kind of request waits until it is let go: so two people write at once."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.before_change: Callable[[], Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH" and self.before_change is not None:
            waits, self.before_change = self.before_change, None
            await waits()
        return await self.line.handle_async_request(request)


@dataclass
class Colleague:
    """Somebody else with a console of their own."""

    fleet: Fleet
    central: Central
    line: Held
    cache: Cache


@pytest.fixture
async def colleague(world: World, line: Line, fleet: Fleet) -> AsyncIterator[Callable[[str], Awaitable[Colleague]]]:
    """How a colleague of the owner comes to a console."""
    opened: list[Colleague] = []

    async def come(name: str) -> Colleague:
        with world.view() as view:
            owner = view.accounts.called("demo")
        assert owner is not None
        collaborate(world, owner, open_account(world, OpenAccount(name, f"{name}@example.com", "secret")))
        held, cache = Held(line), Cache.in_memory()
        central = Central("http://engine.test/v5", transport=held, journal=JournalWriter(cache), context=name)
        await central.login(name, Secret("secret"))
        made = Fleet(cache, central, Context(name, "http://engine.test/v5", name))
        made.reviews.settle_s = SETTLE_S
        await made.sync.run()
        opened.append(Colleague(made, central, held, cache))
        return opened[-1]

    yield come
    for each in opened:
        await each.fleet.close()


@pytest.fixture
async def bench(fleet: Fleet) -> DeviceGroup:
    """A development group; the owner's console looks again soon after writing."""
    fleet.reviews.settle_s = SETTLE_S
    product = await fleet.change.create_product("Greenhouse")
    return await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")


@pytest.fixture
async def live(fleet: Fleet, bench: DeviceGroup) -> DeviceGroup:
    """A production group of the same product."""
    return await fleet.change.create_group(bench.product_id, GroupType.PRODUCTION, "live")


@pytest.fixture
async def deployed(fleet: Fleet, bench: DeviceGroup) -> DeploymentId:
    """A deployment by the owner, with words and tags of people."""
    draft = await fleet.drafting.draft(bench.id, PROGRAMS, source="test", description="Fix the leak", tags=["v1"])
    return (await fleet.deploys.deploy(draft)).deployment.id


async def seen(fleet: Fleet, deployment_id: DeploymentId):  # type: ignore[no-untyped-def]
    await fleet.sync.run()
    row = await fleet.look.deployment(deployment_id)
    assert row is not None
    return row.deployment


async def test_a_mark_is_seen_by_colleagues(fleet, deployed, colleague):
    """Bob approves; the owner's next pass shows who, what and why, and the words and tags of people stay."""
    bob = await colleague("bob")
    await bob.fleet.reviews.mark(deployed, Verdict.APPROVED, "ran a day on my desk")
    found = await seen(fleet, deployed)
    assert [(each.who, each.verdict, each.reason) for each in marks_of(found)] == [
        ("bob", Verdict.APPROVED, "ran a day on my desk")
    ]
    assert (description_of(found), own_tags(found.tags)) == ("Fix the leak", ("v1",))


async def test_an_objection_needs_a_reason(fleet, deployed, line):
    """Without one nothing is sent."""
    line.asked.clear()
    with pytest.raises(Invalid, match="reason"):
        await fleet.reviews.mark(deployed, Verdict.OBJECTED, "  ")
    assert line.asked == []


async def test_a_second_mark_by_the_same_person_replaces_the_first(fleet, deployed, colleague):
    """Also within one second, when clocks show no difference."""
    bob = await colleague("bob")
    await bob.fleet.reviews.mark(deployed, Verdict.OBJECTED, "too slow")
    found = await bob.fleet.reviews.mark(deployed, Verdict.APPROVED)
    assert [each.verdict for each in marks_of(found)] == [Verdict.APPROVED]
    assert "too slow" not in (found.description or "")


async def test_a_mark_put_between_reading_and_writing_is_not_lost(fleet, deployed, colleague):
    """Carol marks after Bob has read and before he writes: his writing takes hers away, and her console puts it back."""
    bob, carol = await colleague("bob"), await colleague("carol")
    writing = []

    async def carol_marks() -> None:
        writing.append(asyncio.create_task(carol.fleet.reviews.mark(deployed, Verdict.OBJECTED, "it leaks")))
        while verdict_of(await fleet.reviews._read(deployed)) is None:  # noqa: ASYNC110 - the service calls nobody
            await asyncio.sleep(0.002)

    bob.line.before_change = carol_marks
    await bob.fleet.reviews.mark(deployed, Verdict.APPROVED, "fine")
    await asyncio.gather(*writing)
    assert {each.who: each.reason for each in marks_of(await seen(fleet, deployed))} == {"bob": "fine", "carol": "it leaks"}


async def test_five_people_at_once(fleet, deployed, colleague):
    """All marks are there in the end, each once."""
    people = [await colleague(f"person-{number}") for number in range(5)]
    await asyncio.gather(
        *(each.fleet.reviews.mark(deployed, Verdict.APPROVED, str(number)) for number, each in enumerate(people))
    )
    found = await seen(fleet, deployed)
    assert sorted(each.reason for each in marks_of(found)) == list("01234")
    assert description_of(found) == "Fix the leak"


async def test_a_lost_answer_leaves_the_mark(fleet, deployed, line):
    """Whether it was written is looked up, not guessed."""
    line.loses_answer_to = f"PATCH /v5/deployments/{deployed}"
    found = await fleet.reviews.mark(deployed, Verdict.APPROVED)
    assert [each.who for each in marks_of(found)] == ["demo"]


async def test_describing_keeps_marks(fleet, deployed, colleague):
    """New words and tags take the place of the old ones; marks stay."""
    bob = await colleague("bob")
    await bob.fleet.reviews.mark(deployed, Verdict.APPROVED, "fine")
    found = await fleet.reviews.describe(deployed, "Fix both leaks", ["v2"])
    assert (description_of(found), own_tags(found.tags)) == ("Fix both leaks", ("v2",))
    assert [each.reason for each in marks_of(found)] == ["fine"]


async def test_nobody_types_the_mark_of_another(fleet, deployed):
    """A tag in the form of a mark is refused where tags are typed."""
    with pytest.raises(Invalid, match="form of a review mark"):
        await fleet.reviews.describe(deployed, "x", ["approved.20261123T130211Z.3f2a9c0d1e2b.bbbbbbbb1b7f.bob"])


async def test_a_mark_is_in_the_journal_by_its_name(fleet, cache, deployed):
    """Approving is not any update."""
    await fleet.reviews.mark(deployed, Verdict.APPROVED)
    for _ in range(100):
        if any(each.verb == "approve deployment" for each in cache.journal.list()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("The journal knows of no approval.")


async def test_a_read_only_context_puts_no_mark(fleet, deployed, line):
    """A mark is a change, and is refused at the same place as all others."""
    fleet.set_read_only("the line is closed")
    with pytest.raises(Forbidden, match="the line is closed"):
        await fleet.reviews.mark(deployed, Verdict.APPROVED)
    assert not [each for each in line.asked if each.startswith("PATCH")]


async def test_marks_are_not_copied(fleet, bench, live, deployed, colleague):
    """What is promoted carries the tags of people, not the marks of the original, nor their reasons."""
    bob = await colleague("bob")
    await bob.fleet.reviews.mark(deployed, Verdict.APPROVED, "fine")
    await fleet.sync.run()
    done = await fleet.deploys.deploy(await fleet.drafting.draft_of(live.id, deployed))
    assert done.deployment.tags == ("v1",)
    assert "fine" not in (done.deployment.description or "")
    assert marks_of(done.deployment) == ()


class TestApproval:
    """A context that wants a second person before production."""

    @pytest.fixture
    def careful(self, central: Central) -> None:
        central.guard = replace(central.guard, needs_approval=True)

    async def refused(self, fleet, live, deployed, line):  # type: ignore[no-untyped-def]
        draft = await fleet.drafting.draft_of(live.id, deployed)
        line.asked.clear()
        with pytest.raises(Forbidden) as refused:
            await fleet.deploys.deploy(draft)
        assert refused.value.rule is Rule.NOT_APPROVED
        assert "POST /v5/deployments" not in line.asked
        assert draft.forbidden_because is not None, "the review says so before"
        return refused.value.reason

    async def test_unapproved_code_is_refused(self, fleet, live, deployed, careful, line):
        """Nothing is sent, and the sentence says who is wanted."""
        assert "Somebody else than its author" in await self.refused(fleet, live, deployed, line)

    async def test_ones_own_approval_does_not_count(self, fleet, live, deployed, careful, line):
        """The author's mark is a mark, and no second person."""
        await fleet.reviews.mark(deployed, Verdict.APPROVED)
        assert "only you yourself" in await self.refused(fleet, live, deployed, line)

    async def test_a_colleagues_approval_lets_it_go(self, fleet, live, deployed, careful, colleague):
        """Bob approved these bytes: they go, although this console has not heard of his mark yet."""
        bob = await colleague("bob")
        await bob.fleet.reviews.mark(deployed, Verdict.APPROVED)
        done = await fleet.deploys.deploy(await fleet.drafting.draft_of(live.id, deployed))
        assert done.deployment.group_id == live.id

    async def test_an_objection_after_the_review_began_refuses(self, fleet, live, deployed, careful, colleague, line):
        """The marks that count are those of the moment of deploying."""
        bob, carol = await colleague("bob"), await colleague("carol")
        await bob.fleet.reviews.mark(deployed, Verdict.APPROVED)
        draft = await fleet.drafting.draft_of(live.id, deployed)
        assert draft.forbidden_because is None
        await carol.fleet.reviews.mark(deployed, Verdict.OBJECTED, "it leaks")
        with pytest.raises(Forbidden, match="carol objects to this code: it leaks"):
            await fleet.deploys.deploy(draft)

    async def test_other_bytes_than_the_approved_are_refused(self, fleet, live, deployed, careful, colleague):
        """An edited copy of an approved deployment was approved by nobody."""
        bob = await colleague("bob")
        await bob.fleet.reviews.mark(deployed, Verdict.APPROVED)
        draft = await fleet.drafting.draft_of(live.id, deployed)
        with pytest.raises(Forbidden):
            await fleet.deploys.deploy(replace(draft, programs=Programs("// more", PROGRAMS.device_code)))

    async def test_files_of_ones_own_are_refused_in_production(self, fleet, live, careful):
        """What was never deployed cannot have been approved."""
        with pytest.raises(Forbidden, match="in no deployment yet"):
            await fleet.deploys.deploy(await fleet.drafting.draft(live.id, PROGRAMS, source="files"))

    async def test_other_groups_take_anything(self, fleet, bench, careful):
        """Code is approved where it was tried, so it must get there first."""
        await fleet.deploys.deploy(await fleet.drafting.draft(bench.id, PROGRAMS, source="files"))

    async def test_the_way_back_needs_it_too(self, fleet, live, deployed, careful, colleague, line):
        """Approved bytes are approved wherever they went; so going back to them is allowed."""
        bob = await colleague("bob")
        await bob.fleet.reviews.mark(deployed, Verdict.APPROVED)
        first = await fleet.deploys.deploy(await fleet.drafting.draft_of(live.id, deployed))
        back = await fleet.drafting.draft_of(live.id, first.deployment.id)
        assert back.forbidden_because is None
