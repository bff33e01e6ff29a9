"""From one context to another without leaving the terminal."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An engine with fifteen devices on a port."""
    words = [sys.executable, "-m", "imptui", "serve", "--port", "0", "--fleet", "empty", "--devices", "15"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        yield process.stdout.readline().split()[-1]
        process.kill()


def test_switching_the_context(tmp_path: Path, endpoint: str) -> None:
    """:context goes to another account and back, and the terminal is left as it was found."""
    home = ["--data-dir", str(tmp_path)]
    login = [sys.executable, "-m", "imptui", *home, "login", "--endpoint", endpoint, "--username", "demo", "--name", "farm"]
    subprocess.run(login, input=b"demo\n", check=True, capture_output=True)
    terminal = Sitting([*home, "--context", "demo"])
    terminal.waits_for("2,562")
    terminal.types(":")
    terminal.waits_for("Enter")
    terminal.types("context farm\r")
    terminal.waits_for("15/15")
    terminal.waits_for("farm")
    terminal.types(":")
    terminal.types("ctx\r")
    terminal.waits_for("Switch to")
    terminal.waits_for("demo at embedded")
    terminal.types("\x1b")
    terminal.waits_for("Switch to", gone=True)
    terminal.types("\x11")
    assert terminal.ends() == 0
    assert terminal.left_behind() == []
    terminal.close()
