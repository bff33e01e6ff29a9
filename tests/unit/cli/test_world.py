"""check, the world's own controls, screenshot."""

import asyncio
import json
import re
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from xml.etree import ElementTree as ET

import httpx
import pytest

from imptui.cloud.admin import open_world
from imptui.cloud.api.application import build_app
from imptui.cloud.rules import group as groups
from imptui.cloud.rules import one_time_password as otp
from imptui.cloud.rules import webhook as webhooks
from imptui.cloud.storage.paging import Paging
from imptui.cloud.transport import EmbeddedTransport


def online(shell, device):
    found = shell("ls", "devices", "--refresh", "--filter", device, "--json").json
    return found[0]["device"]["is_online"]


@pytest.fixture
def device(shell):
    """A development device that is online."""
    return shell("ls", "devices", "--filter", "type:development online", "--json").json[0]["device"]["id"]


def test_check_has_nothing_to_say_about_what_compiles(shell, programs):
    """Programs that compile: exit code 0 and silence."""
    answer = shell("check", *programs)
    assert (answer.exit_code, answer.raw, answer.err) == (0, b"", "")


def test_check_says_where_it_does_not_compile(shell, tmp_path, programs):
    """File, row, column and message in the form that editors read; exit code 1."""
    wrong = tmp_path / "wrong.nut"
    wrong.write_text("local a = 1;\nlocal b = ;\n", encoding="utf-8")
    answer = shell("check", programs[0], wrong)
    assert answer.exit_code == 1
    assert answer.out == f"{wrong}:2:12: expression expected\n"


def test_check_as_json(shell, tmp_path):
    """The same as JSON."""
    wrong = tmp_path / "wrong.nut"
    wrong.write_text("local b = ;\n", encoding="utf-8")
    answer = shell("check", "--json", wrong)
    assert answer.exit_code == 1
    assert answer.json == [{"file": str(wrong), "row": 1, "column": 11, "message": "expression expected"}]


def test_check_of_a_file_that_is_not_there_is_trouble(shell, tmp_path):
    """Neither compiles nor does not: exit code 2."""
    shell("check", tmp_path / "nowhere.nut").says("nowhere.nut: No such file", exit_code=11)


def test_check_needs_no_data_folder(bare, programs):
    """Checking a file leaves no trace."""
    assert bare("check", *programs).exit_code == 0
    assert not bare.home.exists()


def test_time_moves_on(shell):
    """The clock is put forward by what was said; the new time is printed."""
    one = datetime.fromisoformat(shell("world", "advance", "1s").out.strip())
    other = datetime.fromisoformat(shell("world", "advance", "2h").out.strip())
    assert timedelta(hours=2) <= other - one < timedelta(hours=2, minutes=2)


@pytest.mark.parametrize("span", ["2", "h", "2w", "-1h", "1.5h", ""])
def test_a_span_that_is_none_is_refused(shell, span):
    """What is no span of time moves no clock."""
    answer = shell("world", "advance", "--", span)
    assert answer.exit_code == 2
    assert "no span of time" in answer.err


def test_a_device_goes_and_comes(shell, device):
    """Disconnected it is offline, connected it is online."""
    assert shell("world", "disconnect", device).exit_code == 0
    assert not online(shell, device)
    assert shell("world", "connect", device).exit_code == 0
    assert online(shell, device)


def test_blinkup_enrols_again(shell, device):
    """After BlinkUp the time of the last enrolment is newer."""
    before = shell("show", "device", device, "--json").json["row"]["device"]["last_enrolled_at"]
    assert shell("world", "blinkup", device).exit_code == 0
    shell("ls", "devices", "--refresh")
    assert shell("show", "device", device, "--json").json["row"]["device"]["last_enrolled_at"] > before


@pytest.mark.parametrize("verb", ["connect", "disconnect", "blinkup"])
def test_an_unknown_device_does_nothing(shell, verb):
    """A device that does not exist is named."""
    shell("world", verb, "atlantis").says("atlantis", exit_code=4)


def test_blessed_devices_are_printed_and_known(shell):
    """Every blessed device's id is printed, and the list has it."""
    ids = shell("world", "bless", "--count", "3").out.split()
    assert len(set(ids)) == 3
    known = {each["device"]["id"] for each in shell("ls", "devices", "--refresh", "--json").json}
    assert set(ids) <= known


def test_an_added_device_has_the_mac_that_was_said(shell):
    """The mobile app adds a device with its MAC address."""
    added = shell("world", "add-device", "--mac", "0c2a690a0b0c", "--imp", "imp004m").out.strip()
    shown = shell("show", "device", added, "--json").json["row"]["device"]
    assert (shown["mac_address"], shown["imp_type"]) == ("0c:2a:69:0a:0b:0c", "imp004m")


def test_a_line_makes_devices_while_time_goes_by(shell):
    """A line at sixty an hour blesses some in half an hour, and none once it is stopped."""
    assert shell("world", "line", "start", "--group", "Line Fixtures", "--rate", "60/h", "--yield", "1").exit_code == 0
    before = len(shell("ls", "devices", "--refresh").rows)
    shell("world", "advance", "30m")
    after = len(shell("ls", "devices", "--refresh").rows)
    assert after > before
    assert shell("world", "line", "stop", "--group", "Line Fixtures").exit_code == 0


@pytest.mark.parametrize("rate", ["60", "60/m", "fast/h"])
def test_a_rate_that_is_none_is_refused(shell, rate):
    """What is no rate starts no line."""
    answer = shell("world", "line", "start", "--group", "Line Fixtures", "--rate", rate)
    assert answer.exit_code == 2
    assert "no rate" in answer.err


def test_another_world_is_a_file(shell, tmp_path):
    """With --database, things happen in the world of that file."""
    path = tmp_path / "farm.sqlite"
    open_world(path, fleet="empty", devices=2).close()
    assert re.match(r"\d{4}-", shell("world", "--database", path, "advance", "1d").out)


def test_a_world_that_is_not_there_is_not_made(shell, tmp_path):
    """A misspelt file makes no new world."""
    answer = shell("world", "--database", tmp_path / "none.sqlite", "advance", "1d")
    assert answer.exit_code == 2
    assert not (tmp_path / "none.sqlite").exists()


def test_a_picture_is_an_svg_of_the_fleet(shell, tmp_path):
    """The picture is well-formed and shows the demonstration."""
    out = tmp_path / "fleet.svg"
    answer = shell("screenshot", out)
    assert (answer.exit_code, answer.raw) == (0, b"")
    texts = " ".join(ET.parse(out).getroot().itertext())  # noqa: S314 - our own picture
    assert "Meter" in texts


@pytest.mark.parametrize("size", ["1x1", "120", "wide"])
def test_a_size_that_is_none_draws_nothing(shell, tmp_path, size):
    """What is no size is said."""
    shell("screenshot", tmp_path / "x.svg", "--size", size).says(size, "120x40", exit_code=2)
    assert not (tmp_path / "x.svg").exists()


def test_a_picture_in_an_unknown_theme_is_not_drawn(shell, tmp_path):
    """A theme that does not exist is not replaced in silence."""
    shell("screenshot", tmp_path / "x.svg", "--theme", "sepia").says("sepia", "dark")
    assert not (tmp_path / "x.svg").exists()


def test_a_colleague_works_on_the_same_products(serving, bare, tmp_path):
    """An account that was opened beside the owner's logs in at the port, and sees what the owner has."""
    file = tmp_path / "farm.sqlite"
    served = serving("--fleet", "empty", "--devices", "3", "--username", "grower", "--password", "p-1", "--database", file)
    try:
        words = ("world", "--database", file, "colleague", "vera", "--password-file", "-", "--of", "grower")
        made = bare(*words, stdin="p-2\n")
        assert (made.exit_code, made.err) == (0, "")
        assert bare("world", "--database", file, "colleague", "vera", "--password", "x", "--of", "grower").exit_code == 5
        assert bare("world", "--database", file, "colleague", "eva", "--password", "x", "--of", "nobody").exit_code == 4
        for name, password in (("grower", "p-1"), ("vera", "p-2")):
            words = ("login", "--endpoint", served.endpoint, "--username", name, "--name", name)
            assert bare(*words, stdin=password + "\n").exit_code == 0
        seen = [bare("--context", name, "ls", "devices", "--refresh", "--json").json for name in ("grower", "vera")]
        assert [len(each) for each in seen] == [3, 3]
    finally:
        served.ends()


@pytest.mark.parametrize("code", ["server.log(__EI.NOTHING);", "server.log(__EI);"])
def test_check_knows_what_the_platform_puts_in_front(shell, tmp_path, code):
    """What the service refuses as unknown member of `__EI`, check refuses in the same words, before anything is sent."""
    wrong, empty = tmp_path / "wrong.nut", tmp_path / "empty.nut"
    wrong.write_text(f"\n{code}\n", encoding="utf-8")
    empty.write_text("server.log(__EI.DEPLOYMENT_SHA);", encoding="utf-8")
    answer = shell("check", wrong, empty)
    assert answer.exit_code == 1
    where, _, words = answer.out.strip().partition(": ")
    assert where.startswith(f"{wrong}:2:")
    refused = shell("deploy", "Connected Meter 400 2.0 Development", "--agent", empty, "--device", wrong, "--yes")
    assert refused.exit_code == 5
    assert words in refused.err


def attempt(file, body, **headers):
    """What the world of a file answers to a log-in, as any client would try it."""

    async def ask():
        with closing(open_world(file)) as world:
            transport = EmbeddedTransport(build_app(world))
            async with httpx.AsyncClient(transport=transport, base_url="http://engine/v5") as client:
                return await client.post("/auth", json=body, headers=headers)

    return asyncio.run(ask())


def test_one_time_passwords_are_switched_on_and_off(bare, tmp_path):
    """With --otp the phone's secret is printed and the log-in asks for its number; with --no-otp the password is enough."""
    file = tmp_path / "farm.sqlite"
    open_world(file, fleet="empty").close()
    body = {"id": "demo", "password": "demo"}
    secret = bare("world", "--database", file, "account", "demo", "--otp").out.strip()
    asked = attempt(file, body)
    assert (asked.status_code, asked.json()["errors"][0]["code"]) == (403, "PX200")
    second = {"login_token": asked.json()["errors"][0]["meta"]["login_token"]}
    number = otp.password(secret, otp.step_of(datetime.now(UTC)))
    assert attempt(file, second, **{"X-Electricimp-OTP-Token": number}).status_code == 200
    assert bare("world", "--database", file, "account", "demo", "--no-otp").raw == b""
    assert attempt(file, body).status_code == 200


def test_a_password_is_changed(bare, tmp_path):
    """The new password logs in, the old one does not."""
    file = tmp_path / "farm.sqlite"
    open_world(file, fleet="empty").close()
    assert bare("world", "--database", file, "account", "demo", "--password", "new").exit_code == 0
    assert attempt(file, {"id": "demo", "password": "demo"}).status_code == 401
    assert attempt(file, {"id": "demo", "password": "new"}).status_code == 200


def test_an_account_that_is_not_there_is_named(shell):
    """Nobody is changed by mistake."""
    shell("world", "account", "atlantis", "--otp").says("atlantis", exit_code=4)


class Receiver(BaseHTTPRequestHandler):
    """Somebody's webhook receiver."""

    heard: ClassVar[list[tuple[str, str]]] = []

    def do_POST(self):
        """Note what is posted."""
        self.heard.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words):
        """Say nothing."""


def test_what_is_done_to_a_world_from_outside_is_posted_to_webhooks(shell):
    """A webhook hears of a blessing although nobody serves the world (contract 11.2, 13)."""
    with HTTPServer(("127.0.0.1", 0), Receiver) as server, closing(open_world(shell.home / "demo" / "world.sqlite")) as world:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with world.view() as view:
            owner = view.accounts.called("demo")
        for group in groups.list_groups(world, groups.ListGroups(paging=Paging(1, 100)), owner).items:
            asked = webhooks.CreateWebhook(group.id, f"http://127.0.0.1:{server.server_port}/", "blessing", "application/json")
            webhooks.create_webhook(world, asked, owner)
        device = shell("world", "bless").out.strip()
        server.shutdown()
    assert [json.loads(body)["device_id"] for _, body in Receiver.heard] == [device]
