"""What goes over the wire: how much, and nothing that a terminal should not get."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Sitting]:
    """The console on a fresh demonstration, when everything was read and live values are paused."""
    terminal = Sitting(["--data-dir", str(tmp_path / "home")])
    terminal.waits_for("2,562")
    terminal.types("p")
    terminal.waits_for("paused")
    terminal.waits_for("reading", gone=True)
    yield terminal
    terminal.close()


def settles(terminal: Sitting) -> None:
    """Wait until nothing but ages is written."""
    for _ in range(30):
        if len(terminal.rests(1.0)) < 60:
            return


def test_a_cursor_key_is_cheap(console: Sitting) -> None:
    """A step down in the list takes less than 700 bytes, and the terminal's own cursor goes along."""
    console.types("\r")
    console.waits_for("of 2,")
    settles(console)
    for _ in range(3):
        before = console.screen.cursor.y
        console.types("j")
        assert 0 < len(console.rests(0.7)) < 700
        assert console.screen.cursor.y == before + 1


def test_idle_costs_nothing_but_the_age(console: Sitting) -> None:
    """While nothing changes only the age in the header is written, once a second."""
    settles(console)
    assert len(console.rests(4.0)) < 4 * 60


def test_only_known_sequences(console: Sitting) -> None:
    """Moves, colours, erasing and modes are sent, and nothing else: no title, no clipboard, no raw control character."""
    console.types("\r")
    console.waits_for("of 2,")
    for keys in ("\x1b[6~", "G", "\x1b[5~", "?"):
        console.types(keys)
        console.rests(0.5)
    known = re.compile(
        rb"\x1b\[[0-9;]*[HmKCJ]|\x1b\[[?>=<][0-9;]*[a-z]|\x1b\[\?[0-9]+\$p|\x1b\[<u|\x1b\]22;[a-z]*(?:\x07|\x1b\\)|\x1b\[c"
        rb"|\x1b_G[^\x1b]*\x1b\\"
    )
    rest = known.sub(b"", console.received)
    strange = [rest[at.start() : at.start() + 20] for at in re.finditer(rb"[\x00-\x1f\x7f]", rest)]
    assert strange == []
