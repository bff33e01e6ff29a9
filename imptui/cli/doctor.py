"""Command doctor: report what was detected of this terminal, this machine and this installation, and what follows."""

import locale
import os
import re
import select
import sys
from time import monotonic

import click

from imptui import __version__
from imptui.cli.exit_codes import LOCAL, ExitCode, exits
from imptui.cli.machine import folder_words, lock_words, room_words, sqlite_words, working_folder_words
from imptui.cli.options import Options
from imptui.cli.runner import safe_text, sentences
from imptui.config.settings import Settings
from imptui.config.themes import theme_for, why_ascii
from imptui.tui.terminal.connection_speed import ASK, ConnectionSpeed, speed_of
from imptui.tui.terminal.modes import RESTORED

SYNCHRONISED = "\x1b[?2026$p"
"""Asks whether the terminal has synchronised output; those that do not know the question leave it unanswered."""

PATIENCE_S = 3.0
"""Seconds that a terminal may take to answer."""


@click.command(epilog=exits(*LOCAL, ExitCode.NOT_FOUND, words={ExitCode.NOT_FOUND: "no such context"}))
@click.pass_obj
def doctor(options: Options) -> None:
    """Say what was detected of the terminal, and where things are kept; meant to be pasted into a question."""
    with sentences():
        context = options.named_context()
        locations, settings = options.locations, options.settings()
        facts = [
            ("imptui", f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}"),
            ("TERM", os.environ.get("TERM", "not set")),
            ("COLORTERM", os.environ.get("COLORTERM", "not set")),
            ("NO_COLOR", "set: no colours" if os.environ.get("NO_COLOR") else "not set"),
            ("encoding", locale.getpreferredencoding(False)),
            ("theme", _theme_words(settings)),
            ("letters", _letter_words(settings)),
            ("size", _size_words()),
            ("over SSH", "yes" if "SSH_CONNECTION" in os.environ else "no"),
            ("mouse", _mouse_words(settings)),
            ("clipboard", settings.clipboard),
            ("line", _line_words()),
            ("updates", _update_words()),
            ("inside", "tmux" if "TMUX" in os.environ else "screen" if os.environ.get("TERM", "").startswith("screen") else "-"),
            ("SQLite", sqlite_words()),
            ("data folder", f"{locations.root}: {folder_words(locations.root)}"),
            *[
                (name, str(folder))
                for name, folder in (
                    ("config in", locations.config_folder),
                    ("state in", locations.state_folder),
                    ("cache in", locations.cache_folder),
                )
                if folder is not None
            ],
            ("room", room_words(locations.root)),
            ("locks", lock_words(locations.root)),
            ("working in", working_folder_words()),
            ("settings", f"{locations.settings}{'' if locations.settings.exists() else ' (none: defaults)'}"),
            ("context", f"{context.name} at {context.endpoint}"),
            ("access", options.read_only_because(context) or "changes are allowed"),
        ]
        for name, value in facts:
            click.echo(f"{name:<12} {safe_text(value)}")


def _theme_words(settings: Settings) -> str:
    if settings.theme is not None:
        return f"{settings.theme}, as it was wished for"
    name, why = theme_for(os.environ)
    return f"ansi, for a slow line (else {name})" if settings.slow and name == "dark" else f"{name}: {why}"


def _letter_words(settings: Settings) -> str:
    """Return the letters of borders, icons and sparklines, with the reason."""
    if settings.ascii is not None:
        return "ASCII, as it was wished for" if settings.ascii else "UTF-8, as it was wished for"
    why = why_ascii(os.environ, getattr(sys.__stdout__, "encoding", None))
    return "UTF-8" if why is None else f"ASCII: {why}"


def _size_words() -> str:
    if not sys.stdout.isatty():
        return "not known: standard output is no terminal"
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    return f"{columns}x{lines}"


def _mouse_words(settings: Settings) -> str:
    if settings.mouse is not None:
        return f"{'on' if settings.mouse else 'off'}, by the settings; f9 switches"
    return "off, over SSH; f9 switches" if "SSH_CONNECTION" in os.environ else "on; f9 switches"


def _update_words() -> str:
    """Return how the terminal shows updates: at once or not, and how it erases."""
    from imptui.tui.terminal.cells import can_erase_coloured

    erasing = "erases" if can_erase_coloured(os.environ.get("TERM", "")) else "does not erase"
    answer = _answer(SYNCHRONISED + ASK)
    if answer is None:
        whole = "not known whether at once"
    else:
        has = re.search(rb"\x1b\[\?2026;[1-3]\$y", answer) is not None
        whole = "shown at once (mode 2026)" if has else "as they come (no mode 2026)"
    return f"{whole}; {erasing} in colour (bce of terminfo)"


def _line_words() -> str:
    """Measure the line to the terminal; return its speed and the consequence."""
    speed = measured_line()
    if speed is None:
        return "not measured: there is no terminal, or it does not answer"
    follows = "slow: fewer frames and colours over SSH, or with --slow" if speed.is_slow else "quick enough for every frame"
    return f"{speed.words} ({follows})"


def measured_line() -> ConnectionSpeed | None:
    """Ask the terminal twice, behind four kilobytes that change nothing and behind nothing; None where nobody answers."""
    load = "\x1b[m" * 1365
    loaded_s = _answer_s(load + ASK)
    way_s = _answer_s(ASK) if loaded_s is not None else None
    return speed_of(loaded_s, way_s, len(load)) if loaded_s is not None and way_s is not None else None


def _answer_s(question: str) -> float | None:
    """Return the seconds until the terminal answers; None: it does not."""
    asked_at = monotonic()
    return monotonic() - asked_at if _answer(question) is not None else None


def _answer(question: str) -> bytes | None:
    """Ask the terminal a question that ends in `ASK`; return its answer, or None without a terminal or an answer."""
    if os.name != "posix" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    import termios
    import tty

    handle, answer = sys.stdin.fileno(), b""
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle, termios.TCSANOW)
        sys.stdout.write(question)
        sys.stdout.flush()
        until = monotonic() + PATIENCE_S
        while (left_s := until - monotonic()) > 0 and select.select([handle], [], [], left_s)[0]:
            answer += os.read(handle, 1024)
            if re.search(rb"\x1b\[\d+;\d+R", answer):
                return answer
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, before)
    return None


@click.command(name="reset-terminal", epilog=exits(*LOCAL))
def reset_terminal() -> None:
    """Put a terminal right that was left behind by a console whose line broke: mouse codes, no cursor, no echo."""
    sys.stdout.write(RESTORED)
    sys.stdout.flush()
    if sys.stdin.isatty():
        import termios

        handle = sys.stdin.fileno()
        settings = termios.tcgetattr(handle)
        settings[0] |= termios.ICRNL
        settings[1] |= termios.OPOST
        settings[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
        termios.tcsetattr(handle, termios.TCSANOW, settings)
