"""What a start does not need is not loaded by it: modules of the standard library that come late, and others not at all."""

import subprocess
import sys

import pytest

from imptui.cli.deferred import DEFERRED

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
from imptui.cli.deferred import Deferred, defer
defer()
import imptui.cli.console, imptui.cli.connect, imptui.tui.app, imptui.tui.terminal.frame_driver
from imptui.tui.commands.catalogue import commands_of
commands_of("fleet")
"""


def told(script: str) -> list[str]:
    """The lines that an interpreter of its own prints."""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    return done.stdout.splitlines()


def test_the_first_screen_loads_nothing_heavy() -> None:
    """What is needed later only is not loaded before the first screen."""
    loaded = set(told(START + "print(*sys.modules, sep='\\n')"))
    assert [name for name in HEAVY if name in loaded] == []


def test_the_named_modules_come_late() -> None:
    """The first screen needs nothing of the modules that are deferred."""
    script = START + "print(*(name for name, each in sys.modules.items() if type(each) is Deferred), sep='\\n')"
    assert {"ssl", "ipaddress", "asyncio.sslproto"} <= set(told(script)) <= DEFERRED


@pytest.mark.parametrize(
    "use", ["ssl.SSLContext", "ssl.create_default_context()", "ipaddress.ip_address('::1')", "locale.getlocale()"]
)
def test_what_was_deferred_is_there_when_it_is_used(use: str) -> None:
    """A module that is asked for something is loaded, and then is like any other."""
    name = use.partition(".")[0]
    script = (
        f"import sys\nfrom imptui.cli.deferred import defer\ndefer()\nimport asyncio, {name}\n{use}\n"
        f"print(type({name}).__name__, {name} is sys.modules['{name}'], type({name}.__spec__.loader).__name__)"
    )
    assert told(script) == ["module True SourceFileLoader"]


def test_names_can_be_taken_from_what_was_deferred() -> None:
    """`from ssl import ...` works, and a name that is not there is an error as ever."""
    script = (
        "from imptui.cli.deferred import defer\ndefer()\nfrom ssl import SSLContext, CERT_REQUIRED\nimport bz2\n"
        "print(SSLContext.__name__, hasattr(bz2, 'nothing'), hasattr(bz2, 'compress'))"
    )
    assert told(script) == ["SSLContext False True"]


def test_threads_that_ask_at_once_all_get_it() -> None:
    """Who asks while another thread loads waits for it."""
    script = (
        "from imptui.cli.deferred import defer\ndefer()\nimport ssl, threading\nfound = []\n"
        "begin = threading.Barrier(8)\n"
        "def ask():\n    begin.wait()\n    found.append(ssl.TLSVersion.TLSv1_3.name)\n"
        "threads = [threading.Thread(target=ask) for _ in range(8)]\n"
        "[each.start() for each in threads]\n[each.join() for each in threads]\nprint(*found)"
    )
    assert told(script) == [" ".join(["TLSv1_3"] * 8)]
