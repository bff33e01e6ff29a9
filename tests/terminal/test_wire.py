"""What goes over the wire, and what happens to it."""

import os
import re
from collections.abc import Callable

import pytest

from tests.terminal.conftest import Terminal

pytestmark = pytest.mark.terminal

Opened = Callable[..., Terminal]

SGR = re.compile(rb"\x1b\[([0-9;]*)m")


def colours(written: bytes) -> set[str]:
    """The colours that were asked for: `38;5`, `31`, `104`, ..."""
    found = set()
    for parameters in SGR.findall(written):
        for part in re.findall(rb"(?:38|48);[25]|(?<![0-9])(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?![0-9])", parameters):
            found.add(part.decode())
    return found


def test_a_cursor_key_is_cheap(opened: Opened) -> None:
    """A step down takes less than 700 bytes, also in the list; the terminal's cursor goes along."""
    terminal = opened()
    terminal.press("p")
    terminal.press("\r")
    terminal.wait_for("of 2,")
    terminal.settle()
    terminal.press("j")
    assert 0 < len(terminal.listen(0.7)) < 700
    terminal.lines()
    before = terminal.screen.cursor.y
    terminal.press("j")
    assert 0 < len(terminal.listen(0.7)) < 700
    terminal.lines()
    assert terminal.screen.cursor.y == before + 1


def test_idle_costs_nothing_but_the_age(opened: Opened) -> None:
    """While nothing changes only the age in the header is written, once a second."""
    terminal = opened()
    terminal.press("p")
    terminal.listen(9.0)
    terminal.settle()
    assert len(terminal.listen(4.0)) < 4 * 60


def test_sixteen_colours(opened: Opened) -> None:
    """A terminal with sixteen colours is sent those and no others."""
    terminal = opened(TERM="xterm")
    used = colours(terminal.read)
    assert used
    assert not any(part.startswith(("38;", "48;")) for part in used)


def test_no_colour(opened: Opened) -> None:
    """With NO_COLOR no colour is sent at all."""
    terminal = opened(NO_COLOR="1")
    assert colours(terminal.read) == set()


def test_no_utf8(opened: Opened) -> None:
    """Where the locale is not UTF-8 nothing but ASCII is sent."""
    terminal = opened(LC_ALL="POSIX")
    terminal.press("\r")
    terminal.wait_for("of 2,")
    terminal.press("s")
    terminal.wait_for("Sort by")
    assert terminal.read.isascii()


def test_a_new_size(opened: Opened) -> None:
    """After another size everything is drawn for it; too small a size gets a sentence, and all comes back after it."""
    terminal = opened()
    terminal.resize_to(130, 30)
    terminal.wait_for("RSSI dBm")
    terminal.wait_for("Unassigned")
    terminal.resize_to(20, 5)
    terminal.wait_for("Too small.")
    terminal.resize_to(80, 24)
    terminal.wait_for("demo")
    terminal.wait_for("help")


def test_the_terminal_is_given_back(opened: Opened) -> None:
    """At the end the ordinary screen, the cursor and the mouse are as before, and the program ends well."""
    terminal = opened()
    terminal.press("\x11")
    terminal.listen(3.0)
    assert terminal.program.wait(10) == 0
    for sequence in (b"\x1b[?1049l", b"\x1b[?25h"):
        assert sequence in terminal.read
    assert b"Traceback" not in terminal.read


def test_ctrl_c_ends_nothing(opened: Opened) -> None:
    """ctrl+c says how to quit."""
    terminal = opened()
    terminal.press("\x03")
    terminal.wait_for("ctrl+q")
    assert terminal.program.poll() is None


def test_a_dropped_line_ends_the_program(opened: Opened) -> None:
    """When the terminal goes away, so does the program."""
    terminal = opened()
    os.killpg(terminal.program.pid, 1)
    terminal.listen(5.0)
    assert terminal.program.wait(10) is not None


def test_only_known_sequences(opened: Opened) -> None:
    """Nothing but moves, colours, erasing and modes is sent; above all no titles and no clipboard."""
    terminal = opened()
    terminal.press("\r")
    terminal.wait_for("of 2,")
    terminal.press("\x1b[6~")
    terminal.press("G")
    terminal.listen(2.0)
    known = re.compile(rb"\x1b\[[0-9;]*[HmKCJ]|\x1b\[[?>=<][0-9;]*[a-z$]+|\x1b\[[?][0-9]+\$p|\x1b\]22;[a-z]+(?:\x07|\x1b\\)|\x1b\[c|\x1b_G[^\x1b]*\x1b\\")
    rest = known.sub(b"", terminal.read)
    strange = [rest[at.start() : at.start() + 20] for at in re.finditer(rb"[\x00-\x1f\x7f]", rest)]
    assert strange == []
