"""What log streams are told of starts. Source: contract 14.5."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec

from imptui.cloud.api.log_publisher import LogPublisher
from imptui.cloud.api.stream_hub import StreamHub
from imptui.cloud.rules import boot
from imptui.cloud.rules import device as devices
from imptui.cloud.rules.deployment import CreateDeployment, create_deployment
from imptui.cloud.simulation.conditional_restart import conditional_restart_device
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.starts import ShutdownRequested
from imptui.domain.group import DeviceGroup

from .conftest import Bench

AGENT = 'server.log("agent up");'
DEVICE = 'server.log("device up");'
RESTARTED = ("status", "Agent restarted: reload.")
NEW = ("status", "Agent restarted: new_bytecode_version.")


class Ear:
    """One open stream, and the lines it has heard of each device."""

    def __init__(self, hub: StreamHub, imps: list[Imp]) -> None:
        self.stream_id = hub.create("a")
        for imp in imps:
            hub.add(self.stream_id, "a", imp.device.id)
        self._events: AsyncIterator[bytes] = hub.open(self.stream_id, "json").events()
        self.lines: dict[str, list[tuple[str, str]]] = {}

    async def hear(self, count: int) -> None:
        """Listen until so many lines were told in all."""
        while sum(map(len, self.lines.values())) < count:
            piece = await asyncio.wait_for(anext(self._events), 10)
            for line in piece.splitlines():
                if line.startswith(b'data: {"device_id"'):
                    told = msgspec.json.decode(line.removeprefix(b"data: "))
                    if "msg" in told:
                        self.lines.setdefault(told["device_id"], []).append((told["type"], told["msg"].partition(";")[0]))


@contextmanager
def telling(bench: Bench) -> Iterator[tuple[StreamHub, LogPublisher]]:
    hub = StreamHub(lambda: "stream")
    publisher = LogPublisher(bench.world, hub)
    yield hub, publisher
    publisher.close()


def deployed(bench: Bench, count: int) -> tuple[DeviceGroup, list[Imp]]:
    group = bench.group()
    create_deployment(bench.world, CreateDeployment(group.id, AGENT, DEVICE), bench.grower)
    imps = [bench.imp(group) for _ in range(count)]
    devices.restart_group(bench.world, group.id, bench.grower)
    bench.clock.advance(timedelta(minutes=1))
    return group, imps


async def test_a_group_that_starts_over_is_told_in_order(bench: Bench) -> None:
    """Of a whole group that starts over, a stream hears its own devices: the service first, the agent, the device."""
    group, imps = deployed(bench, 40)
    with telling(bench) as (hub, publisher):
        ear = Ear(hub, imps[10:13])
        bench.world.subscribe(publisher.hear)
        devices.restart_group(bench.world, group.id, bench.grower)
        await ear.hear(9)
    expected = [RESTARTED, ("agent.log", "agent up"), ("server.log", "device up")]
    assert ear.lines == {imp.device.id: expected for imp in imps[10:13]}


async def test_new_code_is_downloaded_before_it_speaks(bench: Bench) -> None:
    """Where the restart brings new code, the download is told after the restart and before what the code says."""
    group, imps = deployed(bench, 3)
    create_deployment(bench.world, CreateDeployment(group.id, AGENT, DEVICE + "\n"), bench.grower)
    with telling(bench) as (hub, publisher):
        ear = Ear(hub, imps)
        bench.world.subscribe(publisher.hear)
        devices.restart_group(bench.world, group.id, bench.grower)
        await ear.hear(12)
    expected = [NEW, ("status", "Downloading new code"), ("agent.log", "agent up"), ("server.log", "device up")]
    assert ear.lines == {imp.device.id: expected for imp in imps}


async def test_programs_of_the_latest_start_are_told(bench: Bench) -> None:
    """Of a device that starts over faster than programs can be run, every restart is told, and the latest programs."""
    group, imps = deployed(bench, 2)
    with telling(bench) as (hub, publisher):
        ear = Ear(hub, imps)
        announced: list[object] = []
        bench.world.subscribe(announced.extend)
        for _ in range(3):
            bench.clock.advance(timedelta(milliseconds=20))
            devices.restart_group(bench.world, group.id, bench.grower)
        publisher.hear(announced)
        await ear.hear(10)
    expected = [*[RESTARTED] * 3, ("agent.log", "agent up"), ("server.log", "device up")]
    assert ear.lines == {imp.device.id: expected for imp in imps}


async def test_what_follows_a_start_is_told_after_it(bench: Bench) -> None:
    """A device that goes offline right after its start is heard starting first."""
    _, (imp,) = deployed(bench, 1)
    with telling(bench) as (hub, publisher):
        ear = Ear(hub, [imp])
        announced: list[object] = []
        bench.world.subscribe(announced.extend)
        devices.restart_device(bench.world, imp.device.id, bench.grower)
        bench.clock.advance(timedelta(seconds=1))
        with bench.world.change() as tx:
            boot.disconnect(tx, bench.look_at(imp))
        publisher.hear(announced)
        await ear.hear(4)
    said = [RESTARTED, ("agent.log", "agent up"), ("server.log", "device up"), ("status", "Device disconnected")]
    assert ear.lines == {imp.device.id: said}


async def test_lines_after_a_request_to_shut_down_are_published_once(bench: Bench) -> None:
    """A request to shut down that is kept before the narrator runs the start's programs adds its own lines once."""
    group = bench.group()
    code = """server.onshutdown(function(reason) { server.log("asked"); imp.wakeup(9, function() { server.log("ready"); }); });
    imp.wakeup(8, function() { server.log("timer"); }); server.log("up");"""
    create_deployment(bench.world, CreateDeployment(group.id, "", code), bench.grower)
    imp = bench.imp(group, is_online=True)
    with telling(bench) as (hub, narrator):
        ear = Ear(hub, [imp])
        announced: list[object] = []
        bench.world.subscribe(announced.extend)
        devices.restart_device(bench.world, imp.device.id, bench.grower)
        restart = announced.copy()
        announced.clear()
        bench.clock.advance(timedelta(seconds=2))
        conditional_restart_device(bench.world, imp.device.id, bench.grower)
        assert [type(event) for event in announced] == [ShutdownRequested]
        narrator.hear(restart)
        await ear.hear(3)
        narrator.hear(announced)
        await ear.hear(4)
        bench.clock.advance(timedelta(seconds=30))
        await ear.hear(6)
    said = [text for _, text in ear.lines[imp.device.id]]
    assert said[2:] == ["up", "asked", "timer", "ready"]
