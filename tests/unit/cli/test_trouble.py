"""Bad input: one clear sentence on stderr, the right exit code, nothing lost, never a traceback."""

import os
import socket
import sqlite3
from pathlib import Path

import pytest

from imptui.config.locations import Locations

GROUP = "Connected Meter 400 2.0 Development"
HOSTILE = "\x1b]0;gone\x07\x1b[2J\u202eevil\u2066 [red]x[/red] \x9b31m\u200b"


def is_harmless(text: str) -> bool:
    """Whether nothing in a text moves a cursor, hides or reorders."""
    return not any(character in text for character in "\x1b\x07\x9b\u202e\u2066\u200b\r")


def test_an_unknown_context(bare):
    """The contexts there are, and how to make one, are said."""
    bare("--context", "atlantis", "ls", "devices").says("no context 'atlantis'", "demo", "imptui login", exit_code=4)


def test_an_endpoint_where_nobody_is_logged_in(bare):
    """The sentence is the command that helps."""
    bare("--endpoint", "https://api.test/v5", "ls", "devices").says("imptui login --endpoint https://api.test/v5", exit_code=4)


@pytest.mark.parametrize("endpoint", ["ftp://api.test/v5", "https://", "", "  ", "https://api.test:port", "https://api.test/v5?x=1"])
def test_an_endpoint_that_is_none(bare, endpoint):
    """What is no address is not dialled."""
    bare("--endpoint", endpoint, "ls", "devices").says("is not an endpoint", exit_code=2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("api.test", "https://api.test/v5"),
        ("  https://api.test/v5/ ", "https://api.test/v5"),
        ("https://api.test", "https://api.test/v5"),
        ("https://api.test/", "https://api.test/v5"),
        ("api.test:8443/v5", "https://api.test:8443/v5"),
        ("localhost:8765", "http://localhost:8765/v5"),
        ("https://user:hunter2@api.test/v5", "https://api.test/v5"),
        ("user:hunter2@api.test", "https://api.test/v5"),
        ("http://[::1]:8765/v5", "http://[::1]:8765/v5"),
        ("https://gateway.test/imp/v5", "https://gateway.test/imp/v5"),
    ],
)
def test_an_endpoint_as_people_type_it(bare, typed, meant):
    """Blanks, a missing scheme or path, a slash at the end and a password inside lead to the endpoint that is meant."""
    answer = bare("--endpoint", typed, "ls", "devices")
    answer.says(f"Nobody is logged in at {meant}.", exit_code=4)
    assert "hunter2" not in answer.err


def test_a_password_in_a_wrong_endpoint_is_not_shown(bare):
    """An address that is refused is shown without its password."""
    answer = bare("--endpoint", "ftp://user:hunter2@api.test/v5", "ls", "devices")
    answer.says("is not an endpoint", exit_code=2)
    assert "hunter2" not in answer.err


def test_an_endpoint_that_cannot_be_split(bare):
    """An address with half a bracket is no address either."""
    bare("--endpoint", "http://[::1/v5", "ls", "devices").says("is not an endpoint", exit_code=2)


def test_an_endpoint_that_does_not_answer(bare):
    """Nobody listens there: said with the endpoint, and no context comes of it."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}/v5"
        bare("login", "--endpoint", endpoint, "--username", "a", stdin="b\n").says(endpoint, exit_code=6)
    assert not bare.home.exists()


def test_an_engine_that_is_gone_leaves_the_cache(grower):
    """When the service is gone, what was read is still listed; reading again says what is wrong."""
    grower("ls", "devices")
    contexts = Locations(grower.home).contexts
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        text = contexts.read_text(encoding="utf-8")
        port = text.split("127.0.0.1:")[1].split("/")[0]
        contexts.write_text(text.replace(port, str(closed.getsockname()[1])), encoding="utf-8")
        assert len(grower("ls", "devices").rows) == 12
        grower("ls", "devices", "--refresh").says("Check the network", exit_code=6)
        assert len(grower("ls", "devices").rows) == 12


def test_a_damaged_cache_is_set_aside(shell):
    """A damaged cache is kept under another name, a new one is filled, and a sentence says so."""
    cache = Locations(shell.home).cache("demo")
    cache.write_bytes(b"this is no database, whatever its name says")
    answer = shell("ls", "products")
    assert answer.exit_code == 0
    assert len(answer.rows) == 1
    assert answer.err.startswith("imptui: The cache ")
    kept = list(cache.parent.glob("demo.sqlite.corrupt-*"))
    assert [path.read_bytes()[:7] for path in kept] == [b"this is"]


@pytest.mark.parametrize("quarter", [1, 2])
def test_a_cache_that_is_damaged_inside_is_said(shell, quarter):
    """Damage that shows only while reading: the file is named, the next start keeps it aside and reads the fleet anew."""
    cache = Locations(shell.home).cache("demo")
    pages = cache.stat().st_size // 4096
    with cache.open("r+b") as file:
        file.seek(pages * quarter // 4 * 4096)
        file.write(b"\xa5" * (pages // 4 * 4096))
    answer = shell("ls", "devices")
    answer.says(str(cache), "imptui again", "keeps the damaged file")
    damaged = cache.read_bytes()
    assert len(shell("ls", "devices").rows) > 2_500
    assert damaged[: 4096 * 2] in [file.read_bytes()[: 4096 * 2] for file in cache.parent.iterdir() if file != cache]


def test_a_newer_cache_is_left_alone(shell):
    """A cache that a newer imptui wrote is neither read nor touched."""
    cache = Locations(shell.home).cache("demo")
    made_newer(cache)
    before = cache.read_bytes()
    shell("ls", "products").says(str(cache), "newer")
    assert cache.read_bytes() == before


def made_newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


def test_a_damaged_world_is_left_alone(shell):
    """The demonstration's world that cannot be read is said in its own words, and not replaced."""
    path = Locations(shell.home).world
    path.write_bytes(b"this is no database, whatever its name says")
    answer = shell("ls", "products", "--refresh")
    answer.says(str(path), "damaged")
    assert "embedded.invalid" not in answer.err
    assert path.read_bytes().startswith(b"this is")
    shell("world", "advance", "1h").says(str(path), "damaged")


def test_a_newer_world_is_left_alone(shell):
    """A world that a newer imptui made is not opened, whoever asks."""
    path = Locations(shell.home).world
    made_newer(path)
    for words in (["ls", "products", "--refresh"], ["world", "advance", "1h"], ["serve", "--port", "0", "--database", path]):
        shell(*words).says(str(path), "newer")


@pytest.mark.parametrize("words", [["serve", "--port", "0", "--database"], ["world", "--database"]])
def test_a_place_that_can_keep_no_world(bare, words):
    """What is a file by name only keeps no world: said, not a traceback."""
    more = ["advance", "1h"] if words[0] == "world" else []
    bare(*words, "/dev/full", *more).says("/dev/full")


def test_without_its_world_the_demonstration_is_still_listed(shell):
    """What was read stays, even when the engine cannot start."""
    Locations(shell.home).world.write_bytes(b"this is no database, whatever its name says")
    assert len(shell("ls", "products").rows) == 1


def test_a_port_that_is_in_use(bare):
    """Host and port are said, and nothing is served."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bare("serve", "--port", str(port)).says(f"127.0.0.1:{port}")


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_a_host_that_is_not_ours(bare, host):
    """Nobody can listen there."""
    bare("serve", "--port", "0", "--host", host).says(host)


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5", ""])
def test_a_rate_limit_that_is_none(bare, limit):
    """Neither a number nor off: nothing is served."""
    answer = bare("serve", "--port", "0", "--rate-limit", limit)
    assert (answer.exit_code, answer.raw) == (2, b"")
    assert "--rate-limit" in answer.err


def test_a_file_that_is_not_there(shell, programs):
    """A program that cannot be read deploys nothing."""
    shell("deploy", GROUP, "--agent", programs[0], "--device", "nowhere.nut", "--yes").says("nowhere.nut", "No such file")
    assert shell("journal").rows == []


def test_a_folder_is_no_program(shell, programs, tmp_path):
    """A folder is named as what it is."""
    shell("deploy", GROUP, "--agent", programs[0], "--device", tmp_path, "--yes").says(str(tmp_path), "directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_must_not_be_read(shell, programs):
    """No permission is said as that."""
    programs[1].chmod(0)
    shell("check", programs[1]).says("Permission denied", exit_code=2)


def test_a_program_that_is_no_text(shell, programs):
    """Bytes that are no UTF-8 are refused with their place."""
    programs[1].write_bytes(b"local a = 1\n\xff\n")
    shell("deploy", GROUP, "--agent", programs[0], "--device", programs[1], "--yes").says("UTF-8", "byte 12")
    shell("check", programs[1]).says("UTF-8", exit_code=11)


def test_a_program_that_is_too_long(shell, programs):
    """More than 4 MB are refused before they are sent. Source: primer, "Deployments"."""
    programs[1].write_bytes(b"//" + b"x" * (4 << 20))
    shell("deploy", GROUP, "--agent", programs[0], "--device", programs[1], "--yes").says("4,194,306 bytes", "4,194,304")


def test_a_context_of_a_name_that_no_file_can_have(bare, farm):
    """The name is too long for a file: said, and no context is half made."""
    answer = bare("login", "--endpoint", farm.endpoint, "--username", "grower", "--name", "x" * 300, stdin="open-sesame-3141\n")
    answer.says("too long")
    assert [each["name"] for each in bare("contexts", "--json").json] == ["demo"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("theme = ", "not TOML"),
        ('them = "dark"\n', "no setting 'them'"),
        ("theme = 3\n", "'theme' has a value of the wrong kind"),
        ('protected = ["a", 1]\n', "list of texts"),
        ('protected = ["type:prodution"]\n', "matches no type of group"),
        ('protected = ["product:x"]\n', "unknown kind"),
        ('[keys]\n"devices.restart" = 5\n', "keys.devices.restart"),
    ],
)
def test_settings_that_make_no_sense(shell, text, phrase):
    """The file and what is wrong in it are said; the file is left as it is."""
    path = shell.home / "settings.toml"
    path.write_text(text, encoding="utf-8")
    shell("ls", "products").says("settings.toml", phrase)
    assert path.read_text(encoding="utf-8") == text


def test_settings_that_are_no_text(shell):
    """Bytes that are no UTF-8 are no settings."""
    (shell.home / "settings.toml").write_bytes(b'theme = "\xff"\n')
    shell("ls", "products").says("settings.toml", "UTF-8")


def test_a_protected_pattern_of_a_context_that_protects_nothing(shell):
    """A pattern of a context that is misspelt is refused with the file, the context and the pattern, before anything is changed."""
    path = Locations(shell.home).contexts
    path.write_text('{"contexts": [{"name": "demo", "endpoint": "embedded", "protected": ["tpye:dut"]}]}', encoding="utf-8")
    shell("rollback", GROUP, "--yes").says("contexts.json", "'demo'", "'tpye:dut'", "unknown kind")


@pytest.mark.parametrize("text", ["{", "[]", '{"contexts": [{"name": 3, "endpoint": "embedded"}]}', '{"contexts": 5}', "\x00"])
def test_contexts_that_make_no_sense(shell, text):
    """The file is said, and left for a person to mend."""
    path = Locations(shell.home).contexts
    path.write_text(text, encoding="utf-8")
    shell("ls", "products").says("contexts.json")
    shell("contexts").says("contexts.json")
    assert path.read_text(encoding="utf-8") == text


def test_the_console_needs_a_terminal(shell):
    """Piped, the console says what works instead."""
    shell().says("needs a terminal", "imptui ls", exit_code=2)


@pytest.mark.parametrize("words", [["ls", "products"], ["world", "advance", "1h"]])
def test_a_data_folder_that_cannot_be_made(bare, words):
    """A file where a folder should be is named."""
    bare.home.parent.write_text("in the way", encoding="utf-8")
    answer = bare(*words)
    answer.says(str(bare.home.parent))
    assert bare.home.parent.read_text(encoding="utf-8") == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_data_folder_that_must_not_be_written(bare, tmp_path):
    """No permission is said as that."""
    tmp_path.chmod(0o500)
    bare("ls", "products").says("Permission denied")


@pytest.fixture
def haunted(shell):
    """A demonstration in which a device, a group and a deployment's description are hostile."""

    async def rename(fleet):
        (device,) = await fleet.look.find("device", "0001")
        await fleet.change.devices.rename(device, HOSTILE)

    shell.fleet(rename)
    return shell


def test_a_hostile_name_is_harmless_in_a_table(haunted):
    """Escape codes, bidirectional marks and brackets come as text, never as what they do."""
    out = haunted("ls", "devices", "--filter", f'group="{GROUP}"').out
    assert "[red]x[/red]" in out
    assert "^[" in out
    assert is_harmless(out)


def test_a_hostile_name_is_harmless_in_facts(haunted):
    """Showing one device is as careful as listing many."""
    device = next(
        each["device"]["id"] for each in haunted("ls", "devices", "--json").json if "evil" in (each["device"]["name"] or "")
    )
    out = haunted("show", "device", device).out
    assert "evil" in out
    assert is_harmless(out)


def test_a_hostile_name_is_whole_in_json(haunted):
    """JSON has the name as it is, in ASCII."""
    answer = haunted("ls", "devices", "--json")
    assert answer.raw.isascii()
    assert is_harmless(answer.out)
    assert HOSTILE in [each["device"]["name"] for each in answer.json]


def test_a_hostile_description_is_harmless(shell, programs):
    """What somebody wrote about a deployment is text, too."""
    words = ("deploy", GROUP, "--agent", programs[0], "--device", programs[1], "--description", HOSTILE, "--yes")
    assert shell(*words).exit_code == 0
    for answer in (shell("ls", "deployments"), shell("journal")):
        assert is_harmless(answer.out + answer.err)


@pytest.mark.parametrize(
    "words",
    [
        ["show", "device", HOSTILE],
        ["--context", HOSTILE, "ls", "devices"],
        ["--endpoint", HOSTILE, "ls", "devices"],
        ["diff", HOSTILE, "x.nut"],
    ],
)
def test_what_was_typed_is_repeated_harmlessly(shell, words):
    """A sentence about hostile text does not carry it out."""
    answer = shell(*words)
    assert answer.exit_code in (2, 4, 11)
    assert is_harmless(answer.err)


@pytest.mark.parametrize("words", [["--devices", "7"], ["--fleet", "demo", "--devices", "0"]])
def test_the_demonstration_has_no_other_number_of_devices(bare, words):
    """A number of devices that nothing would come of is refused in a sentence, with the way to say what was meant."""
    bare("serve", "--port", "0", *words).says("--devices goes with --fleet empty or large", exit_code=2)
