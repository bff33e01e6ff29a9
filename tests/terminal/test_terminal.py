"""The console in a real pseudo-terminal: keys, sizes, kinds of terminal, signals, and a service that goes and comes."""

import re
import shutil
import signal
import subprocess
import sys

import pytest

from imptui.cli.exit_codes import ExitCode
from imptui.cloud.admin import open_world
from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal

DOWN, PAGE_DOWN, CTRL_Q = "\x1b[B", "\x1b[6~", "\x11"


@pytest.fixture
def sits_at():
    """How to start the command in a terminal; all are closed at the end."""
    opened = []

    def start(*words, **how):
        opened.append(Sitting([str(word) for word in words], **how))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """A data folder in which the demonstration was opened once."""
    home = tmp_path_factory.mktemp("demonstration")
    subprocess.run([sys.executable, "-m", "imptui", "--data-dir", home, "ls", "products"], check=True, capture_output=True)
    return home


@pytest.fixture
def console(sits_at, demonstration, tmp_path):
    """How to open the console on a demonstration of its own, until its devices are counted."""

    def start(*words, **how):
        home = tmp_path / f"home-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(demonstration, home)
        terminal = sits_at("--data-dir", home, *words, **how)
        terminal.waits_for("2,562")
        return terminal

    return start


class Engine:
    """An engine on a port that can be killed and started again, on the same port and the same world."""

    def __init__(self, path):
        self._path = path
        self.port = 0
        open_world(path, fleet="empty", devices=15).close()
        self.start()

    def start(self):
        """Serve; the first time on a free port, then on the same."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "imptui", "serve", "--port", str(self.port), "--database", self._path],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self.endpoint = self.process.stdout.readline().split()[-1]
        self.port = int(self.endpoint.rsplit(":", 1)[1].split("/")[0])

    def kill(self):
        """Gone, without a goodbye."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def engine(tmp_path):
    """An engine with fifteen devices on a port."""
    made = Engine(tmp_path / "world.sqlite")
    yield made
    made.kill()


def opened_list(terminal):
    """From the tree to the devices of everything."""
    terminal.types("\t")
    terminal.waits_for("Name")
    terminal.waits_for("0001")


def cursor_position(terminal):
    found = re.search(r"([\d,]+) of ([\d,]+)", terminal.text())
    return int(found[1].replace(",", "")) if found else None


def test_a_working_session_in_eighty_columns(console):
    """Open, move, filter, open a device, go back, help, quit: by keys alone, and the terminal is left as it was found."""
    terminal = console()
    opened_list(terminal)
    terminal.types("j" + DOWN + PAGE_DOWN)
    terminal.waits_for(lambda: (cursor_position(terminal) or 0) > 3)
    terminal.types("/")
    terminal.waits_for("Esc")
    terminal.types("climate")
    terminal.waits_for("filter: climate")
    terminal.waits_for("0001", gone=True)
    terminal.types("\r")
    terminal.waits_for("climate chamber")
    terminal.types("\r")
    terminal.waits_for("IP address")
    assert "climate chamber" in terminal.text()
    terminal.types("\x1b")
    terminal.waits_for("IP address", gone=True)
    terminal.types("?")
    terminal.waits_for("Help")
    terminal.types("\x1b")
    terminal.waits_for("Help:", gone=True)
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    assert terminal.left_behind() == []


def test_the_first_start_asks_nothing(sits_at, tmp_path):
    """With an empty data folder the console opens on the demonstration, without a question."""
    terminal = sits_at("--data-dir", tmp_path / "never" / "used")
    terminal.waits_for("2,562")
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0


def test_a_window_that_shrinks_and_grows(console):
    """At 20 by 5 nothing breaks; back at 80 by 24 everything is there again, and keys work."""
    terminal = console()
    terminal.resize(20, 5)
    terminal.waits_for("Too small")
    terminal.types("j")
    terminal.resize(80, 24)
    terminal.waits_for("2,562")
    terminal.waits_for("400 US SKU")
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0


@pytest.mark.parametrize("kind", ["xterm", "linux", "screen-256color", "vt220"])
def test_kinds_of_terminal(console, kind):
    """On old and plain terminals the console opens, is used and leaves; sixteen colours get no others."""
    terminal = console(TERM=kind)
    opened_list(terminal)
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    assert terminal.left_behind() == []
    if kind in ("xterm", "linux"):
        assert re.search(rb"[;\[][34]8;[25];", terminal.received) is None


def test_the_cursor_is_where_one_chooses(console):
    """The terminal's own cursor, which screen readers follow, is on the chosen line of a menu, and on the button with the keys."""
    terminal = console()

    def at_cursor() -> str:
        return terminal.screen.display[terminal.screen.cursor.y][terminal.screen.cursor.x :]

    opened_list(terminal)
    terminal.types("s")
    terminal.waits_for("Sort by")
    terminal.waits_for(lambda: "State" in at_cursor())
    terminal.rests(0.5)  # a dialog that was just opened takes no keys
    terminal.types(DOWN)
    terminal.waits_for(lambda: "Name  now" in at_cursor())
    terminal.types("\x1b")
    terminal.waits_for("Sort by", gone=True)
    terminal.types("1")
    terminal.waits_for("400 US SKU")
    terminal.types("q")
    terminal.waits_for("Quit imptui?")
    terminal.waits_for(lambda: at_cursor().startswith("[ Cancel ]"))
    terminal.rests(0.5)
    terminal.types("\t")
    terminal.waits_for(lambda: at_cursor().startswith("[ Quit ]"))


def test_no_colour_at_all(console):
    """With NO_COLOR, not a single colour is sent."""
    terminal = console(NO_COLOR="1")
    opened_list(terminal)
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    colours = re.findall(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m", terminal.received)
    assert colours == []


def test_an_encoding_without_borders(console):
    """Where the locale is not UTF-8, only ASCII is sent."""
    terminal = console(LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0
    assert terminal.received.isascii()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(console, number):
    """Terminated or hung up, the console ends, and the terminal is as it was found."""
    terminal = console()
    terminal.process.send_signal(number)
    assert terminal.ends() == 128 + number
    assert terminal.left_behind() == []
    assert "Traceback" not in terminal.text()


def test_a_window_that_is_closed_ends_the_console(console):
    """When the line breaks, no console is left running without a terminal."""
    assert console().hangs_up() != 0


def test_a_window_that_shrinks_and_grows_at_once(console):
    """A terminal that was small for a moment lost what it showed; it is painted anew."""
    terminal = console()
    terminal.resize(20, 5)
    terminal.resize(80, 24)
    terminal.waits_for("2,562")
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0


def test_reading_only_is_always_seen(console):
    """With --readonly the header says so, with the reason."""
    terminal = console("--readonly")
    terminal.waits_for("RO")


def test_over_ssh_the_mouse_stays_the_terminals(console):
    """Where a line is long, selecting text with the mouse works as ever: the console asks for no mouse."""
    assert b"\x1b[?1000h" in console().received
    over_ssh = console(SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22")
    assert b"\x1b[?1000h" not in over_ssh.received
    over_ssh.types("\x1b[20~")
    over_ssh.waits_for("The mouse is on")
    assert b"\x1b[?1000h" in over_ssh.received
    over_ssh.types("\x1b[20~")
    over_ssh.waits_for("The mouse is off")


def test_a_terminal_that_can_do_nothing(sits_at, tmp_path):
    """TERM=dumb gets a sentence, exit code 2 and not one escape code."""
    terminal = sits_at("--data-dir", tmp_path / "home", TERM="dumb")
    assert terminal.ends() == 2
    assert "Plain commands work" in terminal.text().replace("\n", "")
    assert b"\x1b" not in terminal.received


def test_an_unknown_theme_is_said_before_the_screen(sits_at, tmp_path):
    """A theme that does not exist: one sentence, and the screen was never taken."""
    terminal = sits_at("--data-dir", tmp_path / "home", "--theme", "sepia")
    assert terminal.ends() == ExitCode.OTHER
    assert "sepia" in terminal.text()
    assert b"\x1b[?1049h" not in terminal.received


def test_a_password_is_not_echoed(sits_at, engine, tmp_path):
    """In a terminal the password is asked for, and typing it shows nothing."""
    terminal = sits_at(
        "--data-dir", tmp_path / "home", "login", "--endpoint", engine.endpoint, "--username", "demo", "--name", "farm"
    )
    terminal.waits_for("Password")
    terminal.types("demo-not-shown\r")
    assert terminal.ends() == ExitCode.REFUSED
    assert b"not-shown" not in terminal.received


def test_a_service_that_goes_and_comes_back(sits_at, engine, tmp_path):
    """Killed, the list stays, the header says so and of when it is; started again, the console finds it by itself."""
    home = tmp_path / "home"
    subprocess.run(
        [sys.executable, "-m", "imptui", "--data-dir", home, "login", "--endpoint", engine.endpoint, "--username", "demo"],
        input=b"demo\n",
        check=True,
        capture_output=True,
    )
    terminal = sits_at("--data-dir", home)
    terminal.waits_for("as of ")
    terminal.types("\t")
    terminal.waits_for(lambda: len(listed_in(terminal)) == 15)
    listed = listed_in(terminal)
    engine.kill()
    terminal.types("R")
    terminal.waits_for("no connection")
    assert listed_in(terminal) == listed
    assert re.search(r"as of \d\d:\d\d", terminal.text())
    engine.start()
    terminal.waits_for("no connection", gone=True)
    assert listed_in(terminal) == listed
    terminal.types(CTRL_Q)
    assert terminal.ends() == 0


def listed_in(terminal):
    """The ids on the screen."""
    return set(re.findall(r"50000c2a69\w{6}", terminal.text()))
