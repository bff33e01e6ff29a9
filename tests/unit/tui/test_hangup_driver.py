"""A file whose other end goes."""

import errno
import io

import pytest

from imptui.tui.terminal.hangup_driver import HangupSafeFile


class Broken(io.StringIO):
    """A terminal that is gone."""

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_terminal_that_is_gone_is_told_of_once() -> None:
    """Whatever is written after the end of a terminal is dropped, and the end is told of once."""
    told: list[str] = []
    file = HangupSafeFile(Broken(), lambda: told.append("gone"))
    for _ in range(100):
        assert file.write("text") == 4
        file.flush()
    assert told == ["gone"]


def test_a_terminal_that_is_there_gets_everything() -> None:
    """What is written to a terminal arrives there."""
    terminal = io.StringIO()
    file = HangupSafeFile(terminal, pytest.fail)
    file.write("text")
    file.flush()
    assert terminal.getvalue() == "text"
