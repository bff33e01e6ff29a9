"""What a start imports."""

import subprocess
import sys

import pytest

PATIENCE_S = 60

HEAVY = (
    "click", "httpx", "pygments", "rapidfuzz", "regex", "sqlite_utils", "starlette", "uvicorn",
    "imptui.cloud", "imptui.cli.command", "imptui.client.session", "imptui.client.calls", "imptui.client.codec", "imptui.client.login",
    "imptui.fleet.deployments.deploy", "imptui.fleet.operations.account_operations",
    "imptui.cache.migrations", "imptui.query.terms", "imptui.domain.review_mark", "imptui.tui.screens.help",
)  # fmt: skip
"""What the first screen of the console can be painted without, and its keys obeyed."""

START = """
import sys
import imptui.cli.console, imptui.cli.connect, imptui.tui.app, imptui.tui.terminal.frame_driver
from imptui.tui.commands.catalogue import commands_of
commands_of("fleet")
"""


def lines_of(script: str) -> list[str]:
    """Return the lines that a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    return done.stdout.splitlines()


def test_the_first_screen_loads_nothing_heavy() -> None:
    """The first screen loads nothing that only later screens and calls need."""
    loaded = set(lines_of(START + "print(*sys.modules, sep='\\n')"))
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("module", ["imptui.client", "imptui.client.central"])
def test_the_client_leaves_httpx_alone(module: str) -> None:
    """Importing the client blocks no module: httpx is stripped only where the client imports it."""
    assert lines_of(f"import sys, {module}; print('httpx._main' in sys.modules)") == ["False"]


def test_httpx_comes_without_its_command_line() -> None:
    """The client loads httpx without click and rich, which only the command line of httpx needs."""
    script = "import sys, imptui.client.connection; print(*(name in sys.modules for name in ('httpx', 'click', 'rich')))"
    assert lines_of(script) == ["True False False"]
