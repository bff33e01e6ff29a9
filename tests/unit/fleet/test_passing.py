"""Tests of a fleet whose cache cannot be written for a while, and of background tasks that fail."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, cast

import httpx
import pytest

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.client.change import ChangeOutcome, ChangeRecord
from imptui.client.logstream import LogStream
from imptui.domain.deployment import Programs
from imptui.domain.errors import Conflict
from imptui.domain.group import GroupType
from imptui.domain.ids import DeviceId
from imptui.domain.rows import SavedDraft
from imptui.fleet.background import keep_alive, reason_of
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.deployments.draft_store import DraftStore
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.logs.log_events import LogEventKind
from imptui.fleet.logs.shared_stream import SharedStream
from imptui.fleet.status import Reachability
from imptui.query.query import Query
from tests.unit.fleet.conftest import Line

AT = datetime(2026, 3, 1, tzinfo=UTC)


def lock(cache: Cache) -> None:
    """Let SQLite refuse every write, as it does on a full or read-only disk."""
    cache._connections.writer.execute("PRAGMA query_only=1")


def unlock(cache: Cache) -> None:
    """Let SQLite write again."""
    cache._connections.writer.execute("PRAGMA query_only=0")


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)


async def soon(_: float) -> None:
    """Wait for next to nothing."""
    await asyncio.sleep(0.01)


def change(number: int) -> ChangeRecord:
    return ChangeRecord(
        began_at=AT, ended_at=AT, who="me", context="home", endpoint="embedded", verb="restart", kind="device", subject=f"d{number}", label="",
        before=None, after=None, answer="204", outcome=ChangeOutcome.DONE,
    )  # fmt: skip


async def test_the_journal_waits_for_the_disk(cache: Cache) -> None:
    """Entries of the journal that cannot be saved wait, are told, and are saved in order when writing works again."""
    journal = JournalWriter(cache, soon)
    lock(cache)
    for number in range(3):
        journal(change(number))
    await until(lambda: journal.trouble is not None and "Waiting entries of the journal: 3" in journal.trouble)
    unlock(cache)
    await until(lambda: journal.trouble is None)
    await journal.flush()
    assert [each.subject for each in cache.journal.list()] == ["d2", "d1", "d0"]
    cache.close()


async def test_a_journal_that_cannot_be_saved_at_the_end(cache: Cache) -> None:
    """At the end of the console a journal that cannot be saved is an error, and not silence."""
    journal = JournalWriter(cache, soon)
    lock(cache)
    journal(change(0))
    with pytest.raises(CacheUnreadable, match="cannot be written"):
        await journal.flush()
    cache.close()


async def test_drafts_wait_for_the_disk(fleet: Fleet, cache: Cache) -> None:
    """A draft that cannot be saved counts as unfinished, the status says so, and it is saved when writing works again."""
    drafts = DraftStore(cache, ChangeFeed(lambda: AT), soon)
    fleet.__dict__["drafts"] = drafts
    saved = SavedDraft("deploy g x", '{"damaged": 1}', AT)
    lock(cache)
    await drafts._write(saved.key, saved)
    assert [each.key for each in await drafts.unfinished()] == [saved.key]
    assert "A draft is not saved yet" in (fleet.status.trouble or "")
    assert cache.drafts.all() == []
    unlock(cache)
    await until(lambda: fleet.status.trouble is None)
    assert cache.drafts.all() == [saved]
    lock(cache)
    await drafts.drop(saved.key)
    assert await drafts.unfinished() == ()
    unlock(cache)
    await until(lambda: cache.drafts.all() == [])


async def test_a_filter_that_cannot_be_saved(fleet: Fleet, cache: Cache) -> None:
    """A filter that cannot be saved is refused with a sentence that says what was not done and why."""
    lock(cache)
    with pytest.raises(Conflict, match=r"Could not save the filter 'Gone': .*cannot be written"):
        await fleet.queries.save("Gone", "offline")
    unlock(cache)
    assert (await fleet.queries.save("Gone", "offline")).name == "Gone"
    lock(cache)
    with pytest.raises(Conflict, match="Could not rename"):
        await fleet.queries.rename("Gone", "Away")
    with pytest.raises(Conflict, match="Could not forget"):
        await fleet.queries.drop("Gone")
    unlock(cache)


async def test_a_change_stands_without_the_cache(fleet: Fleet, cache: Cache) -> None:
    """A change that the service made succeeds although its answer cannot be saved here; the status says so."""
    await fleet.sync.run()
    lock(cache)
    product = await fleet.change.create_product("Boiler")
    assert product.name == "Boiler"
    assert fleet.status.trouble is not None
    unlock(cache)
    await fleet.sync.run()
    assert "Boiler" in [each.name for each in await fleet.look.products()]
    assert fleet.status.trouble is None


async def test_a_deployment_stands_without_the_cache(fleet: Fleet, cache: Cache) -> None:
    """A deployment that was made is reported as made although nothing about it can be saved here, and made once."""
    product = await fleet.change.create_product("Greenhouse")
    group = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    draft = await fleet.drafting.draft(group.id, Programs("//", "//"), source="a file")
    lock(cache)
    done = await fleet.deploys.deploy(draft)
    assert "cannot be written" in (fleet.status.trouble or "")
    unlock(cache)
    await fleet.sync.run()
    assert [each.id for each in cache.deployments.list(group.id)] == [done.deployment.id]


async def test_a_log_stream_that_fails_is_opened_again() -> None:
    """A log stream that ends for a reason that nobody foresaw is told in the log, and another one is asked for."""
    told: list[tuple[LogEventKind, str]] = []
    asked: list[int] = []

    class Streams:
        async def create(self) -> LogStream:
            asked.append(1)
            raise ValueError("http://me:hidden@proxy.test")

    class Sink:
        def remark(self, kind: LogEventKind, device_id: DeviceId | None = None, text: str = "", number: int = 0) -> None:
            told.append((kind, text))

    class Service:
        logstreams = Streams()

    stream = SharedStream(cast(Any, Service()), cast(Any, Sink()), lambda: AT, soon)
    task = asyncio.create_task(stream.run_forever())
    await stream.serve([DeviceId("d1")])
    await until(lambda: len(asked) > 2)
    assert not task.done()
    task.cancel()
    assert told[0] == (LogEventKind.BROKEN, "ValueError: http://proxy.test")


async def test_passes_and_rounds_outlive_a_full_disk(fleet: Fleet, cache: Cache) -> None:
    """Sync and watch go on after the cache could not be written, and the status says so meanwhile."""
    await fleet.sync.run()
    ids = [row.device.id for row in (await fleet.look.window(Query(), 0, 5)).rows if row is not None]
    fleet.watch.look_at(ids)
    lock(cache)
    await fleet.watch.refresh_now()
    assert "cannot be written" in (fleet.status.trouble or "")
    fleet.start()
    fleet.sync.start()
    await until(lambda: fleet.sync._pass is not None and fleet.sync._pass.done())
    assert "cannot be written" in (fleet.status.trouble or "")
    unlock(cache)
    fleet.sync.start()
    await until(lambda: fleet.status.trouble is None)
    await fleet.watch.refresh_now()
    assert fleet.status.trouble is None
    assert not any(task.done() for task in fleet._tasks)


@pytest.fixture
def broken(line: Line, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A line that fails for a reason that nobody foresaw, as long as the list is not empty."""
    state = [True]
    handle = line.handle_async_request

    async def fail(request: httpx.Request) -> httpx.Response:
        if state:
            raise ValueError("Unknown scheme for proxy URL http://me:hidden@proxy.test:1")
        return await handle(request)

    monkeypatch.setattr(line, "handle_async_request", fail)
    return state


async def test_an_unforeseen_error_of_a_pass(fleet: Fleet, broken: list[bool]) -> None:
    """An unforeseen error of a pass is in the status with what is tried next, without passwords, until a pass succeeds."""
    fleet.start()
    await until(lambda: fleet.status.trouble is not None)
    told = fleet.status.trouble or ""
    assert told.startswith("Reading the account failed (ValueError: Unknown scheme for proxy URL http://proxy.test:1).")
    assert "tries again in" in told
    assert "hidden" not in told
    broken.clear()
    fleet.sync.start()
    await until(lambda: fleet.status.synced_at is not None and fleet.status.trouble is None)
    assert not any(task.done() for task in fleet._tasks)


async def test_an_unforeseen_error_of_a_round(fleet: Fleet, line: Line, broken: list[bool]) -> None:
    """An unforeseen error while visible devices are read is in the status until a round succeeds."""
    was, broken[:] = list(broken), []
    await fleet.sync.run()
    fleet.watch.look_at([row.device.id for row in (await fleet.look.window(Query(), 0, 5)).rows if row is not None])
    broken[:] = was
    await fleet.watch.refresh_now()
    assert (fleet.status.trouble or "").startswith("Reading visible devices failed (ValueError")
    broken.clear()
    await fleet.watch.refresh_now()
    assert fleet.status.trouble is None


async def test_a_task_is_started_again() -> None:
    """A task that ends with an error is reported and started again, with longer and longer pauses."""
    reach, runs, pauses, told = Reachability(), [], [], []

    async def run() -> None:
        runs.append(1)
        if len(runs) < 5:
            raise KeyError("row")

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        told.append(reach.local_trouble)

    await keep_alive("trim", "Returning memory", run, reach, ChangeFeed(lambda: AT), sleep)
    assert len(runs) == 5
    assert all(before < after for before, after in pairwise(pauses))
    assert told[0] == f"Returning memory failed (KeyError: 'row'). imptui tries again in {pauses[0]:.0f} s."


def test_reasons_are_one_line() -> None:
    """The reason of an unforeseen error is one line of bounded length, and an error without text is named by its kind."""
    assert reason_of(OSError()) == "OSError"
    assert reason_of(ValueError("a\nb")) == "ValueError: a"
    assert len(reason_of(ValueError("x" * 1000))) < 250
