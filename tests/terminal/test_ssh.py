"""The console under real OpenSSH, over a line of 9,600 bits a second, in 80 by 24."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.terminal.secure_shell import SSHD, Server, SlowLine
from tests.terminal.sitting import PATIENCE_S, Sitting

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(SSHD is None or shutil.which("ssh") is None, reason="OpenSSH is not installed"),
]

BITS_PER_S = 9_600
MARGIN_S = 2.0
"""For the program, on a busy machine, on top of the time that the bytes take on the line."""
MOST_BYTES = 6_500
"""No screen of 80 by 24 weighs more, packed and signed by SSH."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An sshd for these tests."""
    found = Server(tmp_path_factory.mktemp("sshd"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demonstration was opened once."""
    home = tmp_path_factory.mktemp("demonstration")
    subprocess.run([sys.executable, "-m", "imptui", "--data-dir", home, "ls", "products"], check=True, capture_output=True)
    return home


class Technician:
    """Somebody at the far end of a slow line."""

    def __init__(self, server: Server, home: Path, folder: Path) -> None:
        self.line = SlowLine(server.port)
        self._pid = folder / "pid"
        console = shlex.join([sys.executable, "-m", "imptui", "--data-dir", str(home)])
        script = (
            f"cd {shlex.quote(str(Path.cwd()))}; export LC_ALL=C.UTF-8; stty -g > {folder}/before; echo $$ > {self._pid}; "
            f"{console}; echo $? > {folder}/code; stty -g > {folder}/after"
        )
        self.terminal: Sitting = server.sitting(self.line.port, script)

    def sees(self, what: str | Callable[[], object], *, keys: str = "", gone: bool = False) -> None:
        """Press keys; what is wanted must be readable in the time that its bytes take on the line, and they are few."""
        before = self.line.came_bytes
        if keys:
            self.terminal.types(keys)
        began = monotonic()
        self.terminal.waits_for(what, gone=gone)
        took_s, sent = monotonic() - began, self.line.came_bytes - before
        assert took_s <= (sent + len(keys) * 100) / (BITS_PER_S / 10) + MARGIN_S, f"{keys!r}: {took_s:.1f} s for {sent} bytes"
        assert sent <= MOST_BYTES, f"{keys!r}: {sent} bytes"

    def position(self) -> int:
        """Where the cursor is in the list."""
        found = re.search(r"([\d,]+) of [\d,]+", self.terminal.text())
        return int(found[1].replace(",", "")) if found else 0

    def server_processes(self) -> list[str]:
        """What still runs at the other end."""
        said = subprocess.run(
            ["ps", "-o", "pid=,args=", "-g", self._pid.read_text().strip()], capture_output=True, text=True, check=False
        )
        return said.stdout.splitlines()


@pytest.fixture
def technician(server: Server, demonstration: Path, tmp_path: Path) -> Iterator[Technician]:
    """Logged in, the console open, and from then on a slow line."""
    home = tmp_path / "home"
    shutil.copytree(demonstration, home)
    person = Technician(server, home, tmp_path)
    try:
        person.terminal.waits_for("2,562")
        person.terminal.quietens(0.3, 2.0)
        person.line.slow_down(BITS_PER_S)
        yield person
    finally:
        person.line.cut()
        person.terminal.close()


def test_a_working_session_over_a_slow_line(technician: Technician, tmp_path: Path) -> None:
    """Browse, filter, open a device, read code and deploy: readable as fast as the line allows, no key is lost."""
    terminal = technician.terminal
    technician.sees("of 2,", keys="\r")
    technician.sees(lambda: technician.position() == 8, keys="jjjjjjj")
    technician.sees("Esc", keys="/")
    technician.sees("filter: meter 0002", keys="meter 0002")
    technician.sees("Enter keep", keys="\r", gone=True)
    technician.sees("IP address", keys="\r")
    technician.sees("Deployments of", keys="b")
    technician.sees("Energy register fix")
    technician.sees("line 1 of 122", keys="\r")
    technician.sees("line 1 of", keys="\x1b[6~", gone=True)
    technician.sees("Deployments of", keys="\x1b")
    terminal.types("j")
    technician.sees("Review for 400 RoW SKU", keys="B")
    technician.sees("change 0 of", keys="5")
    terminal.quietens(1.0, 5.0)
    technician.sees("Type 400 RoW SKU", keys="P")
    terminal.rests(1.0)
    technician.sees(lambda: terminal.text().count("│ 400 RoW SKU ") == 1, keys="400 RoW SKU")
    technician.sees("[ Deploy ]", keys="\r")
    technician.sees("Rollout of", keys="\r")
    terminal.types("\x11")
    assert terminal.ends() == 0
    assert terminal.left_behind() == []
    assert (tmp_path / "code").read_text() == "0\n"
    assert "Traceback" not in terminal.text()
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()


@pytest.mark.parametrize("how", ["cut", "killed"])
def test_a_line_that_breaks_leaves_nothing_running(technician: Technician, how: str) -> None:
    """In the midst of painting the line breaks, or the window is killed: nothing is left running at the other end."""
    technician.terminal.types("\r\x1b[6~\x1b[6~?")
    technician.terminal.rests(0.4)
    if how == "cut":
        technician.line.cut()
    else:
        technician.terminal.process.kill()
    end = monotonic() + PATIENCE_S
    while any("imptui" in line for line in technician.server_processes()):
        assert monotonic() < end, technician.server_processes()
        sleep(0.2)
