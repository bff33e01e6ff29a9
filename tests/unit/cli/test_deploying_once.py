"""One command makes one deployment: over lost answers, at the same time, and where its result cannot be written."""

import subprocess
import sys
from pathlib import Path

import pytest

DEVELOPMENT = "Connected Meter 400 2.0 Development"
PRODUCTION = "400 2.0 Field Test"
PATIENCE_S = 60


def test_an_unknown_outcome_is_looked_up_by_the_same_command(line, bare, programs):
    """A lost answer with a failed look-up is code 9; the same command finds the deployment; run once more, it makes another."""
    handler, endpoint = line
    logged_in = bare("login", "--endpoint", endpoint, "--username", "demo", "--name", "line", stdin="demo\n")
    assert logged_in.exit_code == 0, logged_in.err
    command = ("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--description", "once", "--yes")
    handler.is_losing = True
    lost = bare(*command)
    assert (lost.exit_code, lost.raw) == (9, b"")
    assert "A deployment may exist" in lost.err
    assert "the same command goes on with it" in lost.err
    handler.is_losing = handler.has_lost = False
    found = bare(*command)
    assert found.exit_code == 0
    assert "was there already" in found.err
    assert made(bare) == [found.out.strip()]
    again = bare(*command)
    assert again.exit_code == 0
    assert set(made(bare)) == {found.out.strip(), again.out.strip()}
    assert len(made(bare)) == 2


def test_a_lost_way_back_is_not_gone_twice(line, bare):
    """A rollback whose answer was lost is looked up when the same command runs again, and not rolled back itself."""
    handler, endpoint = line
    bare("login", "--endpoint", endpoint, "--username", "demo", "--name", "line", stdin="demo\n")
    before = len(bare("ls", "deployments", "--refresh").rows)
    handler.is_losing = True
    assert bare("rollback", DEVELOPMENT, "--yes").exit_code == 9
    handler.is_losing = handler.has_lost = False
    found = bare("rollback", DEVELOPMENT, "--yes", "--json")
    assert found.exit_code == 0, found.err
    assert found.json["was_looked_up"]
    assert len(bare("ls", "deployments", "--refresh").rows) == before + 1


def made(bare) -> list[str]:
    listed = bare("ls", "deployments", "--refresh", "--json").json
    return [each["deployment"]["id"] for each in listed if each["deployment"]["description"] == "once"]


def start(home: Path, *words: str | Path, **streams: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "imptui", "--data-dir", str(home), *map(str, words)]
    return subprocess.Popen(command, **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams))  # type: ignore[call-overload]


def test_three_identical_commands_at_once_make_one_deployment(shell, programs):
    """Three identical commands at the same time make one deployment and print the same id; the next one makes another."""
    before = len(shell("ls", "deployments", "--refresh").rows)
    words = ("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--restart", "hard", "--yes")
    running = [start(shell.home, *words) for _ in range(3)]
    answers = [each.communicate(timeout=PATIENCE_S) for each in running]
    assert [each.returncode for each in running] == [0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert len(shell("ls", "deployments", "--refresh").rows) == before + 1
    assert [each["verb"] for each in shell("journal", "--json").json] == ["restart group", "create deployment"]
    assert shell(*words).out.strip() not in answers[0][0].decode()


CHANGES = {
    "deploy": ("deploy", DEVELOPMENT, "--agent", "AGENT", "--device", "DEVICE", "--yes"),
    "deploy as JSON": ("deploy", DEVELOPMENT, "--agent", "AGENT", "--device", "DEVICE", "--yes", "--json"),
    "rollback": ("rollback", DEVELOPMENT, "--yes"),
    "clean": ("clean", DEVELOPMENT, "--keep", "1", "--yes"),
    "world add-device": ("world", "add-device"),
    "world advance": ("world", "advance", "1m"),
}


@pytest.mark.parametrize("stream", ["full", "closed", "broken"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_result_that_cannot_be_written_is_said(shell, programs, name, stream):
    """Where standard output is full, closed or broken, a change is done, ends with code 8, and stderr has its result."""
    if name == "clean":
        for _ in range(2):
            shell(*("rollback", DEVELOPMENT, "--yes"))
        shell.fleet(support_the_newest)
    names = {"AGENT": programs[0], "DEVICE": programs[1]}
    words = [names.get(word, word) for word in CHANGES[name]]
    if stream == "full":
        with Path("/dev/full").open("wb") as full:
            process = start(shell.home, *words, stdout=full)
    elif stream == "closed":
        command = [sys.executable, "-m", "imptui", "--data-dir", str(shell.home), *map(str, words)]
        process = subprocess.Popen(["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE)
    else:
        process = start(shell.home, *words)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
    _, err = process.communicate(timeout=PATIENCE_S)
    said = err.decode().splitlines()[-1]
    assert process.returncode == 8, err
    assert "Traceback" not in err.decode()
    assert "but the result could not be written" in said
    if name.startswith(("deploy", "rollback")):
        current = shell("show", "group", DEVELOPMENT, "--json").json["group"]["current_deployment_id"]
        assert f"Deployed {current}" in said


async def support_the_newest(fleet):
    (group,) = await fleet.look.find("group", DEVELOPMENT)
    rows = await fleet.look.deployments(group)
    await fleet.change.set_minimum(group, rows[0].deployment.id)


@pytest.mark.parametrize("stream", ["full", "closed"])
def test_a_list_that_cannot_be_written_is_said(shell, stream):
    """A list that cannot be written ends with code 8 and a sentence, and never with a traceback."""
    target = "/dev/full" if stream == "full" else "&-"
    command = [sys.executable, "-m", "imptui", "--data-dir", str(shell.home), "ls", "devices"]
    done = subprocess.run(["sh", "-c", f'exec "$@" >{target}', "sh", *command], check=False, stderr=subprocess.PIPE, timeout=PATIENCE_S)
    assert done.returncode == 8
    assert done.stderr.startswith(b"imptui: The result could not be written")


@pytest.mark.parametrize("target", ["/dev/full", "&-"])
def test_a_standard_error_that_cannot_be_written_changes_nothing(shell, programs, target):
    """Notes that cannot be written neither stop a deployment nor change its exit code."""
    words = ("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--yes")
    command = [sys.executable, "-m", "imptui", "--data-dir", str(shell.home), *map(str, words)]
    done = subprocess.run(["sh", "-c", f'exec "$@" 2>{target}', "sh", *command], check=False, stdout=subprocess.PIPE, timeout=PATIENCE_S)
    assert done.returncode == 0
    assert shell("show", "group", DEVELOPMENT, "--json").json["group"]["current_deployment_id"] == done.stdout.decode().strip()
