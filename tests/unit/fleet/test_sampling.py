"""Collecting readings without a screen."""

from imptui.cache.store import Cache
from imptui.fleet.fleet import Fleet
from imptui.fleet.sampling import sample_round
from imptui.query.grammar import parse
from imptui.query.query import Query
from tests.unit.fleet.conftest import Line


async def test_a_round_reads_everybody_once(fleet: Fleet, cache: Cache) -> None:
    """A round reads every device of the query once, and keeps the readings as samples."""
    await fleet.sync.run()
    done = await sample_round(fleet, Query(), lambda: False)
    assert (done.wanted, done.read, done.trouble) == (30, 30, None)
    window = await fleet.look.window(Query(), 0, 30)
    for row in window.rows:
        assert row is not None
        assert len(cache.samples.of(row.device.id, fleet.changes.now().replace(year=2000))) >= 1


async def test_a_round_reads_only_who_is_asked_for(fleet: Fleet, line: Line) -> None:
    """Devices that the query does not find are not read."""
    await fleet.sync.run()
    window = await fleet.look.window(Query(), 0, 30)
    one = window.rows[0]
    assert one is not None
    line.asked.clear()
    done = await sample_round(fleet, Query(where=parse(one.device.id)), lambda: False)
    assert (done.wanted, done.read) == (1, 1)
    assert line.asked == [f"GET /v5/devices/{one.device.id}"]


async def test_a_round_that_is_stopped_reads_nobody_more(fleet: Fleet, line: Line) -> None:
    """Told to stop, a round asks for nobody more."""
    await fleet.sync.run()
    line.asked.clear()
    done = await sample_round(fleet, Query(), lambda: True)
    assert (done.wanted, done.read) == (30, 0)
    assert line.asked == []


async def test_a_cut_line_is_told(fleet: Fleet, line: Line) -> None:
    """A round over a cut line says what is wrong instead of going on for ever."""
    await fleet.sync.run()
    line.is_cut = True
    done = await sample_round(fleet, Query(), lambda: False)
    assert done.read == 0
    assert done.trouble is not None
