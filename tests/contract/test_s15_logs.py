"""Contract section 15: historical logs and device history."""


async def logs(api, device_id, **params):
    response = await api.get(f"/devices/{device_id}/logs", params=params)
    assert response.status_code == 200
    return response.json()


async def test_a_silent_device_has_an_empty_list(api):
    """A device with no lines: 200, an empty list and links."""
    answer = await logs(api, api.device())
    assert answer["data"] == []
    assert answer["links"]["first"] == answer["links"]["self"]


async def test_entries_are_plain_objects(api):
    """Entries have time, type and message at their top level, and are no resources."""
    device_id = await api.assigned()
    api.say(device_id, "server.log", "first")
    entry = (await logs(api, device_id))["data"][0]
    assert {"ts", "type", "msg"} <= set(entry)
    assert (entry["type"], entry["msg"]) == ("server.log", "first")
    assert "attributes" not in entry


async def test_newest_first_and_paged(api):
    """With 20 lines, page 1 of 4 holds lines 17 to 20 and page 3 of 5 holds lines 6 to 10, newest first."""
    device_id = api.device()
    for number in range(1, 21):
        api.say(device_id, "server.log", str(number))
    first = await logs(api, device_id, **{"page[size]": 4})
    assert [entry["msg"] for entry in first["data"]] == ["20", "19", "18", "17"]
    assert "next" in first["links"]
    third = await logs(api, device_id, **{"page[size]": 5, "page[number]": 3})
    assert [entry["msg"] for entry in third["data"]] == ["10", "9", "8", "7", "6"]


async def test_the_default_page_has_20_lines(api):
    """Without a size a page holds 20 lines."""
    device_id = api.device()
    for number in range(25):
        api.say(device_id, "server.log", str(number))
    assert len((await logs(api, device_id))["data"]) == 20


async def test_lines_of_one_millisecond_keep_their_order(api):
    """Lines logged at the same millisecond keep their order."""
    device_id = api.device()
    api.say(device_id, "server.log", "a", "b", "c")
    assert [entry["msg"] for entry in (await logs(api, device_id))["data"]] == ["c", "b", "a"]


async def test_logs_stay_with_an_unassigned_device(api):
    """Unassigning a device leaves its logs."""
    group = await api.group()
    device_id = await api.assigned(group)
    api.say(device_id, "server.log", "kept")
    await api.unassign(group, device_id)
    assert "kept" in [entry["msg"] for entry in (await logs(api, device_id))["data"]]


async def test_any_reference_will_do(api):
    """Logs and history are found by MAC address too, and unknown devices are 404."""
    device_id = await api.assigned(mac_address="0c:2a:69:0b:51:7e")
    api.say(device_id, "server.log", "x")
    assert (await logs(api, "0c:2a:69:0b:51:7e"))["data"][0]["msg"] == "x"
    assert (await api.get("/devices/0c:2a:69:0b:51:7e/history")).status_code == 200
    for call in ("logs", "history"):
        assert (await api.get(f"/devices/5000d8c46a57ffff/{call}")).status_code == 404


async def test_history_tells_assignments_newest_first(api):
    """History entries have timestamp, event, owner and actor at their top level, newest first."""
    group = await api.group()
    device_id = await api.assigned(group)
    await api.unassign(group, device_id)
    entries = await api.listed(f"/devices/{device_id}/history")
    assert [entry["event"] for entry in entries[:2]] == ["unassigned", "assigned"]
    assert set(entries[0]) == {"timestamp", "event", "owner_id", "actor_id"}
    assert entries[0]["owner_id"] == entries[0]["actor_id"] == api.account.id


async def test_hostile_lines_come_back_as_they_were(api):
    """Control characters and markup in a line are carried, not interpreted."""
    device_id = api.device()
    text = "\x1b[31m<b>[bold]\u202e\t'; DROP TABLE device; --"
    api.say(device_id, "server.log", text)
    assert (await logs(api, device_id))["data"][0]["msg"] == text
