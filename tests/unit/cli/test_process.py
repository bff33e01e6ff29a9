"""The command as a process of its own: pipes, encodings, what is loaded, and serving."""

import os
import re
import signal
import subprocess
import sys

import httpx
import pytest

from imptui.cloud.admin import open_world

PATIENCE_S = 30


def run(home, *words, **environ):
    return subprocess.run(
        [sys.executable, "-m", "imptui", "--data-dir", home, *words],
        check=False,
        capture_output=True,
        timeout=PATIENCE_S,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize(
    "words", [["ls", "devices"], ["show", "product", "Connected Meter 400"], ["contexts"], ["doctor"], ["journal"]]
)
def test_plain_commands_do_not_load_the_console(shell, words):
    """A plain command starts without Textual."""
    script = (
        "import sys\nfrom imptui.cli import main\n"
        "try:\n    main()\nfinally:\n    print('textual' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--data-dir", shell.home, *words],
        check=False,
        capture_output=True,
        timeout=PATIENCE_S,
        text=True,
    )
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "False"


@pytest.mark.parametrize(("terminal", "said"), [("linux", "; erases in colour"), ("vt220", "; does not erase in colour")])
def test_doctor_says_how_a_terminal_erases(shell, terminal, said):
    """Doctor says whether the terminal erases with the background colour, by terminfo, which curses reads once per process."""
    if subprocess.run(["tput", "-T", terminal, "cols"], check=False, capture_output=True).returncode:
        pytest.skip(f"terminfo does not know {terminal}")
    assert said in run(shell.home, "doctor", TERM=terminal).stdout.decode()


@pytest.mark.parametrize("words", [["ls", "devices"], ["ls", "devices", "--json"]])
def test_a_reader_that_has_seen_enough_is_no_trouble(shell, words):
    """`imptui ls devices | head -1` ends silently."""
    with subprocess.Popen(
        [sys.executable, "-m", "imptui", "--data-dir", shell.home, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_a_terminal_without_the_letters_gets_their_numbers(shell, encoding):
    """Names with letters that the terminal does not have are printed all the same."""
    done = run(shell.home, "ls", "devices", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") > 2_500


def test_the_version_is_said(shell):
    """One line, for a report."""
    assert re.fullmatch(rb"imptui \d+\.\d+\.\d+\n", run(shell.home, "--version").stdout)


@pytest.fixture
def engine(serving):
    """A small farm in memory, served on a free port until the test ends."""
    served = serving("--fleet", "empty", "--devices", "3")
    yield served
    if served.process.poll() is None:
        served.ends()


def test_the_first_line_is_the_endpoint_and_comes_at_once(engine):
    """A script reads one line and can begin: the port that was found, and an engine that answers."""
    assert re.fullmatch(r"imptui serving http://127\.0\.0\.1:\d+/v5", engine.first_line)
    assert httpx.get(f"{engine.endpoint}/products").status_code == 401


def test_how_to_log_in_is_said(engine):
    """The second line has the well-known name and password."""
    assert engine.process.stdout.readline() == "log in as demo with password demo\n"
    login = httpx.post(f"{engine.endpoint}/auth", json={"id": "demo", "password": "demo"})
    assert login.status_code == 200


def test_a_password_that_was_given_is_not_said(serving):
    """Whoever sees the terminal does not see it."""
    served = serving("--fleet", "empty", "--password", "not-for-eyes")
    second = served.process.stdout.readline()
    served.ends()
    assert "not-for-eyes" not in served.first_line + second


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_when_told(serving, number):
    """Interrupted or terminated, it ends by itself, without complaint."""
    served = serving("--fleet", "empty")
    httpx.get(f"{served.endpoint}/products")
    served.process.send_signal(number)
    _, err = served.process.communicate(timeout=PATIENCE_S)
    assert (served.process.returncode, err) == (0, "")


def test_a_database_keeps_the_world(serving, tmp_path):
    """Served again from its file, the world is the one it was."""
    path = tmp_path / "farm.sqlite"
    seen = []
    for _ in range(2):
        served = serving("--fleet", "empty", "--devices", "5", "--database", path)
        login = httpx.post(f"{served.endpoint}/auth", json={"id": "demo", "password": "demo"}).json()
        found = httpx.get(f"{served.endpoint}/devices", headers={"Authorization": f"Bearer {login['access_token']}"}).json()
        seen.append(sorted(each["id"] for each in found["data"]))
        served.ends()
    assert seen[0] == seen[1]
    assert len(seen[0]) == 5


def test_the_same_seed_makes_the_same_world(tmp_path):
    """Two worlds of one seed have the same account and products; another seed has others."""
    seen = []
    for number, seed in enumerate((7, 7, 8)):
        world = open_world(tmp_path / f"{number}.sqlite", fleet="large", devices=10, seed=seed)
        with world.view() as view:
            seen.append(view.accounts.called("demo").id)
        world.close()
    assert seen[0] == seen[1] != seen[2]
