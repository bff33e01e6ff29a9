"""The first thing a console does: paint its last screen, before anything heavy is loaded.

Loading takes some hundred milliseconds; painting what was there at the end of the last sitting takes one. It is painted
only where it means the same: the same words on the command line, size and kind of terminal, colours and letters, and the
same contexts and settings; and it says how old it is. The live console goes on from these cells and sends what differs.

Until then the terminal takes keys without showing them and keeps them for the console; ctrl+c ends as it always does.
This module imports next to nothing at its top: `python -c pass` three times over is all the time there is.
"""

import os
import signal
import stat
import sys
import time
import zlib

from imptui import __version__
from imptui.config.folder import folders, settled
from imptui.tui.present.elapsed import age
from imptui.tui.terminal import frame as frames

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module of this name takes longer to import than all of this
    from collections.abc import Sequence

    from imptui.config.locations import Locations
    from imptui.tui.terminal.frame import Frame

VARIABLES = (
    "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TERM_PROGRAM", "LC_ALL", "LC_CTYPE", "LANG", "PYTHONUTF8",
    "PYTHONIOENCODING", "IMPTUI_ASCII", "IMPTUI_READONLY", "TEXTUAL_COLOR_SYSTEM",
)  # fmt: skip
"""The environment variables that decide how a screen looks."""

KEPT = 12
"""Frames that are kept: one for each size and kind of terminal, the oldest go first."""

INTERRUPTED = 130


class CachedFrameTerminal:
    """The terminal between the first byte and the console.

    Attributes:
        taken: What was painted; None: nothing was.
        settings_before: How the terminal took keys before; None when that was not changed.
    """

    def __init__(self, words: "Sequence[str]", frame: "Frame | None" = None) -> None:
        self._words = tuple(words)
        self.taken = frame
        self.settings_before: list[object] | None = None
        self._is_ours = False
        self._sums: list[int | None] = []

    def paint(self) -> None:
        """Take the terminal, and paint the frame with its age on the bottom line."""
        import termios

        assert self.taken is not None, "there is something to paint"  # noqa: S101 - only `begin` calls this
        self.taken = self.taken.marked(f" as of {age(time.time() - self.taken.drawn_at_s)}, starting...")
        entered = termios.tcgetattr(0)
        self.settings_before = termios.tcgetattr(0)
        entered[3] &= ~(termios.ECHO | termios.ICANON)  # keys wait unseen; ctrl+c is still a signal
        self._is_ours = True
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGHUP, _end)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        termios.tcsetattr(0, termios.TCSANOW, entered)
        sys.stderr.write("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J" + self.taken.painted())
        sys.stderr.flush()

    def hand_over(self) -> None:
        """The console has the terminal now, and gives it back itself."""
        self._is_ours = False

    def give_back(self) -> None:
        """Leave the terminal as it was found, unless the console did or will."""
        if not self._is_ours:
            return
        import termios

        self._is_ours = False
        self.taken = None
        sys.stderr.write("\x1b[m\x1b[?7h\x1b[?1049l\x1b[?25h")
        sys.stderr.flush()
        if self.settings_before is not None:
            termios.tcsetattr(0, termios.TCSANOW, self.settings_before)  # type: ignore[arg-type]  # as it was read
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)

    def settle(self, locations: "Locations") -> None:
        """Contexts and settings are now those that the frames of this sitting belong to; a change of them later is not."""
        self._sums = sums_of(str(locations.contexts), str(locations.settings), str(locations.state))

    def keep(self, frame: "Frame | None", locations: "Locations") -> None:
        """Keep a frame for the next start like this one; what cannot be written is not worth a sentence."""
        if frame is None:
            return
        from imptui.config.locations import write_private

        key = key_of(self._words, (frame.columns, frame.lines), self._sums)
        try:
            write_private(locations.frame(name_of(key)), frame.written(key))
            kept = sorted(locations.frames.glob("*.frame"), key=lambda each: each.stat().st_mtime, reverse=True)
            for each in kept[KEPT:]:
                each.unlink()
        except OSError:
            return


_current = CachedFrameTerminal(())


def current() -> CachedFrameTerminal:
    """The opening of this process."""
    return _current


def begin(words: "Sequence[str]") -> CachedFrameTerminal:
    """Paint the last screen, if there is one for these words on this terminal. Never fails."""
    global _current  # noqa: PLW0603 - a process opens once, and the command must find what was begun before it was loaded
    _current = CachedFrameTerminal(words)
    if os.name == "posix" and all(os.isatty(each) for each in (0, 1, 2)) and os.environ.get("TERM", "dumb") != "dumb":
        try:
            frame = _read(words, folders(_named_folder(words)))
        except (OSError, ValueError):
            frame = None
        if frame is not None:
            _current = CachedFrameTerminal(words, frame)
            _current.paint()
    return _current


def _read(words: "Sequence[str]", places: "Sequence[str]") -> "Frame | None":
    columns, lines = _size()
    data, config, state, cache = places
    files = settled(config, data, "contexts.json"), settled(config, data, "settings.toml"), settled(state, data, "habits.json")
    key = key_of(words, (columns, lines), sums_of(*files))
    text = _own_text(f"{cache}/frames/{name_of(key)}.frame")
    frame = frames.read(text, key) if text is not None else None
    return frame if frame is not None and (frame.columns, frame.lines) == (columns, lines) else None


def sums_of(contexts: str, settings: str, state: str) -> list[int | None]:
    """Return checksums of contexts, settings and session state; a change of one of them makes another screen."""
    return [_sum(path) for path in (contexts, settings, state)]


def key_of(words: "Sequence[str]", size: tuple[int, int], sums: "Sequence[int | None]") -> str:
    """All that must be the same for a frame to mean the same."""
    environ = [os.environ.get(name) for name in VARIABLES]
    return ascii((__version__, tuple(words), size, environ, "SSH_CONNECTION" in os.environ, sums))


def name_of(key: str) -> str:
    """The name of the file for a key."""
    return f"{zlib.crc32(key.encode()):08x}"


def _sum(path: str) -> int | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return zlib.crc32(file.read(frames.LARGEST_BYTES))
    except OSError:
        return None


def _own_text(path: str) -> str | None:
    """Return the text of a file of this user that nobody else may read; None: it is another file."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        is_ours = facts.st_uid == os.geteuid() and not facts.st_mode & 0o077
        if not (stat.S_ISREG(facts.st_mode) and is_ours and facts.st_size <= frames.LARGEST_BYTES):
            return None
        return file.read(frames.LARGEST_BYTES).decode("utf-8")


def _size() -> tuple[int, int]:
    """Columns and lines, as the console will see them."""
    wished = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
    found = os.get_terminal_size(1)
    columns, lines = (int(wish) if wish.isdigit() and int(wish) else own for wish, own in zip(wished, found, strict=True))
    return columns, lines


def _named_folder(words: "Sequence[str]") -> str | None:
    for word, following in zip(words, [*words[1:], ""], strict=False):  # of no words, too
        if word == "--data-dir":
            return following
        if word.startswith("--data-dir="):
            return word.partition("=")[2]
    return None


def _end(number: int, _: object) -> None:
    # No exception: raised in a callback of the interpreter, of which loading has many, it would be printed and forgotten.
    _current.give_back()
    os._exit(128 + number)
