"""A console some of whose streams are no terminal."""

import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal

Runs = Callable[[str], Sitting]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """How a shell starts the console, with something behind the command."""
    opened = []

    def start(behind: str, **environ: str) -> Sitting:
        words = [sys.executable, "-m", "imptui", "--data-dir", str(tmp_path / "home")]
        opened.append(Sitting(command=["sh", "-c", f"{shlex.join(words)} {behind}"], **environ))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_a_file_of_errors_gets_no_screen(runs: Runs, tmp_path: Path) -> None:
    """With `2>file` the console is on the terminal as always, and the file stays empty."""
    file = tmp_path / "errors"
    terminal = runs(f"2>{file}")
    terminal.waits_for("Connected Meter 400")
    terminal.types("\x11")
    assert terminal.ends() == 0
    assert file.read_bytes() == b""


@pytest.mark.parametrize("behind", ["</dev/null", ">/dev/null", "<&-", ">&-"])
def test_without_a_terminal_there_is_a_sentence(runs: Runs, behind: str) -> None:
    """Keys that cannot come, or a screen that cannot be seen: one sentence, exit code 2, and not one escape code."""
    terminal = runs(behind)
    assert terminal.ends() == 2
    assert b"\x1b" not in terminal.received
    assert "The console needs a terminal." in terminal.text()


def test_a_terminal_without_a_kind_is_none(runs: Runs) -> None:
    """An empty TERM is as good as `dumb`."""
    terminal = runs("", TERM="")
    assert terminal.ends() == 2
    assert b"\x1b" not in terminal.received
