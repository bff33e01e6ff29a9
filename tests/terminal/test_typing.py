"""What is typed faster than the screen follows, as a paste or a slow, busy machine brings it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal

PAUSE_S = 0.05
"""Longer than between two characters of a bar-code reader."""

GROUP = "Connected Meter 400 2.0 Development"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Sitting]:
    """The demonstration, on a machine that is busy with something else."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    sitting = Sitting(["--data-dir", str(tmp_path)], cells=120, rows=40)
    try:
        sitting.waits_for("2,562")
        sitting.quietens(1.0, 5.0)
        yield sitting
    finally:
        for each in busy:
            each.kill()
            each.wait()
        sitting.close()


def test_a_command_in_one_burst(terminal: Sitting) -> None:
    """A command with its word, argument and Enter in one piece, and keys behind it: all are obeyed, in order."""
    terminal.types(f":goto {GROUP}\rb")
    terminal.waits_for(f"Deployments of {GROUP}")


def types_behind(terminal: Sitting, key: str, text: str) -> None:
    """A key, and a text as soon as a person can: without the pause they would be one bar code."""
    terminal.types(key)
    terminal.rests(PAUSE_S)
    terminal.types(text)


def test_the_words_of_a_menu_behind_its_key(terminal: Sitting) -> None:
    """What narrows down a menu is typed right behind the key that opens it, with Enter."""
    terminal.types(f":goto {GROUP}\rb")
    terminal.waits_for("Candidate for the field")
    types_behind(terminal, "P", "400 RoW SKU\r")
    terminal.waits_for("Review for 400 RoW SKU (Production)")


def test_the_words_of_a_form_in_one_burst(terminal: Sitting) -> None:
    """A reason is typed right behind the key that asks for it; no letter of it is obeyed as a command."""
    terminal.types(f":goto {GROUP}\rb")
    terminal.waits_for("Candidate for the field")
    terminal.types("VDRPFBX ran all day")
    terminal.waits_for("DRPFBX ran all day")


def test_a_double_tap_is_no_text(terminal: Sitting) -> None:
    """The key that opens a form, tapped twice, opens it once and writes nothing into it."""
    terminal.types(f":goto {GROUP}\rb")
    terminal.waits_for("Candidate for the field")
    terminal.types("VV")
    terminal.waits_for("may be empty; colleagues read it")
    terminal.quietens(0.4, 2.0)
    line = next(line for line in terminal.text().splitlines() if "reason" in line)
    assert "V" not in line


def test_a_typed_name_is_not_confirmed_by_its_own_burst(terminal: Sitting) -> None:
    """The name of a production group right behind the key is text, and Enter behind it deploys nothing."""
    terminal.types(":goto 400 RoW SKU\rb")
    terminal.waits_for("Energy register fix")
    terminal.types("jB")
    terminal.waits_for("Roll back to")
    terminal.quietens(0.5, 3.0)
    types_behind(terminal, "P", "400 RoW SKU\r\r")
    terminal.waits_for("Type 400 RoW SKU to go on")
    terminal.quietens(0.5, 3.0)
    assert "Deploy to 400 RoW SKU?" in terminal.text()
    assert "Deployed" not in terminal.text()
