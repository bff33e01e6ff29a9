"""Contract section 14: log streams."""

import asyncio
import json
import re
from contextlib import asynccontextmanager

import pytest

UNKNOWN = "5000d8c46a57ffff"


class Events:
    """The events of an open stream, one by one."""

    def __init__(self, response):
        self.response = response
        self._pieces = response.aiter_raw()
        self._rest = b""
        self._reading = None

    def _read(self):
        """The next piece; one that was waited for in vain before is waited for again."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(anext(self._pieces))
        return asyncio.shield(self._reading)

    def hang_up(self):
        if self._reading is not None:
            self._reading.cancel()

    async def stay_silent(self):
        """Nothing comes for a while."""
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self._read(), 0.4)

    async def next_raw(self):
        while b"\n\n" not in self._rest:
            self._rest += await asyncio.wait_for(self._read(), 60)
        event, _, self._rest = self._rest.partition(b"\n\n")
        return event.decode()

    async def next(self):
        """Name and text of the next event, comments left out."""
        while (raw := await self.next_raw()).startswith(":"):
            pass
        name, *lines = raw.split("\n")
        assert name.startswith("event: ")
        assert all(line.startswith("data: ") for line in lines)
        return name.removeprefix("event: "), "\n".join(line.removeprefix("data: ") for line in lines)

    async def ends(self):
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(self._read(), 60)


async def new_stream(api):
    response = await api.post("/logstream")
    assert response.status_code == 201
    return response.json()["data"]["id"]


@asynccontextmanager
async def opened(api, stream_id, shape=None):
    path = f"/logstream/{stream_id}" + (f"?format={shape}" if shape else "")
    async with api.client.stream("GET", path, headers={"Accept": "text/event-stream"}) as response:
        assert response.status_code == 200
        events = Events(response)
        name, text = await events.next()
        assert name == "state_change"
        assert text in ("opened", '{"state":"opened"}')
        yield events
        events.hang_up()


async def add(api, stream_id, reference):
    return await api.put(f"/logstream/{stream_id}/{reference}")


@pytest.mark.parametrize("query", ["", "?format=json", "?format=text"])
async def test_a_stream_is_made(api, query):
    """A new stream has an id and an absolute address without query, whatever format was named (14.1)."""
    response = await api.post(f"/logstream{query}")
    assert response.status_code == 201
    stream = response.json()["data"]
    assert stream["type"] == "logstream"
    assert stream["attributes"]["url"] == f"{api.base}/logstream/{stream['id']}"


async def test_making_a_stream_takes_a_token(api):
    """Without a token no stream is made (5.4)."""
    assert (await api.post("/logstream", token=None)).status_code == 401


async def test_a_stream_opens_without_a_token(api):
    """The stream's id is its secret: it is opened without a token, as an event stream that is not cached (14.1)."""
    async with opened(api, await new_stream(api)) as events:
        assert events.response.headers["content-type"].startswith("text/event-stream")
        assert events.response.headers["cache-control"] == "no-cache"
        assert "content-encoding" not in events.response.headers


@pytest.mark.parametrize("path", ["/logstream/unknown", "/logstream/unknown?format=json"])
async def test_an_unknown_stream_is_404(api, path):
    """A stream that is unknown is 404, which ends the attempts of event-source clients (14.1)."""
    response = await api.client.get(path)
    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "NF001"


async def test_the_first_bytes_are_exact(api):
    """The opening event has its line, one space after each colon, and LF ends (14.2)."""
    stream_id = await new_stream(api)
    async with api.client.stream("GET", f"/logstream/{stream_id}") as response:
        first = await asyncio.wait_for(anext(response.aiter_raw()), 60)
    assert first == b"event: state_change\ndata: opened\n\n"


async def test_states_in_text(api):
    """In text, adding and removing a device is told with its id and one last word (14.4)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id) as events:
        assert (await add(api, stream_id, device_id)).status_code == 204
        assert await events.next() == ("state_change", f"{device_id} subscribed")
        assert (await api.delete(f"/logstream/{stream_id}/{device_id}")).status_code == 204
        assert await events.next() == ("state_change", f"{device_id} unsubscribed")


async def test_states_in_json(api):
    """In JSON, states are JSON too (14.4)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id, "json") as events:
        await add(api, stream_id, device_id)
        name, text = await events.next()
        assert name == "state_change"
        assert json.loads(text) == {"state": "subscribed", "device_id": device_id}


async def test_messages_in_text(api):
    """A line is device, time, log type, type and message, single spaces between (14.3)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        api.say(device_id, "server.log", "bed 4 up")
        name, text = await events.next()
        assert name == "message"
        assert re.fullmatch(rf"{device_id} \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z development server\.log bed 4 up", text)


async def test_messages_in_json(api):
    """A line in JSON has the device id, time, log type, type and message (14.3)."""
    stream_id, device_id = await new_stream(api), await api.assigned(mac_address="0c:2a:69:0b:51:7e")
    async with opened(api, stream_id, "json") as events:
        await add(api, stream_id, "0c:2a:69:0b:51:7e")
        await events.next()
        api.say(device_id, "agent.log", "hello\nworld")
        message = json.loads((await events.next())[1])
        assert set(message) == {"device_id", "ts", "log_type", "type", "msg"}
        assert (message["device_id"], message["type"], message["msg"]) == (device_id, "agent.log", "hello\nworld")


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\rb"])
async def test_a_message_of_several_lines_is_one_event(api, text):
    """A line break within a message becomes another data line and never ends the event (14.2)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        api.say(device_id, "server.log", text)
        assert (await events.next())[1].endswith("server.log a\nb")


async def test_production_lines_say_so(api):
    """The log type is production in production groups (14.3)."""
    _, device_id = await api.blessed()
    stream_id = await new_stream(api)
    async with opened(api, stream_id, "json") as events:
        await add(api, stream_id, device_id)
        await events.next()
        api.say(device_id, "server.log", "x")
        assert json.loads((await events.next())[1])["log_type"] == "production"


async def test_a_restart_is_seen(api):
    """A restart tells that the agent restarted, to whoever listens (14.5)."""
    group = await api.group()
    await api.deployment(group, 'server.log("up");')
    device_id = await api.assigned(group, is_online=True)
    stream_id = await new_stream(api)
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        await api.post(f"/devices/{device_id}/restart")
        _, text = await events.next()
        assert text.endswith("status Agent restarted: reload.")


async def test_an_unassigned_device_may_be_added(api):
    """Its lines flow when it is assigned later (14.1)."""
    stream_id, device_id = await new_stream(api), api.device(is_online=True)
    async with opened(api, stream_id) as events:
        assert (await add(api, stream_id, device_id)).status_code == 204
        await events.next()
        await api.assign(await api.group(), device_id)
        assert (await events.next())[0] == "message"


@pytest.mark.parametrize("body", [None, {"data": {"type": "device", "id": "x"}}])
async def test_adding_takes_any_body(api, body):
    """A PUT may be empty or carry a device identifier, and may be repeated (14.1)."""
    stream_id, device_id = await new_stream(api), api.device()
    for _ in range(2):
        assert (await api.put(f"/logstream/{stream_id}/{device_id}", body)).status_code == 204


async def test_adding_again_is_told_once(api):
    """Adding a device that is there changes nothing (14.1)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await add(api, stream_id, device_id)
        await events.next()
        api.say(device_id, "server.log", "x")
        assert (await events.next())[0] == "message"


async def test_any_reference_removes(api):
    """A device added by its id can be removed by its MAC address or agent id (14.1)."""
    device_id = await api.assigned(mac_address="0c:2a:69:0b:51:7e")
    agent_id = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"]
    stream_id = await new_stream(api)
    for reference in ("0c:2a:69:0b:51:7e", agent_id):
        await add(api, stream_id, device_id)
        assert (await api.delete(f"/logstream/{stream_id}/{reference}")).status_code == 204


async def test_what_is_not_there_is_404(api):
    """Removing a device that is not in the stream, or naming an unknown device or stream, is 404 (14.1)."""
    stream_id, device_id = await new_stream(api), api.device()
    assert (await api.delete(f"/logstream/{stream_id}/{device_id}")).status_code == 404
    assert (await add(api, stream_id, UNKNOWN)).status_code == 404
    assert (await add(api, "unknown", device_id)).status_code == 404


async def test_a_ninth_device_displaces_the_first(api):
    """A stream holds eight devices; the one added longest ago is dropped (14.1)."""
    stream_id = await new_stream(api)
    devices = [api.device() for _ in range(9)]
    async with opened(api, stream_id) as events:
        for device_id in devices:
            await add(api, stream_id, device_id)
        told = [(await events.next())[1] for _ in range(10)]
    assert told == [
        *(f"{device_id} subscribed" for device_id in devices[:8]),
        f"{devices[0]} unsubscribed",
        f"{devices[8]} subscribed",
    ]


async def test_a_ninth_stream_closes_the_oldest(api):
    """An account has eight streams; a ninth closes the oldest, telling it, and it is 404 afterwards (14.1, 14.4)."""
    oldest = await new_stream(api)
    async with opened(api, oldest) as events:
        for _ in range(8):
            await new_stream(api)
        assert await events.next() == ("state_change", "closed")
        await events.ends()
    assert (await api.client.get(f"/logstream/{oldest}")).status_code == 404


async def test_deleting_a_stream_closes_it(api):
    """DELETE closes a stream: it hears `closed`, ends, and is 404 afterwards (14.1)."""
    stream_id = await new_stream(api)
    async with opened(api, stream_id, "json") as events:
        assert (await api.delete(f"/logstream/{stream_id}")).status_code == 204
        assert await events.next() == ("state_change", '{"state":"closed"}')
        await events.ends()
    assert (await api.client.get(f"/logstream/{stream_id}")).status_code == 404


async def test_devices_may_be_added_before_opening(api):
    """A device added before the GET is subscribed on opening (14.1)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    await add(api, stream_id, device_id)
    async with opened(api, stream_id) as events:
        assert await events.next() == ("state_change", f"{device_id} subscribed")
        api.say(device_id, "server.log", "x")
        assert (await events.next())[0] == "message"


async def test_a_stream_can_be_opened_again(api):
    """After a lost connection the same id opens again and keeps its devices (14.1)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
    async with opened(api, stream_id) as events:
        assert await events.next() == ("state_change", f"{device_id} subscribed")


async def test_a_second_opening_takes_over(api):
    """A second GET takes the stream over; the first is closed (14.1)."""
    stream_id, device_id = await new_stream(api), await api.assigned()
    async with opened(api, stream_id) as first, opened(api, stream_id) as second:
        assert await first.next() == ("state_change", "closed")
        await first.ends()
        await add(api, stream_id, device_id)
        assert await second.next() == ("state_change", f"{device_id} subscribed")


async def test_a_stream_never_opened_is_forgotten(api):
    """A stream that nobody opens within 60 s is gone (14.1)."""
    stream_id = await new_stream(api)
    api.pulse.now += 61
    assert (await api.client.get(f"/logstream/{stream_id}")).status_code == 404


async def test_an_open_stream_is_not_forgotten(api):
    """While somebody listens a stream lives on (14.1)."""
    stream_id, device_id = await new_stream(api), api.device()
    async with opened(api, stream_id):
        api.pulse.now += 3600
        assert (await add(api, stream_id, device_id)).status_code == 204


async def test_others_cannot_touch_a_stream(api, other):
    """Another account cannot add to a stream or close it."""
    stream_id = await new_stream(api)
    assert (await other.put(f"/logstream/{stream_id}/{other.device()}")).status_code == 404
    assert (await other.delete(f"/logstream/{stream_id}")).status_code == 404


async def test_devices_of_others_cannot_be_heard(api, other):
    """Another account's device cannot be added."""
    assert (await add(api, await new_stream(api), other.device())).status_code == 404


async def test_silence_is_kept_alive(quick_keep_alive):
    """After a while of silence a comment line is sent (14.2)."""
    api = quick_keep_alive
    async with opened(api, await new_stream(api)) as events:
        assert (await events.next_raw()).startswith(":")


async def test_many_streams_at_once(api):
    """Lines go to every stream that holds the device, and a closed one disturbs none."""
    device_id = await api.assigned()
    first, second = await new_stream(api), await new_stream(api)
    for stream_id in (first, second):
        await add(api, stream_id, device_id)
    async with opened(api, second) as stays:
        await stays.next()
        async with opened(api, first) as goes:
            await goes.next()
            api.say(device_id, "server.log", "both")
            assert (await goes.next())[1].endswith("both")
        api.say(device_id, "server.log", "one")
        assert (await stays.next())[1].endswith("both")
        assert (await stays.next())[1].endswith("one")


async def test_what_a_program_says_arrives_in_order(api):
    """After a restart come the service's line, the agent's lines, then the device's (14.5)."""
    group = await api.group()
    await api.deployment(group, 'server.log("device up");', 'server.log("agent up");')
    device_id = await api.assigned(group, is_online=True)
    stream_id = await new_stream(api)
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        await api.post(f"/devices/{device_id}/restart")
        told = [(await events.next())[1].split(" ", 3)[3] for _ in range(3)]
    assert told == ["status Agent restarted: reload.", "agent.log agent up", "server.log device up"]


async def test_what_a_program_says_later_waits_for_its_time(api):
    """A line that a program says seconds after its start is told when the world's clock has come so far (14.5)."""
    group = await api.group()
    await api.deployment(group, 'imp.wakeup(6, function() { server.log("late"); }); server.log("early");')
    device_id = await api.assigned(group, is_online=True)
    stream_id = await new_stream(api)
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        await api.post(f"/devices/{device_id}/restart")
        assert (await events.next())[1].endswith("reload.")
        assert (await events.next())[1].endswith("early")
        await events.stay_silent()
        api.clock.advance(api.minute)
        assert (await events.next())[1].endswith("late")


async def test_a_restart_silences_the_earlier_start(api):
    """What a program would have said later is never told when the device starts over before (14.5)."""
    group = await api.group()
    await api.deployment(group, 'imp.wakeup(6, function() { server.log("late"); });')
    device_id = await api.assigned(group, is_online=True)
    stream_id = await new_stream(api)
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        for _ in range(2):
            await api.post(f"/devices/{device_id}/restart")
            assert (await events.next())[1].endswith("reload.")
        api.clock.advance(api.minute)
        assert (await events.next())[1].endswith("late")
        await events.stay_silent()


async def test_what_a_program_says_to_a_conditional_restart_is_told(api):
    """A shutdown handler's lines come when the device is asked, and what was to come anyway comes once (10.4, 14.5)."""
    group = await api.group()
    code = """imp.wakeup(8, function() { server.log("timer"); });
    server.onshutdown(function(r) { server.log("asked"); imp.wakeup(9, function() { server.log("ready"); }); });"""
    await api.deployment(group, code)
    device_id = await api.assigned(group, is_online=True)
    stream_id = await new_stream(api)
    async with opened(api, stream_id) as events:
        await add(api, stream_id, device_id)
        await events.next()
        await api.post(f"/devices/{device_id}/restart")
        assert (await events.next())[1].endswith("reload.")
        api.clock.advance(api.minute / 30)
        await api.post(f"/devices/{device_id}/conditional_restart")
        assert (await events.next())[1].endswith("asked")
        api.clock.advance(api.minute / 2)
        assert (await events.next())[1].endswith("timer")
        assert (await events.next())[1].endswith("ready")
        await events.stay_silent()
