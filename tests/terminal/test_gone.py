"""A terminal that goes away: nothing is left running, and nothing takes seconds."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal

AT_ONCE_S = 4.0
"""Shorter than the alarm that ends a console which cannot leave, with room for a busy machine."""


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Sitting]:
    """The console on a fresh demonstration."""
    terminal = Sitting(["--data-dir", str(tmp_path)])
    terminal.waits_for("2,562")
    yield terminal
    terminal.close()


def test_a_closed_window_ends_the_console_at_once(console: Sitting) -> None:
    """Hung up, the console leaves by itself, and not because the system ends it seconds later."""
    begin = monotonic()
    assert console.hangs_up() == 129
    assert monotonic() - begin < AT_ONCE_S


def test_a_window_that_is_closed_amid_painting(console: Sitting) -> None:
    """Also while much is being painted, which nobody takes in any longer."""
    console.types("\r")
    for _ in range(200):
        console.types("\x1b[6~")
    begin = monotonic()
    assert console.hangs_up() == 129
    assert monotonic() - begin < AT_ONCE_S
