"""Programs in a terminal and what is done in them, so that what each thing costs can be weighed alike."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tests.speed.starting import PEERS
from tests.terminal.floor import least_bytes
from tests.terminal.pictures import Picture
from tests.terminal.sitting import Burst, Sitting

ROOT = Path(__file__).parents[2]
DOWN, PAGE = "{down}", "{page}"
"""Keys that terminals name differently."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program, how to see that it is there, and keys that do what is weighed."""

    name: str
    command: list[str]
    ready: str
    begin: tuple[tuple[str, str], ...] = ()
    """Keys before anything is weighed, each with the text that follows."""
    keys: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """By what is weighed: keys before, the keys that are weighed, keys after."""
    ticks: str | None = None
    """Keys that let it change by itself; None when it never does."""


MOVES = {"key down": ("", DOWN, ""), "page down": ("", PAGE, "")}


def imptui(folder: Path, cells: int) -> Program:
    """Ours, on the demonstration, in the list of all devices, live values paused."""
    begin = (("\r", "of 2,"),) if cells < 120 else ()
    keys = {
        **MOVES,
        "filter opened": ("", "/", "\x1b"),
        "filter letter": ("/", "c", "\x1b"),
        "dialog": ("", "s", "\x1b"),
        "dialog closed": ("s", "\x1b", ""),
        "help": ("", "?", "\x1b"),
    }
    command = [sys.executable, "-m", "imptui", "--data-dir", str(folder)]
    return Program("imptui", command, "2,562", (*begin, ("p", "paused")), keys, ticks="p")


def peers() -> list[Program]:
    """What stands beside ours, as far as it is installed."""
    found = [
        Program("htop", ["htop"], "F10", (), {**MOVES, "filter letter": ("\\", "a", "\x1b")}, ticks=""),
        Program(
            "tig",
            ["env", f"GIT_DIR={ROOT / '.git'}", "tig"],
            "[main]",
            (),
            {"key down": ("", "j", ""), "page down": ("", " ", "")},
        ),
        Program("minimal Textual", [sys.executable, PEERS, "minimal"], "READY", (), {"key down": ("", DOWN, "")}),
        Program("DataTable, 1,000 rows", [sys.executable, PEERS, "refresh", "1000"], "0000010", (), MOVES, ticks=""),
    ]
    return [each for each in found if shutil.which(each.name) or each.command[0] == sys.executable]


def key_names(kind: str) -> dict[str, str]:
    """What the keys of a kind of terminal send."""
    answer = {name: subprocess.run(["tput", f"-T{kind}", code], capture_output=True, check=False).stdout.decode()
              for name, code in (("down", "kcud1"), ("page", "knp"))}  # fmt: skip
    return {"down": answer["down"] or "\x1b[B", "page": answer["page"] or "\x1b[6~"}


@dataclass(slots=True)
class Weighed:
    """What one sitting cost."""

    first: Burst
    by_key: dict[str, list[Burst]]
    ticks: list[Burst]
    idle_bytes: int
    idle_s: float
    fields_changed: int = 0
    """How many fields changed in all ticks."""


def weigh(program: Program, cells: int, rows: int, *, times: int, ticks: int, idle_s: float, **environ: str) -> Weighed:
    """Start a program, do each thing some times, watch it tick and idle."""
    terminal = Sitting(command=program.command, cells=cells, rows=rows, **{"COLUMNS": "", "LINES": "", **environ})
    names = key_names(environ.get("TERM", "xterm-256color"))
    try:
        first = _first(terminal, program.ready)
        for keys, shown in program.begin:
            terminal.types(keys)
            terminal.waits_for(shown)
        if program.name == "imptui":  # others may have the word on their screen for good
            terminal.waits_for(lambda: "reading" in terminal.screen.display[0], gone=True)
        terminal.quietens(1.5, 6.0)
        by_key = {what: [_done(terminal, *keys, names) for _ in range(times)] for what, keys in program.keys.items()}
        terminal.quietens(0.5, 3.0)
        idle_bytes = len(terminal.rests(idle_s))
        weighed = Weighed(first, by_key, [], idle_bytes, idle_s)
        if program.ticks is not None and ticks:
            terminal.types(program.ticks)
            terminal.rests(2.0)
            for _ in range(ticks):
                weighed.fields_changed += _tick(terminal, weighed.ticks)
        return weighed
    finally:
        terminal.close()


def _first(terminal: Sitting, ready: str) -> Burst:
    terminal.waits_for(ready)
    terminal.quietens(0.12, 2.0)
    blank = Picture.blank(terminal.screen.columns, terminal.screen.lines)
    now = terminal.picture()
    first, last = terminal.came[0][0], terminal.came[-1][0]
    return Burst(
        len(terminal.received),
        least_bytes(blank, now),
        (first - terminal.began) * 1000,
        (last - terminal.began) * 1000,
        now.changed_from(blank),
    )


def _done(terminal: Sitting, before: str, keys: str, after: str, names: dict[str, str]) -> Burst:
    for part in (before,):
        if part:
            terminal.types(part.format(**names))
            terminal.quietens(0.4, 2.0)
    weighed = terminal.burst(keys.format(**names), quiet_s=0.25, limit_s=2.0)
    if after:
        terminal.types(after.format(**names))
        terminal.quietens(0.4, 2.0)
    return weighed


def _tick(terminal: Sitting, ticks: list[Burst]) -> int:
    """One change that came by itself; how many fields it changed."""
    before, place, began = terminal.picture(), len(terminal.received), monotonic()
    if not terminal.read(8.0):
        return 0
    first = terminal.came[-1][0]
    terminal.quietens(0.15, 2.0)
    after = terminal.picture()
    cost = least_bytes(before, after)
    ticks.append(Burst(len(terminal.received) - place, cost, (first - began) * 1000, 0.0, after.changed_from(before)))
    return fields_changed(before, after)


def fields_changed(before: Picture, after: Picture) -> int:
    """Fields of a table that differ: places that changed, with at most two blanks of others between them."""
    count = 0
    for old, new in zip(before.lines, after.lines, strict=True):
        last = -9
        for column, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                count += column - last > 3
                last = column
    return count
