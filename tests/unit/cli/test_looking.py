"""ls, show, code, diff, journal, contexts, doctor."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

DEVELOPMENT = "Connected Meter 400 2.0 Development"


def a_device(shell: Any, question: str = "online") -> dict[str, Any]:
    return shell("ls", "devices", "--filter", question, "--json").json[0]["device"]


def two_deployments(shell: Any) -> tuple[str, str]:
    """The first two deployments that differ in the device's program."""
    ids = [each["deployment"]["id"] for each in shell("ls", "deployments", "--json").json]
    first = shell("code", ids[0], "device").raw
    return ids[0], next(each for each in ids if shell("code", each, "device").raw != first)


@pytest.mark.parametrize("kind", ["products", "groups", "devices", "deployments"])
def test_a_list_is_as_long_as_table_and_as_json(shell, kind):
    """Whatever is listed, the table has a line for every thing that the JSON has."""
    table, facts = shell("ls", kind), shell("ls", kind, "--json").json
    assert table.err == ""
    assert len(table.rows) == len(facts) > 0


def test_the_demonstration_has_a_few_thousand_devices(shell):
    """All devices are printed, not just a page of them."""
    assert len(shell("ls", "devices").rows) > 2_500


def test_a_filter_narrows_devices(shell):
    """Only devices that are asked for are printed."""
    found = shell("ls", "devices", "--filter", f'group="{DEVELOPMENT}" offline', "--json").json
    assert found
    assert {(each["group_name"], each["device"]["is_online"]) for each in found} == {(DEVELOPMENT, False)}


def test_a_filter_that_nothing_fits_prints_the_heads(shell):
    """An empty answer is an answer."""
    answer = shell("ls", "devices", "--filter", "name:nobody-is-called-this")
    assert answer.exit_code == 0
    assert answer.rows == []


@pytest.mark.parametrize("command", [("ls", "devices"), ("sample", "--for", "1s")])
@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("online rsi<-80", "did you mean rssi?", "         ^^^"),
        ("a and (b", "'(' without its ')'", "        ^"),
        ("日本 rssi<x", "no number of dBm", "       ^^^^^^"),
    ],
)
def test_a_bad_filter_is_shown_with_its_place(shell, command, text, said, marked):
    """Below the reason stands the filter with the place marked, on stderr, and the code is that of a wrong command line."""
    answer = shell(*command, "-q", text)
    assert (answer.exit_code, answer.out) == (2, "")
    first, shown, marks = answer.err.rstrip("\n").split("\n")
    assert said in first
    assert (shown, marks) == (f"  {text}", marked)


@pytest.mark.parametrize("command", ["ls", "sample"])
def test_help_says_what_can_be_asked(shell, command):
    """Who asks a command that takes a filter for help reads its fields, operators and claims."""
    answer = shell(command, "--help")
    for word in ("swversion", "enrolled", "flapping", "rssi:-90..-70", "pre-factory"):
        assert word in answer.out


def test_groups_are_filtered_by_words(shell):
    """Every word must be somewhere in a group's name, type or product; capitals never matter."""
    found = shell("ls", "groups", "--filter", "SKU type:production", "--json").json
    assert sorted(each["group"]["name"] for each in found) == ["400 RoW SKU", "400 US SKU"]


def test_a_list_is_remembered_until_it_is_to_be_read_again(shell):
    """What the world did shows after --refresh, not before."""
    device = a_device(shell)["id"]
    assert shell("world", "disconnect", device).exit_code == 0
    assert shell("ls", "devices", "--filter", f"{device} online").rows != []
    assert shell("ls", "devices", "--filter", f"{device} online", "--refresh").rows == []


@pytest.mark.parametrize("by", ["id", "mac_address", "agent_id"])
def test_a_device_is_shown_by_any_identifier(shell, by):
    """Id, MAC address and agent id lead to the same device."""
    device = a_device(shell)
    assert shell("show", "device", device[by], "--json").json["row"]["device"]["id"] == device["id"]


def test_a_device_is_shown_by_its_name(shell):
    """A name that only one device has is enough."""
    answer = shell("show", "device", "[b]not bold[/b]")
    assert re.search(r"^row\.device\.name +\[b\]not bold\[/b\]$", answer.out, re.MULTILINE)


def test_a_name_that_several_have_is_not_guessed(shell):
    """Where a name is not unique, the ids to choose from are said."""
    names = [each["device"]["name"] for each in shell("ls", "devices", "--json").json if each["device"]["name"]]
    twice = next(name for name in names if names.count(name) > 1)
    ids = re.findall(r"[0-9a-f]{16}", shell("show", "device", twice).err)
    assert len(ids) == min(5, names.count(twice))


@pytest.mark.parametrize("kind", ["product", "group", "device", "deployment"])
def test_what_does_not_exist_is_not_shown(shell, kind):
    """An unknown name is named, with the context in which it was looked for."""
    shell("show", kind, "atlantis").says(f"There is no {kind} 'atlantis'", "'demo'", exit_code=4)


@pytest.mark.parametrize(("kind", "name"), [("product", "Connected Meter 400"), ("group", DEVELOPMENT)])
def test_products_and_groups_are_shown_by_name(shell, kind, name):
    """A product or group is found by its name, in any case of letters."""
    answer = shell("show", kind, name.upper())
    assert re.search(rf"^{kind}\.name +{name}$", answer.out, re.MULTILINE)


def test_code_comes_back_byte_for_byte(shell, programs):
    """What was deployed is what is printed, to the last odd byte."""
    agent, device = programs
    deployed = shell("deploy", DEVELOPMENT, "--agent", agent, "--device", device, "--yes").out.strip()
    assert shell("code", deployed, "agent").raw == agent.read_bytes()
    assert shell("code", deployed, "device").raw == device.read_bytes()


def test_the_same_is_no_difference(shell):
    """Two times the same deployment: exit code 0, nothing printed."""
    one, _ = two_deployments(shell)
    answer = shell("diff", one, one)
    assert (answer.exit_code, answer.raw, answer.err) == (0, b"", "")


def test_two_deployments_differ(shell):
    """Different deployments: exit code 1 and a unified difference of both programs."""
    one, other = two_deployments(shell)
    answer = shell("diff", one, other)
    assert answer.exit_code == 1
    assert "--- a/device.nut" in answer.out
    assert "+++ b/device.nut" in answer.out


def test_a_deployment_and_a_file_are_compared(shell, tmp_path):
    """A program that was saved is compared with where it came from."""
    one, _ = two_deployments(shell)
    saved = tmp_path / "saved.nut"
    saved.write_bytes(shell("code", one, "device").raw)
    assert shell("diff", one, saved, "--program", "device").exit_code == 0
    saved.write_bytes(saved.read_bytes() + b"// more\n")
    assert shell("diff", one, saved, "--program", "device").exit_code == 1


def test_which_program_must_be_said(shell, programs):
    """A deployment has two programs; a file is compared with one that is named."""
    one, _ = two_deployments(shell)
    shell("diff", one, programs[0]).says("--program", exit_code=2)


@pytest.mark.parametrize("side", ["atlantis", "atlantis.nut"])
def test_a_side_that_does_not_exist_is_trouble(shell, programs, side):
    """Neither same nor different: exit code 2."""
    shell("diff", programs[0], side, "--program", "agent").says("atlantis", exit_code=11 if side.endswith(".nut") else 4)


def test_patch_takes_the_difference_of_two_files(shell, tmp_path, monkeypatch):
    """The difference turns one file into the other, missing last line ends and all."""
    if shutil.which("patch") is None:
        pytest.skip("no patch(1) here")
    monkeypatch.chdir(tmp_path)
    Path("old.nut").write_text("one\ntwo\nthree\nfour", encoding="utf-8")
    Path("new.nut").write_text("one\n2\nthree\nfour\nfünf\n", encoding="utf-8")
    answer = shell("diff", "old.nut", "new.nut")
    assert answer.exit_code == 1
    subprocess.run(["patch", "-p0", "--quiet"], input=answer.raw, check=True)
    assert Path("old.nut").read_bytes() == Path("new.nut").read_bytes()


def test_patch_takes_the_difference_of_two_deployments(shell, tmp_path):
    """The difference of two deployments carries one's programs over into the other's."""
    if shutil.which("patch") is None:
        pytest.skip("no patch(1) here")
    one, other = two_deployments(shell)
    (tmp_path / "a").mkdir()
    for program in ("agent", "device"):
        (tmp_path / "a" / f"{program}.nut").write_bytes(shell("code", one, program).raw)
    subprocess.run(["patch", "-p0", "--quiet"], input=shell("diff", one, other).raw, check=True, cwd=tmp_path)
    for program in ("agent", "device"):
        assert (tmp_path / "a" / f"{program}.nut").read_bytes() == shell("code", other, program).raw


def test_the_journal_begins_empty(shell):
    """Looking is not written down."""
    assert shell("journal").rows == []


def test_the_demonstration_is_always_a_context(bare):
    """Before anybody logged in there is the demonstration, and looking makes no file."""
    assert [each["name"] for each in bare("contexts", "--json").json] == ["demo"]
    assert not bare.home.exists()


def test_doctor_says_where_things_are_kept(shell):
    """What a question needs is in one answer: data folder, context, terminal."""
    answer = shell("doctor", TERM="vt220", NO_COLOR="1")
    assert str(shell.home) in answer.out
    assert "vt220" in answer.out
    assert "demo at embedded" in answer.out
    assert "set: no colours" in answer.out


@pytest.mark.parametrize(
    ("options", "environ", "said"),
    [
        ((), {"TERM": "xterm"}, "ansi: TERM=xterm promises no more than 16 colours"),
        ((), {"TERM": "vt220"}, "mono: a vt220 writes in one colour"),
        ((), {"TERM": "xterm-256color", "NO_COLOR": "1"}, "mono: NO_COLOR is set"),
        (("--theme", "light"), {"TERM": "xterm"}, "light, as it was wished for"),
        ((), {"LC_ALL": "C"}, "ASCII: the locale C is not one of UTF-8"),
        (("--ascii",), {"LC_ALL": "C.UTF-8"}, "ASCII, as it was wished for"),
        ((), {"SSH_CONNECTION": "1 2 3 4"}, "off, over SSH; f9 switches"),
        ((), {"SSH_CONNECTION": None}, "on; f9 switches"),
        (("--clipboard", "file"), {}, "file"),
    ],
)
def test_doctor_says_what_follows_and_why(shell, options, environ, said):
    """Doctor names the theme, letters, mouse and clipboard that the console would use, with the reason."""
    clean = {"NO_COLOR": None, "COLORTERM": None, "LC_ALL": "C.UTF-8", "SSH_CONNECTION": None, "TERM": "xterm-256color"}
    assert said in shell(*options, "doctor", **{**clean, **environ}).out
