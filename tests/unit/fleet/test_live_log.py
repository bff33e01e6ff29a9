"""Following logs on a real engine: growth, breaks, evictions, and who comes and goes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from time import monotonic

import httpx
import pytest

from imptui.cloud.api import stream_hub as hubs
from imptui.cloud.environment.clock import ManualClock
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.fleet.fleet import Fleet
from imptui.fleet.logs import live_log as lives
from imptui.fleet.logs import shared_stream as streams
from imptui.fleet.logs.live_log import LiveLog
from imptui.fleet.logs.log_events import LogEvent, LogEventKind, Said
from imptui.query.query import Query
from tests.unit.fleet.conftest import Line

PATIENCE_S = 60.0


class Cable(httpx.AsyncByteStream):
    """The body of an answer, until somebody pulls the plug."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self.body, self.is_pulled = body, asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = self.body.__aiter__()
        while True:
            piece = asyncio.ensure_future(anext(pieces))
            pulled = asyncio.ensure_future(self.is_pulled.wait())
            await asyncio.wait({piece, pulled}, return_when=asyncio.FIRST_COMPLETED)
            pulled.cancel()
            if self.is_pulled.is_set():
                piece.cancel()
                await asyncio.gather(piece, return_exceptions=True)
                raise httpx.ReadError("the plug was pulled")
            try:
                yield piece.result()
            except StopAsyncIteration:
                return

    async def aclose(self) -> None:
        await self.body.aclose()


class Plugged(Line):
    """A line whose open streams can be pulled out."""

    cables: list[Cable]
    token = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.token = request.headers.get("authorization", self.token)
        answer = await super().handle_async_request(request)
        if request.method == "GET" and "/logstream/" in request.url.path and answer.status_code == 200:
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            self.cables.append(Cable(answer.stream))
            return httpx.Response(200, headers=answer.headers, stream=self.cables[-1])
        return answer


@pytest.fixture
def line(line: Line) -> Plugged:
    """As `line`, with plugs."""
    made = Plugged(line.engine)
    made.cables = []
    return made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for minutes in a test."""
    monkeypatch.setattr(lives, "ROTATION_S", 0.02)
    monkeypatch.setattr(streams, "FIRST_WAIT_S", 0.02)
    monkeypatch.setattr("imptui.client.logstream.FIRST_WAIT_S", 0.02)


@pytest.fixture
async def bench(fleet: Fleet) -> DeviceGroup:
    """A group of two devices."""
    product = await fleet.change.create_product("Greenhouse")
    made = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    await fleet.sync.run()
    await fleet.change.devices.assign(made.id, (await ids(fleet))[:2])
    return made


async def ids(fleet: Fleet) -> list[DeviceId]:
    window = await fleet.look.window(Query(), 0, 100)
    return [row.device.id for row in window.rows if row is not None]


class Reader:
    """Somebody who reads a log."""

    def __init__(self, live: LiveLog) -> None:
        self.live, self.said = live, list[Said]()
        live.start(lambda: self.said.extend(live.take()))

    @property
    def entries(self) -> list[LogEntry]:
        return [each for each in self.said if isinstance(each, LogEntry)]

    def remarks(self, kind: LogEventKind) -> list[LogEvent]:
        return [each for each in self.said if isinstance(each, LogEvent) and each.kind is kind]

    async def waits_for(self, holds: Callable[[], object]) -> None:
        end = monotonic() + PATIENCE_S
        while not holds():
            assert monotonic() < end, self.said
            await asyncio.sleep(0.01)


class Restarts:
    """Makes a device, its agent and the service say something, a second after the last time."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    async def __call__(self, fleet: Fleet, device_id: DeviceId) -> None:
        self.clock.advance(timedelta(seconds=1))
        await fleet.change.devices.restart(device_id, conditional=False)


@pytest.fixture
def restart(clock: ManualClock) -> Restarts:
    """How to make a device talk."""
    return Restarts(clock)


async def test_history_and_then_every_line_by_the_stream(
    fleet: Fleet, bench: DeviceGroup, line: Plugged, restart: Restarts
) -> None:
    """History comes first, later lines by one stream and not by looking again, and no line comes twice."""
    device = (await ids(fleet))[0]
    await restart(fleet, device)
    reader = Reader(await fleet.logs.follow((device,)))
    await reader.waits_for(lambda: reader.entries and reader.remarks(LogEventKind.SUBSCRIBED))
    await asyncio.sleep(0.3)
    before, looks = len(reader.entries), sum("/logs" in each for each in line.asked)
    await restart(fleet, device)
    await reader.waits_for(lambda: len(reader.entries) > before)
    await asyncio.sleep(0.3)
    assert reader.entries == list(await fleet.logs.history(device))
    assert sum("/logs" in each for each in line.asked) == looks + 1  # the one of this test
    assert line.asked.count("POST /v5/logstream") == 1


async def test_a_break_leaves_a_gap_and_loses_nothing(fleet: Fleet, bench: DeviceGroup, line: Plugged, restart: Restarts) -> None:
    """After a broken connection the gap is told, and what was said meanwhile is read afterwards."""
    device = (await ids(fleet))[0]
    reader = Reader(await fleet.logs.follow((device,)))
    await reader.waits_for(lambda: reader.remarks(LogEventKind.SUBSCRIBED))
    line.cables[-1].is_pulled.set()
    await restart(fleet, device)
    await reader.waits_for(lambda: reader.remarks(LogEventKind.GAP))
    wanted = list(await fleet.logs.history(device))
    await reader.waits_for(lambda: reader.entries == wanted)
    kinds = [each.kind for each in reader.said if isinstance(each, LogEvent)]
    assert kinds.index(LogEventKind.LOST) < kinds.index(LogEventKind.GAP)
    assert reader.remarks(LogEventKind.GAP)[0].number >= 1


async def test_a_forgotten_stream_is_made_anew(fleet: Fleet, bench: DeviceGroup, line: Plugged, restart: Restarts) -> None:
    """When the service does not know the stream after a break, another one is made, and nothing is lost."""
    device = (await ids(fleet))[0]
    reader = Reader(await fleet.logs.follow((device,)))
    await reader.waits_for(lambda: reader.remarks(LogEventKind.SUBSCRIBED))
    stream_id = next(each for each in line.asked if each.startswith("GET /v5/logstream/")).rsplit("/", 1)[1]
    line.is_cut = True
    line.cables[-1].is_pulled.set()
    await reader.waits_for(lambda: reader.remarks(LogEventKind.LOST))
    await line.engine.handle_async_request(
        httpx.Request("DELETE", f"http://engine.test/v5/logstream/{stream_id}", headers={"authorization": line.token})
    )
    line.is_cut = False
    await restart(fleet, device)
    await reader.waits_for(lambda: line.asked.count("POST /v5/logstream") == 2)
    wanted = list(await fleet.logs.history(device))
    await reader.waits_for(lambda: reader.entries == wanted)
    assert reader.remarks(LogEventKind.RENEWED)


async def test_a_closed_stream_is_not_fought_for(fleet: Fleet, bench: DeviceGroup, line: Plugged, restart: Restarts) -> None:
    """When the account opens too many streams elsewhere, ours ends; lines still come, by looking, until one is asked for."""
    device = (await ids(fleet))[0]
    reader = Reader(await fleet.logs.follow((device,)))
    await reader.waits_for(lambda: reader.remarks(LogEventKind.SUBSCRIBED))
    for _ in range(hubs.STREAMS_PER_ACCOUNT):
        await fleet._central.logstreams.create()
    await reader.waits_for(lambda: reader.remarks(LogEventKind.CLOSED))
    made = line.asked.count("POST /v5/logstream")
    await restart(fleet, device)
    wanted = list(await fleet.logs.history(device))
    await reader.waits_for(lambda: reader.entries == wanted)
    assert line.asked.count("POST /v5/logstream") == made
    reader.live.again()
    await reader.waits_for(lambda: line.asked.count("POST /v5/logstream") == made + 1)


async def test_who_leaves_the_group_leaves_the_stream(fleet: Fleet, bench: DeviceGroup, line: Plugged) -> None:
    """A device taken out of a followed group is taken out of the stream; without devices the stream is closed."""
    one, two = (await ids(fleet))[:2]
    live = await fleet.logs.follow(group_id=bench.id)
    fleet.changes.listen(live.reconsider)
    reader = Reader(live)
    await reader.waits_for(lambda: len(reader.remarks(LogEventKind.SUBSCRIBED)) == 2)
    await fleet.change.devices.unassign([one])
    await reader.waits_for(lambda: reader.remarks(LogEventKind.LEFT))
    await reader.waits_for(lambda: any(each.startswith("DELETE /v5/logstream/") and each.endswith(one) for each in line.asked))
    await fleet.change.devices.unassign([two])
    await reader.waits_for(lambda: reader.remarks(LogEventKind.EMPTY))
    await reader.waits_for(lambda: not live.is_open)
    await fleet.change.devices.assign(bench.id, [one])
    await reader.waits_for(lambda: reader.remarks(LogEventKind.JOINED) and live.streamed == (one,))


async def test_a_large_group_rotates(fleet: Fleet, bench: DeviceGroup, restart: Restarts) -> None:
    """Devices beyond the places of a stream are looked at one after the other, so their lines come too."""
    everyone = (await ids(fleet))[:12]
    await fleet.change.devices.assign(bench.id, everyone)
    live = await fleet.logs.follow(group_id=bench.id)
    reader = Reader(live)
    await reader.waits_for(lambda: len(live.streamed) == streams.STREAM_PLACES)
    for device_id in everyone:
        await restart(fleet, device_id)
    await reader.waits_for(lambda: {each.device_id for each in reader.entries} == set(everyone))
    assert live.members.total == 12


async def test_a_service_with_fewer_places(
    fleet: Fleet, bench: DeviceGroup, monkeypatch: pytest.MonkeyPatch, restart: Restarts
) -> None:
    """Where a stream takes five devices, the others are looked at, and nobody fights for places."""
    monkeypatch.setattr(hubs, "DEVICES_PER_STREAM", 5)
    everyone = (await ids(fleet))[:8]
    await fleet.change.devices.assign(bench.id, everyone)
    live = await fleet.logs.follow(group_id=bench.id)
    reader = Reader(live)
    await reader.waits_for(lambda: reader.remarks(LogEventKind.UNSUBSCRIBED) and len(live.streamed) == 5)
    await asyncio.sleep(0.3)
    lost = len(reader.remarks(LogEventKind.UNSUBSCRIBED))
    await asyncio.sleep(0.3)
    assert len(live.streamed) == 5
    assert len(reader.remarks(LogEventKind.UNSUBSCRIBED)) == lost <= 3
    for device_id in everyone:
        await restart(fleet, device_id)
    await reader.waits_for(lambda: {each.device_id for each in reader.entries} == set(everyone))


async def test_another_log_ends_this_one(fleet: Fleet, bench: DeviceGroup) -> None:
    """A console has one stream at a time."""
    one, two = (await ids(fleet))[:2]
    first = await fleet.logs.follow((one,))
    reader = Reader(first)
    await reader.waits_for(lambda: first.is_open)
    second = await fleet.logs.follow((two,))
    assert first.is_closed
    assert not first.is_open
    assert not second.is_closed


async def test_a_service_that_is_not_there_is_asked_again(
    fleet: Fleet, bench: DeviceGroup, line: Plugged, restart: Restarts
) -> None:
    """Opened without a connection, the log begins when there is one."""
    device = (await ids(fleet))[0]
    await restart(fleet, device)
    line.is_cut = True
    reader = Reader(await fleet.logs.follow((device,)))
    await reader.waits_for(lambda: reader.remarks(LogEventKind.LOST))
    line.is_cut = False
    await reader.waits_for(lambda: reader.entries)


async def test_a_flood_is_capped(fleet: Fleet, bench: DeviceGroup, monkeypatch: pytest.MonkeyPatch, restart: Restarts) -> None:
    """Lines that nobody takes do not fill the memory, and their number is told."""
    monkeypatch.setattr("imptui.fleet.logs.log_buffer.WAITING_LINES", 3)
    device = (await ids(fleet))[0]
    live = await fleet.logs.follow((device,))
    live.start(lambda: None)
    await live.begun.wait()
    for _ in range(4):
        await restart(fleet, device)
    end = monotonic() + PATIENCE_S
    while not live._outbox._dropped:
        assert monotonic() < end
        await asyncio.sleep(0.01)
    assert live.waiting <= 3
    first = live.take()[0]
    assert isinstance(first, LogEvent)
    assert first.kind is LogEventKind.DROPPED
