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
    """Wait until nothing is written for longer than a sentence stands in the bottom line."""
    for _ in range(6):
        if not terminal.rests(6.5):
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


def test_idle_costs_nothing(console: Sitting) -> None:
    """While nothing changes not a byte is written, for what is drawn says when and not how long ago."""
    settles(console)
    assert console.rests(6.0) == b""


def test_looking_again_costs_nothing(console: Sitting) -> None:
    """Devices that are asked every two seconds and say what they said before cost no byte: here those that are offline."""
    console.types("\r")
    console.waits_for("of 2,")
    console.types("/")
    console.waits_for("Esc")
    console.types("offline\r")
    console.waits_for("filter: offline")
    console.types("p")
    console.waits_for("paused", gone=True)
    settles(console)
    assert console.rests(7.0) == b""


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


@pytest.mark.parametrize(
    ("kind", "answer", "is_asked", "is_used"),
    [
        ("xterm-256color", "\x1b[?2026;2$y", True, True),
        ("xterm-256color", "\x1b[?2026;0$y", True, False),
        ("xterm-256color", "", True, False),
        ("linux", "", False, False),
    ],
)
def test_updates_are_whole_where_the_terminal_can(
    tmp_path: Path, kind: str, answer: str, *, is_asked: bool, is_used: bool
) -> None:
    """A terminal that answers that it has synchronised output gets every update between two marks, and no other gets any."""
    terminal = Sitting(["--data-dir", str(tmp_path / "home")], TERM=kind)
    try:
        if is_asked:
            terminal.waits_for(lambda: b"\x1b[?2026$p" in terminal.received)
            terminal.types(answer)
        terminal.waits_for("2,562")
        terminal.types("\r")
        terminal.waits_for("1 of ")
        begun, ended = (terminal.received.count(b"\x1b[?2026" + end) for end in (b"h", b"l"))
        assert begun == ended
        assert (begun > 3) is is_used
        assert (b"\x1b[?2026$p" in terminal.received) is is_asked
        terminal.types("\x11")
        terminal.ends()
        assert terminal.left_behind() == []
    finally:
        terminal.close()
