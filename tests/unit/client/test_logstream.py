"""Log streams: reading, reconnection and the end."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imptui.client.codec.logstream_events import EventReader, ServerEvent, StreamEvent, StreamState, decode_event
from imptui.client.errors import Unreachable
from imptui.client.guard import Guard
from imptui.client.logstream import LogStream
from imptui.client.secret import Secret
from imptui.domain.errors import NotFound
from imptui.domain.log import LogEntry

DEVICE = "5000d8c46a5711aa"
BED = LogEntry(DEVICE, datetime(2023, 3, 14, 9, 41, 12, 345000, UTC), "server.log", "bed 4 up", "development")
JSON_LINE = (
    b'event: message\ndata: {"device_id":"5000d8c46a5711aa","ts":"2023-03-14T09:41:12.345Z",'
    b'"log_type":"development","type":"server.log","msg":"bed 4 up"}\n\n'
)
TEXT_LINE = b"event: message\ndata: 5000d8c46a5711aa 2023-03-14T09:41:12.345Z development server.log bed 4 up\n\n"
OPENED = b'event: state_change\ndata: {"state":"opened"}\n\n'
CLOSED = b'event: state_change\ndata: {"state":"closed"}\n\n'
NOT_FOUND = {"errors": [{"status": "404", "code": "NF001", "title": "Not Found", "detail": "No such stream."}]}


class Events(httpx.AsyncByteStream):
    """Some chunks, and then the end or a break."""

    def __init__(self, *chunks, breaks=None):
        self.chunks, self.breaks = chunks, breaks

    async def __aiter__(self):
        for chunk in self.chunks:
            yield chunk
        if self.breaks is not None:
            raise self.breaks


def opened(*chunks, breaks=None):
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Events(*chunks, breaks=breaks))


@pytest.fixture
def stream(central, clock):
    return LogStream(central._session, Secret("stream-secret"), sleep=clock.sleep, jitter=lambda: 0.0)


async def heard(stream):
    return [said async for said in stream.follow()]


async def test_json_and_text_say_the_same():
    """Both formats mean the same log entry."""
    for line in (JSON_LINE, TEXT_LINE):
        (event,) = EventReader().feed(line)
        assert decode_event(event) == BED


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("opened", StreamState(StreamEvent.OPENED)),
        ("closed", StreamState(StreamEvent.CLOSED)),
        (f"{DEVICE} subscribed", StreamState(StreamEvent.SUBSCRIBED, DEVICE)),
        (f"{DEVICE} unsubscribed", StreamState(StreamEvent.UNSUBSCRIBED, DEVICE)),
        ('{"state":"opened"}', StreamState(StreamEvent.OPENED)),
        (f'{{"state":"subscribed","device_id":"{DEVICE}"}}', StreamState(StreamEvent.SUBSCRIBED, DEVICE)),
        ("on holiday", StreamState(StreamEvent.OTHER, text="on holiday")),
        ("{not json", StreamState(StreamEvent.UNREADABLE, text="{not json")),
    ],
)
def test_states(text, state):
    """Changes of state are decoded in text and in JSON; an unknown one is passed on as unknown."""
    assert decode_event(ServerEvent("state_change", text)) == state


def test_several_lines():
    """A message of several lines stays one entry."""
    (event,) = EventReader().feed(TEXT_LINE[:-1] + b"data: second line\n\n")
    assert decode_event(event).text == "bed 4 up\nsecond line"


def test_empty_message():
    """A log entry may have an empty message."""
    (event,) = EventReader().feed(b"data: 5000d8c46a5711aa 2023-03-14T09:41:12.345Z development server.log \n\n")
    assert decode_event(event).text == ""


def test_separators_of_unicode_end_no_line():
    """Only line feeds and carriage returns end a line; other separators are part of the message."""
    said = "a\u2028b\x85c\x0bd"
    text = f"data: {DEVICE} 2023-03-14T09:41:12.345Z development server.log {said}\n\n"
    (event,) = EventReader().feed(text.encode())
    assert decode_event(event).text == said


def test_keep_alive():
    """Comments keep the connection alive and yield no event."""
    assert list(EventReader().feed(b": keep-alive\n\n: keep-alive\n\n")) == []


@given(st.lists(st.integers(1, 60), max_size=20), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_any_cut(sizes, end):
    """The reader yields the same events, however the network cuts the bytes."""
    whole = (OPENED + b": keep-alive\n\n" + JSON_LINE + TEXT_LINE + b"id: 7\ndata: x\ndata: y\n\n").replace(b"\n", end)
    reader, events, at = EventReader(), [], 0
    for size in [*sizes, len(whole) + 1]:
        events += reader.feed(whole[at : at + size])
        at += size
    events += reader.feed(b": later\n")  # a CR at the very end waits for what follows
    assert [event.name for event in events] == ["state_change", "message", "message", "message"]
    assert events[-1].text == "x\ny"
    assert reader.last_id == "7"


def test_endless_event():
    """An event without end does not fill the memory."""
    reader = EventReader()
    for _ in range(64):
        list(reader.feed(b"data: " + b"x" * 65536 + b"\n"))
    (event,) = reader.feed(b"\n")
    assert len(event.text) < 1_200_000


async def test_life(central, service):
    """A stream opens without a token, takes devices by any reference, and ends when it is closed."""
    answer = {"data": {"type": "logstream", "id": "uT4kq0wVt1mF7a", "attributes": {"url": "http://elsewhere.test/"}}}
    service.answers = [
        httpx.Response(201, json=answer),
        opened(OPENED, JSON_LINE, CLOSED),
        httpx.Response(204),
        httpx.Response(204),
    ]
    said = []
    async with await central.logstreams.create() as stream:
        async for item in stream.follow():
            said.append(item)
            if item == StreamState(StreamEvent.OPENED):
                await stream.add("0c:2a:69:0b:51:7e")
                await stream.remove("0c:2a:69:0b:51:7e")
    assert said == [StreamState(StreamEvent.OPENED), BED, StreamState(StreamEvent.CLOSED)]
    assert service.lines == [
        "POST /v5/logstream",
        "GET /v5/logstream/uT4kq0wVt1mF7a?format=json",
        "PUT /v5/logstream/uT4kq0wVt1mF7a/0c:2a:69:0b:51:7e",
        "DELETE /v5/logstream/uT4kq0wVt1mF7a/0c:2a:69:0b:51:7e",
    ]
    assert "authorization" not in service.asked[1].headers
    assert service.asked[1].headers["accept"] == "text/event-stream"


async def test_read_only(make, service, journal):
    """Log streams work in a read-only context and leave no record in the journal."""
    central = make(guard=Guard(read_only_because="--readonly"))
    service.answers = [httpx.Response(201, json={"data": {"type": "logstream", "id": "s"}})]
    stream = await central.logstreams.create()
    await stream.add("d")
    await stream.remove("d")
    assert len(service.asked) == 3
    assert journal == []


async def test_reconnects(stream, service, clock):
    """A broken stream reports the loss, reconnects ever more slowly, and adds its devices again."""
    service.answers = [
        opened(OPENED, JSON_LINE, breaks=httpx.ReadError("reset")),
        httpx.ConnectError("no route"),
        httpx.Response(503),
        opened(OPENED, CLOSED),
        httpx.Response(204),
    ]
    stream._refs["d"] = None
    said = await heard(stream)
    assert [item.event for item in said if isinstance(item, StreamState)] == [
        StreamEvent.OPENED,
        StreamEvent.LOST,
        StreamEvent.LOST,
        StreamEvent.LOST,
        StreamEvent.OPENED,
        StreamEvent.CLOSED,
    ]
    assert clock.slept == [1.0, 2.0, 4.0]
    assert service.lines[-1] == "PUT /v5/logstream/stream-secret/d"


async def test_gone(stream, service):
    """A stream that the service has forgotten ends and does not reconnect."""
    service.answers = [opened(OPENED), httpx.Response(404, json=NOT_FOUND)]
    said = await heard(stream)
    assert [item.event for item in said] == [StreamEvent.OPENED, StreamEvent.LOST, StreamEvent.GONE]
    assert len(service.asked) == 2


async def test_evicted(stream, service):
    """A stream that the service closed does not reconnect."""
    service.answers = [opened(OPENED, CLOSED, JSON_LINE)]
    assert [item.event for item in await heard(stream)] == [StreamEvent.OPENED, StreamEvent.CLOSED]
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [(httpx.ConnectError("x"), Unreachable), (httpx.Response(404, json=NOT_FOUND), NotFound)]
)
async def test_never_opened(answer, kind, stream, service):
    """A stream that cannot be opened at all raises at once."""
    service.answers = [answer]
    with pytest.raises(kind):
        await heard(stream)


async def test_unreadable_line(stream, service):
    """The stream skips a message that makes no sense."""
    service.answers = [opened(OPENED, b"event: message\ndata: {oops\n\n", JSON_LINE, CLOSED)]
    said = await heard(stream)
    assert said[1] == StreamState(StreamEvent.UNREADABLE, text="{oops")
    assert said[2] == BED


async def test_retry_and_last_id(stream, service, clock):
    """A reconnection waits as long as the service asks, and names the last event."""
    service.answers = [opened(b"retry: 5000\nid: 42\n" + OPENED), opened(CLOSED)]
    await heard(stream)
    assert clock.slept == [5.0]
    assert service.asked[1].headers["last-event-id"] == "42"


async def test_forgotten_device(stream, service):
    """A device that the service refuses after a reconnection is reported and left out."""
    stream._refs["d"] = None
    service.answers = [opened(OPENED), opened(OPENED, CLOSED), httpx.Response(404, json=NOT_FOUND)]
    said = await heard(stream)
    assert StreamState(StreamEvent.REFUSED, "d", "Could not add device d to the log stream: No such stream.") in said
    assert stream.refs == ()


def test_stream_id_is_unseen(stream):
    """The id of a stream is a secret and is not shown."""
    assert "stream-secret" not in repr(stream.__dict__)


def test_wire_sample():
    """The sample stream of the contract is decoded as it stands."""
    sample = {"device_id": DEVICE, "ts": "2023-03-14T09:41:12.345Z", "log_type": "development", "type": "server.log"}
    text = json.dumps({**sample, "msg": "bed 4 up"})
    assert decode_event(ServerEvent("message", text)) == BED
