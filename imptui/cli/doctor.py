"""doctor: what was detected of this terminal and this installation, and what follows."""

import locale
import os
import re
import select
import sys
from time import monotonic

import click

from imptui import __version__
from imptui.cli.options import Options
from imptui.cli.plain import safe_text, sentences
from imptui.tui.present.line_speed import ASK, LineSpeed, speed_of

PATIENCE_S = 3.0
"""How long a terminal may take to answer."""


@click.command()
@click.pass_obj
def doctor(options: Options) -> None:
    """Say what was detected of the terminal, and where things are kept; meant to be pasted into a question."""
    with sentences():
        context = options.named_context()
        locations = options.locations
        facts = [
            ("imptui", f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}"),
            ("TERM", os.environ.get("TERM", "not set")),
            ("COLORTERM", os.environ.get("COLORTERM", "not set")),
            ("NO_COLOR", "set: no colours" if os.environ.get("NO_COLOR") else "not set"),
            ("encoding", f"{locale.getpreferredencoding(False)} (ASCII borders when not UTF-8)"),
            ("over SSH", "yes: the mouse is off" if "SSH_CONNECTION" in os.environ else "no"),
            ("line", _line_words()),
            ("inside", "tmux" if "TMUX" in os.environ else "screen" if os.environ.get("TERM", "").startswith("screen") else "-"),
            ("data folder", str(locations.root)),
            ("settings", f"{locations.settings}{'' if locations.settings.exists() else ' (none: defaults)'}"),
            ("context", f"{context.name} at {context.endpoint}"),
            ("access", options.read_only_because(context) or "changes are allowed"),
        ]
        for name, value in facts:
            click.echo(f"{name:<12} {safe_text(value)}")


def _line_words() -> str:
    """How fast the line to the terminal is, measured, and what follows."""
    speed = measured_line()
    if speed is None:
        return "not measured: there is no terminal, or it does not answer"
    follows = "slow: fewer frames and colours over SSH, or with --slow" if speed.is_slow else "quick enough for every frame"
    return f"{speed.words} ({follows})"


def measured_line() -> LineSpeed | None:
    """Ask the terminal twice, behind four kilobytes that change nothing and behind nothing; None where nobody answers."""
    if os.name != "posix" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    import termios
    import tty

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle, termios.TCSANOW)
        load = "\x1b[m" * 1365
        loaded_s = _answer_s(handle, load + ASK)
        way_s = _answer_s(handle, ASK) if loaded_s is not None else None
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, before)
    return speed_of(loaded_s, way_s, len(load)) if loaded_s is not None and way_s is not None else None


def _answer_s(handle: int, question: str) -> float | None:
    sys.stdout.write(question)
    sys.stdout.flush()
    asked_at, answer = monotonic(), b""
    while (left_s := asked_at + PATIENCE_S - monotonic()) > 0:
        if not select.select([handle], [], [], left_s)[0]:
            return None
        answer += os.read(handle, 1024)
        if re.search(rb"\x1b\[\d+;\d+R", answer):
            return monotonic() - asked_at
    return None


MODES_OFF = "".join(f"\x1b[?{mode}l" for mode in (1049, 1000, 1002, 1003, 1004, 1006, 1015, 2004, 2026))
"""Alternate screen, mouse, focus, bracketed paste, synchronised output: what a console turns on."""


@click.command(name="reset-terminal")
def reset_terminal() -> None:
    """Put a terminal right that was left behind by a console whose line broke: mouse codes, no cursor, no echo."""
    sys.stdout.write(f"{MODES_OFF}\x1b[<u\x1b[?7h\x1b[?25h\x1b[m")
    sys.stdout.flush()
    if sys.stdin.isatty():
        import termios

        handle = sys.stdin.fileno()
        settings = termios.tcgetattr(handle)
        settings[0] |= termios.ICRNL
        settings[1] |= termios.OPOST
        settings[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
        termios.tcsetattr(handle, termios.TCSANOW, settings)
