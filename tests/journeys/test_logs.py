"""Reading logs while they grow."""

from datetime import timedelta

import pytest

from imptui.cloud.environment.clock import ManualClock
from imptui.domain.ids import DeviceId
from imptui.fleet.logs import live_log as lives
from imptui.tui.commands.routes import LogsRoute
from imptui.tui.screens.logs import LogsPage
from tests.journeys.conftest import Person, Plant, sitting_at


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for seconds in a test."""
    monkeypatch.setattr(lives, "ROTATION_S", 0.02)


async def restarts(plant: Plant, clock: ManualClock, device: DeviceId) -> None:
    """The device, its agent and the service say something."""
    clock.advance(timedelta(seconds=1))
    await plant.fleet.change.devices.restart(device, conditional=False)


async def opens(person: Person, plant: Plant, *numbers: int, group: bool = False) -> LogsPage:
    person.app.navigator.open(LogsRoute(tuple(plant.devices[each] for each in numbers), "the plant", plant.bench.id if group else None))
    await person.waits_for(lambda: isinstance(person.app.screen, LogsPage))
    page = person.app.screen
    assert isinstance(page, LogsPage)
    await person.waits_for(lambda: page.live is not None and page.live.is_open)
    await person.waits_for(lambda: len(page.live.streamed) == min(8, len(page.live.members.device_ids)))
    await person.rests()
    return page


async def test_lines_come_by_the_stream_and_not_by_asking(plant: Plant, clock: ManualClock) -> None:
    """A line appears by itself, although the log is read no second time."""
    async with sitting_at(plant) as person:
        page = await opens(person, plant, 0)
        await person.waits_for(lambda: page.live._streaming._caught)
        await person.rests()
        before, plant.line.asked[:] = len(page.view.entries), []
        await restarts(plant, clock, plant.devices[0])
        await person.waits_for(lambda: len(page.view.entries) > before)
        await person.waits_for("Agent restarted")
        assert not [each for each in plant.line.asked if each.endswith("/logs")]
        assert person.sees("live")


async def test_history_is_there_and_a_mark_is_drawn(plant: Plant, clock: ManualClock) -> None:
    """History is there at once, a mark is drawn, what comes later stands below it."""
    await restarts(plant, clock, plant.devices[0])
    known = await plant.fleet.logs.history(plant.devices[0])
    async with sitting_at(plant) as person:
        page = await opens(person, plant, 0)
        assert page.view.entries == list(known) != []
        await person.presses("m")
        await person.waits_for("--- mark")
        await restarts(plant, clock, plant.devices[0])
        await person.waits_for(lambda: len(page.view.entries) > len(known))
        lines = person.lines()
        mark = next(row for row, line in enumerate(lines) if "--- mark" in line)
        assert any("Agent restarted" in line for line in lines[mark:])


async def test_l_in_the_list_opens_the_log_of_the_marked_ones(plant: Plant, clock: ManualClock) -> None:
    """Two marked devices have one log, with their names in it."""
    async with sitting_at(plant) as person:
        await person.presses("space", "space", "l")
        await person.waits_for("Log of 2 devices")
        await person.waits_for("live: 2 devices")
        await restarts(plant, clock, plant.devices[0])
        await restarts(plant, clock, plant.devices[1])
        await person.waits_for(lambda: any("unit-00" in line and "Agent restarted" in line for line in person.lines()))
        await person.waits_for(lambda: any("unit-01" in line and "Agent restarted" in line for line in person.lines()))


async def test_a_group_is_followed_beyond_the_places_of_a_stream(plant: Plant, clock: ManualClock) -> None:
    """Ten devices are followed: eight live, two in turn, and the title says so."""
    async with sitting_at(plant) as person:
        page = await opens(person, plant, group=True)
        await person.waits_for("8 live, 2 in turn")
        for device in plant.devices[:10]:
            await restarts(plant, clock, device)
        await person.waits_for(lambda: {each.device_id for each in page.view.entries} == set(plant.devices[:10]))


async def test_a_device_that_leaves_the_group_leaves_the_log(plant: Plant) -> None:
    """Somebody takes a device out of the group: the log says so, and the stream is told."""
    async with sitting_at(plant) as person:
        await opens(person, plant, group=True)
        await plant.fleet.change.devices.unassign([plant.devices[0]])
        await person.waits_for("unit-00 left")
        await person.waits_for(
            lambda: any(each.startswith("DELETE") and each.endswith(plant.devices[0]) for each in plant.line.asked)
        )


async def test_pausing_holds_lines_back(plant: Plant, clock: ManualClock) -> None:
    """p holds what comes back, says how much waits, and shows it when it goes on."""
    async with sitting_at(plant) as person:
        page = await opens(person, plant, 0)
        await person.presses("p")
        await person.waits_for("paused")
        before = len(page.view.entries)
        await restarts(plant, clock, plant.devices[0])
        await person.waits_for("waiting: p goes on")
        await person.waits_for(lambda: page.live.waiting)
        assert len(page.view.entries) == before
        await person.presses("p")
        await person.waits_for(lambda: len(page.view.entries) > before)


async def test_lines_are_chosen(plant: Plant, clock: ManualClock) -> None:
    """F shows one part of the log, 1 the last minute, Esc everything again."""
    async with sitting_at(plant) as person:
        page = await opens(person, plant, 0, 1)
        await restarts(plant, clock, plant.devices[0])
        await restarts(plant, clock, plant.devices[1])
        await person.waits_for(lambda: len({each.device_id for each in page.view.entries}) == 2)
        await person.rests()
        await person.presses("F")
        await person.waits_for("what agent code said")
        await person.presses("g")
        await person.waits_for("only agent")
        assert not person.sees("Agent restarted")
        await person.presses("escape")
        await person.waits_for("Agent restarted")
        await person.presses("1")
        await person.waits_for("since")
        assert not person.sees("Agent restarted")  # the plant's clock is years behind ours
        await person.presses("escape")
        await person.waits_for("Agent restarted")


async def test_another_day_is_told(plant: Plant, clock: ManualClock) -> None:
    """Where the lines of another day begin, the day stands above them."""
    await restarts(plant, clock, plant.devices[0])
    clock.advance(timedelta(days=2))
    await restarts(plant, clock, plant.devices[0])
    async with sitting_at(plant) as person:
        await opens(person, plant, 0)
        lines = person.lines()
        days = [row for row, line in enumerate(lines) if line.startswith("--- 2023-03-1")]
        assert len(days) == 2
        assert any("Agent restarted" in line for line in lines[days[0] : days[1]])


async def test_leaving_ends_the_stream(plant: Plant) -> None:
    """When the log is closed nothing is followed any longer."""
    async with sitting_at(plant) as person:
        page = await opens(person, plant, 0)
        await person.presses("escape")
        await person.waits_for("unit-01")
        await person.waits_for(lambda: page.live.is_closed and not page.live.is_open)


async def test_a_cut_line_is_told(plant: Plant) -> None:
    """Without a connection the log says so and keeps what it has."""
    async with sitting_at(plant) as person:
        plant.line.is_cut = True
        person.app.navigator.open(LogsRoute((plant.devices[0],), "unit-00"))
        await person.waits_for("no connection")
        plant.line.is_cut = False
        await person.waits_for("not heard")
        await person.waits_for("live")


async def test_hostile_lines_are_shown_and_do_nothing(plant: Plant, clock: ManualClock, world: object) -> None:
    """Markup, escapes and direction marks in a log line are signs like all others."""
    from imptui.domain.deployment import Programs

    code = 'server.log("[b]bold[/] \\x1b[31mred \\x07");\n'
    draft = await plant.fleet.drafting.draft(plant.bench.id, Programs("", code), source="test")
    await plant.fleet.deploys.deploy(draft)
    async with sitting_at(plant) as person:
        page = await opens(person, plant, 0)
        await restarts(plant, clock, plant.devices[0])
        await person.waits_for(
            lambda: any("bold" in each.text for each in page.view.entries) or clock.advance(timedelta(seconds=2))
        )
        await person.waits_for("[b]bold[/] ^[[31mred ^G")
