"""Questions that are answered while the console is still being loaded."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from imptui.cache.store import Cache
from imptui.fleet.prefetch import PrefetchingReadModel
from imptui.fleet.read_model import ReadModel
from imptui.query.expression import Claim, Is
from imptui.query.query import Query, Sort, SortColumn
from tests.unit.cache.pump_fleet import NOW, pumps

LIST = Query()


def asked_ahead(cache: Cache) -> PrefetchingReadModel:
    """A look that was asked for the head of the list of everything, and whose answers are here."""
    look = PrefetchingReadModel(cache, lambda: NOW)
    with ThreadPoolExecutor(1) as thread:
        look.read_ahead(LIST, 4, thread)
    return look


async def test_the_answers_are_those_of_a_look_that_was_asked_later(cache: Cache) -> None:
    """Rows, count and tree are the same, whether they were read ahead or not."""
    cache.devices.store(pumps(9), NOW)
    ahead, later = asked_ahead(cache), ReadModel(cache, lambda: NOW)
    assert await ahead.window(LIST, 0, 4) == await later.window(LIST, 0, 4)
    assert await ahead.count(LIST) == await later.count(LIST) == 9
    assert await ahead.tree() == await later.tree()
    assert await ahead.window(LIST, 4, 4) == await later.window(LIST, 4, 4)


async def test_an_answer_is_given_once(cache: Cache) -> None:
    """Who asks again is told what is known then."""
    units = pumps(9)
    cache.devices.store(units[:3], NOW)
    ahead = asked_ahead(cache)
    cache.devices.store(units, NOW)
    assert len((await ahead.window(LIST, 0, 4)).rows) == 3
    assert (await ahead.tree()).total.devices == 3
    ahead.resort()
    assert len((await ahead.window(LIST, 0, 4)).rows) == 4
    assert await ahead.count(LIST) == 9
    assert (await ahead.tree()).total.devices == 9


async def test_other_questions_are_answered_as_ever(cache: Cache) -> None:
    """Another list than the one that was foreseen, or another part of it, is read when it is asked for."""
    cache.devices.store(pumps(9), NOW)
    later = ReadModel(cache, lambda: NOW)
    for query, offset in ((Query(sort=Sort(SortColumn.ID)), 0), (Query(where=Is(Claim.PROBLEM)), 0), (LIST, 2)):
        ahead = asked_ahead(cache)
        assert await ahead.window(query, offset, 4) == await later.window(query, offset, 4)
        assert await ahead.count(query) == await later.count(query)


async def test_it_counts_as_a_question(cache: Cache) -> None:
    """What is looked at is known, whoever read it and when."""
    cache.devices.store(pumps(3), NOW)
    ahead, scopes = asked_ahead(cache), []
    ahead.on_scope = scopes.append
    await asyncio.gather(ahead.window(LIST, 0, 4), ahead.count(LIST))
    assert (ahead.asked, scopes) == (1, [LIST.scope])
