"""A cache that breaks under an open console."""

import asyncio
from pathlib import Path

import httpx
from textual.worker import WorkerFailed

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.domain.rows import JournalEntry
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.tui.app import ImptuiApp
from tests.journeys.conftest import PLAIN
from tests.unit.cache.pump_fleet import BOILER, LINE, NOW, pumps

PAGE = 4096


def nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no network here", request=request)


async def test_a_damaged_cache_ends_with_a_sentence(tmp_path: Path) -> None:
    """A console whose cache is damaged inside ends with what to do, not with a traceback, and the next start keeps the journal."""
    path = tmp_path / "cache.db"
    cache = Cache.open(path).cache
    cache.products.store([BOILER])
    cache.groups.store([LINE])
    cache.devices.store(pumps(3000), NOW)
    cache.journal.add(JournalEntry(NOW, "me", "home", "restart", "a device"))
    cache.close()
    written = path.read_bytes()
    pieces = [written[at : at + PAGE] for at in range(0, len(written), PAGE)]
    path.write_bytes(b"".join(one[:16] + b"\xff" * (PAGE - 16) if b"Pump 2" in one else one for one in pieces))

    cache = Cache.open(path).cache
    fleet = Fleet(cache, Central("http://no.test/v5", transport=httpx.MockTransport(nobody)), Context("x", "http://no.test/v5", "me"))
    app = ImptuiApp(fleet, environ=PLAIN)
    async with app.run_test(size=(120, 30)) as pilot:
        for _ in range(100):
            if app._exit:
                break
            await pilot.pause(0.05)
        said = [str(each) for each in app._exit_renderables]
        app._exit_renderables.clear()
    assert app.return_code == 1
    assert len(said) == 1
    assert "is damaged" in said[0]
    assert "Start imptui again" in said[0]
    opened = await asyncio.to_thread(Cache.open, path, NOW)
    assert opened.warning is not None
    assert [entry.verb for entry in opened.cache.journal.list()] == ["restart"]
    opened.cache.close()


async def test_a_cache_that_is_locked_for_a_while_does_not_end_the_console(tmp_path: Path) -> None:
    """A worker that meets a locked or full cache is reported behind `!`, the console stays and reads the list again."""
    cache = Cache.open(tmp_path / "cache.db").cache
    cache.products.store([BOILER])
    cache.groups.store([LINE])
    fleet = Fleet(cache, Central("http://no.test/v5", transport=httpx.MockTransport(nobody)), Context("x", "http://no.test/v5", "me"))
    app = ImptuiApp(fleet, environ=PLAIN)
    async with app.run_test(size=(120, 30)) as pilot:
        locked = CacheUnreadable(tmp_path / "cache.db", "it is locked by another program", "It is tried again.", is_passing=True)
        app._handle_exception(WorkerFailed(locked))
        cache.devices.store(pumps(3), NOW)
        for _ in range(100):
            home = app.navigator.home
            if home is not None and home.table.rows.count == 3:
                break
            await pilot.pause(0.05)
        assert app._exit is False
        assert home is not None
        assert home.table.rows.count == 3
        assert any("it is locked by another program" in each.text for each in app.notifier.failures)
