"""The last screen of a console is there at once when it is opened again, and the live one goes on from it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal

CTRL_C, CTRL_Q = "\x03", "\x11"


@pytest.fixture(scope="session")
def used_home(tmp_path_factory):
    """A data folder in which a console of 80 by 24 was open, and left."""
    home = tmp_path_factory.mktemp("used") / "home"
    subprocess.run([sys.executable, "-m", "imptui", "--data-dir", home, "ls", "products"], check=True, capture_output=True)
    terminal = Sitting(["--data-dir", str(home)])
    terminal.waits_for("2,562")
    terminal.waits_for("reading", gone=True)
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    terminal.close()
    return home


@pytest.fixture
def home(used_home):
    """The same, used again and again at its own place: frames belong to the words of the command."""
    kept = {path: path.read_bytes() for path in (used_home / "frames").iterdir()}
    yield used_home
    shutil.rmtree(used_home / "frames")
    (used_home / "frames").mkdir(mode=0o700)
    for path, content in kept.items():
        path.write_bytes(content)
        path.chmod(0o600)


@pytest.fixture
def opens(home):
    """How to open the console there; all are closed at the end."""
    opened = []

    def start(**how):
        opened.append(Sitting(["--data-dir", str(home)], **how))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def frame_of(home: Path) -> Path:
    return next((home / "frames").iterdir())


def test_the_last_screen_comes_first(opens):
    """Opened again, the list is there before the live console, marked with its age; then the mark goes and nothing is painted twice."""
    terminal = opens()
    terminal.waits_for("starting...")
    assert "as of just now" in terminal.text()
    assert "400 US SKU" in terminal.text()
    place = len(terminal.received)
    terminal.waits_for("starting...", gone=True)
    terminal.rests(0.5)
    later = terminal.received[place:]
    assert b"\x1b[2J" not in later
    assert b"1049h" not in later
    assert len(later) < 2500
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    assert terminal.left_behind() == []
    assert terminal.received.count(b"\x1b[?1049h") == 1


def test_it_comes_first_without_a_word_on_the_command_line(home):
    """Who types nothing but `imptui` sees the last screen first, too."""
    for text in ("2,562", "starting..."):
        terminal = Sitting(IMPTUI_DATA_DIR=str(home))
        try:
            terminal.waits_for(text)
            terminal.waits_for("starting...", gone=True)
            terminal.types(CTRL_Q)
            assert terminal.ends() == 0
        finally:
            terminal.close()


def test_keys_typed_before_the_console_lives_are_obeyed(opens):
    """What is typed at the last screen waits for the live one, unseen, and is obeyed in its order."""
    terminal = opens()
    terminal.waits_for("starting...")
    terminal.types("\tjj?")
    terminal.waits_for("Help:")
    assert "^[" not in terminal.text()
    terminal.types("\x1b")
    terminal.waits_for("3 of 2,")
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0


def test_ctrl_c_before_the_console_lives(opens):
    """Interrupted while it starts, it ends with 130, without a traceback, and the terminal is as it was found."""
    terminal = opens()
    terminal.waits_for("starting...")
    terminal.types(CTRL_C)
    while terminal.process.poll() is None and "To quit: ctrl+q" not in terminal.text():
        terminal.rests(0.05)
    is_live = terminal.process.poll() is None  # the live console was quicker than the finger
    if is_live:
        terminal.types(CTRL_Q)
    assert terminal.ends() == (0 if is_live else 130)
    assert terminal.left_behind() == []
    assert b"Traceback" not in terminal.received


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o644),
        lambda path: path.write_bytes(path.read_bytes().replace(b"demo", b"de\x1b[2Jmo", 1)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"38;5;", b"38;5;9999", 1)),
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        lambda path: path.write_bytes(os.urandom(5000)),
        lambda path: path.write_bytes(
            path.read_bytes().replace("›".encode(), "\u202e".encode()).replace(b"demo", "d\u202eemo".encode())
        ),
    ],
    ids=["readable by others", "an escape code", "a colour that is none", "cut off", "noise", "text that turns round"],
)
def test_a_file_that_is_odd_is_not_painted(opens, home, spoil):
    """Whatever is wrong with the file, the console starts without it, and nothing of it reaches the terminal."""
    path = frame_of(home)
    spoil(path)
    terminal = opens()
    terminal.waits_for("2,562")
    assert b"starting..." not in terminal.received
    assert b"\x1b[2J" not in terminal.received
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0


@pytest.mark.parametrize("how", [{"cells": 100, "rows": 30}, {"TERM": "xterm"}, {"NO_COLOR": "1"}, {"IMPTUI_READONLY": "1"}])
def test_another_terminal_gets_no_old_screen(opens, how):
    """A screen of another size or kind of terminal, or of another right to change things, is not shown."""
    terminal = opens(**how)
    terminal.waits_for("2,562")
    assert b"starting..." not in terminal.received


def test_other_contexts_mean_another_screen(opens, home):
    """When the contexts were changed since, the screen may be that of another account: it is not shown."""
    contexts = home / "contexts.json"
    before = contexts.read_bytes()
    contexts.write_bytes(before + b"\n")
    try:
        terminal = opens()
        terminal.waits_for("2,562")
        assert b"starting..." not in terminal.received
    finally:
        contexts.write_bytes(before)


def test_what_is_kept_is_home(opens, home):
    """Left from another screen, the console still keeps home, as the next start opens it, and only its owner can read that."""
    path = frame_of(home)
    terminal = opens()
    terminal.waits_for("? help")
    terminal.types("?")
    terminal.waits_for("Help:")
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text()
    assert "Help:" not in text
    assert "US SKU" in text
    assert re.search(r"[\x00-\x08\x0b-\x1f]", text) is None


STUCK = """
import asyncio, signal
from textual.app import App
from imptui.tui.terminal.hangup_driver import HangupDriver

class Stuck(App):
    def get_driver_class(self):
        return HangupDriver

    def on_mount(self):
        self.set_timer(0.3, self.told_to_end)

    def told_to_end(self):
        signal.alarm(1)
        self.exit(return_code=143)

    async def on_unmount(self):
        await asyncio.sleep(60)

Stuck().run()
"""


def test_the_terminal_is_given_back_when_the_time_to_leave_is_over():
    """A console that cannot leave in time because something holds it up puts the terminal right before it is ended."""
    terminal = Sitting(command=[sys.executable, "-c", STUCK])
    try:
        assert terminal.ends() == 143
        assert b"\x1b[?1049h" in terminal.received
        assert terminal.left_behind() == []
    finally:
        terminal.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_the_last_screen_is_painted(tmp_path, number):
    """However early behind the first byte it is told to end, the terminal is as it was."""
    home = tmp_path / "home"
    first = Sitting(["--data-dir", str(home)])
    first.waits_for("2,562")
    first.types(CTRL_Q)
    first.ends()
    first.close()
    for turn in range(12):
        ended_behind(home, number, turn * 0.01)


def ended_behind(home: Path, number: int, wait_s: float) -> None:
    """Tell a console to end so long behind its first byte; see that it did, and left nothing."""
    terminal = Sitting(["--data-dir", str(home)])
    try:
        terminal.waits_for(lambda: b"\x1b[?1049h" in terminal.received)
        terminal.rests(wait_s)
        os.kill(terminal.process.pid, number)
        assert terminal.ends() == 128 + number
        assert terminal.left_behind() == []
        assert b"Traceback" not in terminal.received
    finally:
        terminal.close()
