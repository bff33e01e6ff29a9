"""Slow lines: what is measured, and that less is sent then."""

import re
from itertools import pairwise
from pathlib import Path
from time import sleep

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal

ASK = b"\x1b[6n"
MANY_COLOURS = re.compile(rb"[;\[][34]8;[25];")


@pytest.fixture
def opens(tmp_path: Path):
    """How to open the console on a demonstration of its own; all are closed at the end."""
    opened = []

    def start(*words, **how):
        opened.append(Sitting(["--data-dir", str(tmp_path / "home"), *words], **how))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def answers_late(terminal, seconds: float, times: int = 2) -> None:
    """Answer the question where the cursor is, as a terminal far away does."""
    for number in range(1, times + 1):
        terminal.waits_for(lambda wanted=number: terminal.received.count(ASK) >= wanted)
        sleep(seconds)
        terminal.types("\x1b[1;1R")


def test_a_slow_line_is_noticed(opens):
    """Over SSH the terminal is asked; where the answer takes 300 ms, the console says so and sends sixteen colours from there on."""
    terminal = opens(SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22")
    answers_late(terminal, 0.3)
    terminal.waits_for("The line is slow (3")
    terminal.rests(1.5)
    place = len(terminal.received)
    terminal.types("\tjjj?")
    terminal.waits_for("Help")
    assert MANY_COLOURS.search(terminal.received[place:]) is None


def test_a_quick_line_is_left_alone(opens):
    """Where the answer comes at once nothing changes, and the terminal is not asked again."""
    terminal = opens(SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22")
    answers_late(terminal, 0.0)
    terminal.waits_for("2,562")
    terminal.rests(1.0)
    assert "slow" not in terminal.text()
    assert terminal.received.count(ASK) == 2


def test_here_nobody_is_asked(opens):
    """On this machine's own terminal there is no line to measure."""
    terminal = opens()
    terminal.waits_for("2,562")
    assert ASK not in terminal.received


def test_slow_sends_less(opens):
    """With --slow there are sixteen colours, and while a key is held a handful of frames a second, the last one with all in it."""
    terminal = opens("--slow")
    terminal.waits_for("2,562")
    terminal.types("\t")
    terminal.waits_for("1 of 2,")
    terminal.rests(1.0)
    turn = len(terminal.came)
    for _ in range(30):
        terminal.types("j")
        terminal.rests(0.033)
    terminal.waits_for("31 of 2,")
    times = [at for at, _ in terminal.came[turn:]]
    frames = 1 + sum(later - earlier > 0.05 for earlier, later in pairwise(times))
    assert frames <= 2 + (times[-1] - times[0]) / 0.19
    assert MANY_COLOURS.search(terminal.received) is None


def test_doctor_measures_the_line(opens):
    """The doctor says how long the way to the terminal and back is."""
    terminal = opens("doctor")
    answers_late(terminal, 0.2)
    terminal.waits_for(lambda: re.search(r"2\d\d ms there and back", terminal.text()))
    assert "slow" in terminal.text()
    assert terminal.ends() == 0
    assert terminal.left_behind() == []
