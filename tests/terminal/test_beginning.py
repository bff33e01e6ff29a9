"""Beginnings other than the list, and a terminal that was left behind."""

import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal


def test_a_console_that_begins_with_the_line(tmp_path: Path) -> None:
    """With --run a factory PC opens on its line, also the first time, when everything must be read before."""
    terminal = Sitting(["--data-dir", str(tmp_path), "--readonly", "--run", "line Line Fixtures"])
    terminal.waits_for("Line of Line Fixtures")
    terminal.waits_for("of 12 online")
    terminal.types("\x11")
    assert terminal.ends() == 0
    terminal.close()


def test_a_first_command_that_makes_no_sense(tmp_path: Path) -> None:
    """What cannot be obeyed is said in the console, which opens all the same."""
    terminal = Sitting(["--data-dir", str(tmp_path), "--run", "nonsense"])
    terminal.waits_for("There is no command :nonsense")
    terminal.types("\x11")
    assert terminal.ends() == 0
    terminal.close()


def test_a_terminal_that_was_left_behind(tmp_path: Path) -> None:
    """After a console was killed, reset-terminal turns off what it had turned on, and typing is seen again."""
    terminal = Sitting(["--data-dir", str(tmp_path)])
    terminal.waits_for("2,562")
    terminal.process.kill()
    terminal.ends()
    assert terminal.left_behind() != []
    words = [sys.executable, "-m", "imptui", "reset-terminal"]
    subprocess.run(words, stdin=terminal._slave, stdout=terminal._slave, check=True)
    while terminal.read():
        pass
    assert [each for each in terminal.left_behind() if each.startswith(("mode", "the"))] == []
    assert termios.tcgetattr(terminal._slave)[3] & termios.ECHO
    terminal.close()
