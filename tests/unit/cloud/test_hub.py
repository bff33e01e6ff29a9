"""Log streams inside the engine."""

import asyncio
import threading
from datetime import UTC, datetime

from imptui.cloud.api.stream_hub import StreamHub
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry

DEVICE = DeviceId("5000d8c46a5711aa")


def entry(text):
    return LogEntry(DEVICE, datetime(2023, 3, 14, 9, 41, 12, 345000, UTC), "server.log", text, "development")


def hub_with_stream(**options):
    numbers = iter(range(1000))
    hub = StreamHub(lambda: f"stream{next(numbers)}", **options)
    stream_id = hub.create("a")
    hub.add(stream_id, "a", DEVICE)
    return hub, stream_id


async def test_lines_from_another_thread_keep_their_order():
    """Lines written in one order by another thread are told in that order."""
    hub, stream_id = hub_with_stream()
    events = hub.open(stream_id, "text").events()
    await anext(events)
    thread = threading.Thread(target=lambda: [hub.publish([entry(str(number))]) for number in range(500)])
    thread.start()
    told = b""
    while told.count(b"event: message") < 500:
        told += await asyncio.wait_for(anext(events), 60)
    thread.join()
    assert [event.split(b" ")[-1] for event in told.split(b"\n\n")[:-1]] == [f"{number}".encode() for number in range(500)]


async def test_a_listener_who_does_not_read_costs_a_bounded_amount():
    """Of more lines than a listener can be behind, the newest are kept."""
    hub, stream_id = hub_with_stream()
    listener = hub.open(stream_id, "text")
    hub.publish(entry(str(number)) for number in range(20_000))
    await asyncio.sleep(0)
    events = listener.events()
    told = (await anext(events)).split(b"\n\n")[:-1]
    assert told[0].endswith(b" 10000")
    assert len(told) == 10_000


async def test_a_burst_is_one_piece():
    """What was said while a listener did something else comes to it in one piece, whole events in order."""
    hub, stream_id = hub_with_stream()
    events = hub.open(stream_id, "text").events()
    opened = await anext(events)
    assert opened.count(b"event: state_change") == 2
    hub.publish([entry("one"), entry("two")])
    hub.publish([entry("three")])
    told = await anext(events)
    assert [event.split(b" ")[-1] for event in told.split(b"\n\n")] == [b"one", b"two", b"three", b""]


def test_a_listener_whose_loop_is_gone_disturbs_nobody():
    """Telling a listener whose event loop has been closed does nothing."""
    hub, stream_id = hub_with_stream()

    async def open_it():
        hub.open(stream_id, "text")

    asyncio.run(open_it())
    hub.publish([entry("nobody hears this")])


async def test_devices_nobody_listens_to_are_passed_over():
    """The hub knows which devices an open stream carries."""
    hub, stream_id = hub_with_stream()
    assert not hub.hears(DEVICE)
    hub.open(stream_id, "text")
    assert hub.hears(DEVICE)
    assert not hub.hears("5000d8c46a5711ab")
    hub.close(stream_id, "a")
    assert not hub.hears(DEVICE)
    assert not hub.has_listeners


async def test_hanging_up_ends_the_events():
    """After hanging up nothing more is told."""
    hub, stream_id = hub_with_stream()
    listener = hub.open(stream_id, "text")
    await asyncio.sleep(0)
    listener.hang_up()
    hub.publish([entry("late")])
    await asyncio.sleep(0)
    assert [event async for event in listener.events()] == []


class SteadyLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves a tenth of a millisecond whenever it is read, however busy the machine is."""

    def __init__(self):
        self._steady_s = 0.0
        super().__init__()

    def time(self):
        """The loop's own seconds."""
        self._steady_s += 0.0001
        return self._steady_s


def test_a_burst_for_many_streams_leaves_room_between_them():
    """When hundreds of streams hear of one line, the loop does other things between the pieces that it writes."""
    with asyncio.Runner(loop_factory=SteadyLoop) as runner:
        happened = runner.run(a_burst_for_many_streams())
    longest = max(len(run) for run in "".join(one[0] for one in happened).split("o"))
    assert longest < 150


async def a_burst_for_many_streams():
    """Publish one line to 200 streams; return what the loop did, in order."""
    hub = StreamHub(lambda numbers=iter(range(1000)): f"stream{next(numbers)}")
    streams = [hub.create(f"account {number // 8}") for number in range(200)]
    happened, opened, all_opened = [], [], asyncio.Event()

    async def read(stream_id, account):
        hub.add(stream_id, account, DEVICE)
        events = hub.open(stream_id, "text").events()
        await anext(events)
        opened.append(stream_id)
        if len(opened) == len(streams):
            all_opened.set()
        while b"burst" not in await anext(events):
            pass
        happened.append("piece")

    async def do_other_things():
        while happened.count("piece") < 200:
            happened.append("other")
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read(stream, f"account {number // 8}")) for number, stream in enumerate(streams)]
    await all_opened.wait()
    hub.publish([entry("burst")])
    await asyncio.wait_for(do_other_things(), 60)
    await asyncio.gather(*readers)
    return happened
