"""Programs: lexed from 0.1 to 4 MB, compared beside git, and of 1 KB, 100 KB and 4 MB read in the console."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.speed.budgets import Bench, Figure, median
from tests.speed.fleets import demonstration, leave
from tests.speed.squirrel_diff import cases, compared
from tests.speed.squirrel_lexer import TRAPS, lexed_seconds
from tests.speed.squirrel_programs import changed, program
from tests.terminal.sitting import Burst, Sitting

SIZE = 4_000_000
LARGE, MIDDLE, SMALL = "400 2.0 Field Test", "400 US SKU", "400 RoW SKU"
"""The groups that get a large program (twice), one of a usual size, and a small one."""
SIZES = {SMALL: "1 KB", MIDDLE: "100 KB", LARGE: "4 MB"}
KINDS = ("0.1 % changed", "5 % changed", "50 % changed", "dup, 5 %", "hostile")
FIRST, WITHIN, LAST = "// here it begins", "// here is its middle", "// here it ends"
GROWTH = 1.5
"""What a size may cost more than the smallest one, per byte when it is lexed and in all when it is shown."""
AT_ONCE_MS = 50.0
"""A megabyte that is lexed in less takes no time, whatever its size."""

PAGE_OVER_NOTHING = 6.0
"""What painting a page anew may cost beside painting a few lines."""


def lexing(bench: Bench) -> list[Figure]:
    """Seconds for a megabyte, of a small text and of a large one, plausible and hostile: the same when time is linear."""
    large = (SIZE // 4 if bench.is_quick else SIZE) - 1_000
    whole = "\n".join(program(large))
    texts = {"plausible": (whole[: SIZE // 40], whole[:large])}
    for name, (head, piece) in TRAPS.items():
        texts[name] = (head + piece * (SIZE // 40 // len(piece)), head + piece * (large // len(piece)))
    figures = []
    for name, (little, much) in texts.items():
        rounds = ((little, 3), (much, bench.times(2, 1)))
        per_mb = [min(lexed_seconds(text) for _ in range(times)) / len(text) * 1e9 for text, times in rounds]
        what = f"lexing 1 MB of {len(much) / 1e6:.1f} MB, {name}"
        if per_mb[1] < AT_ONCE_MS:  # a tenth of that is too short to be measured, let alone compared
            figures.append(Figure(what, per_mb[1], AT_ONCE_MS, "ms", None, f"{per_mb[0]:.0f} ms for 1 MB of 0.1 MB"))
        else:
            figures.append(Figure(what, per_mb[1], GROWTH, "ms", per_mb[0], "1 MB of 0.1 MB"))
    return figures


def diff(bench: Bench) -> list[Figure]:
    """Two texts of 4 MB, all kinds of change."""
    figures = []
    kinds = [each for each in cases(SIZE // 8 if bench.is_quick else SIZE) if each[0] in KINDS]
    for name, old, new in kinds:
        found = compared(name, old, new, rounds=bench.times(5, 2))
        size = f"{len(old) / 1e6:.1f} MB, {name}"
        if found.git_seconds is not None:
            figures.append(Figure(f"diff, {size}", found.seconds * 1000, 2.5, "ms", found.git_seconds * 1000, "git --histogram"))
        if found.git_lines is not None:
            said = f"git {found.git_algorithm}"
            figures.append(Figure(f"changed lines, {size}", found.lines, 1.01, "lines", found.git_lines, said))
    return figures


def with_code(root: Path) -> Path:
    """The demonstration, with programs of 4 MB and of 1 KB deployed."""
    folder = root / "code"
    if not folder.exists():
        making = folder.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(demonstration(root), making)
        large = program(SIZE - 1_000)
        programs = ((LARGE, large), (LARGE, changed(large, 0.05)), (MIDDLE, program(100_000)), (SMALL, program(800)))
        for group, lines in programs:
            _deploy(making, group, lines)
        making.rename(folder)
    return folder


def _deploy(folder: Path, group: str, lines: list[str]) -> None:
    code = folder / "program.nut"
    # Any of the words may be cut by an edit, so all is a comment that no compiler refuses.
    half = len(lines) // 2
    texts = [FIRST, *(f"// {line}" for line in lines[:half]), WITHIN, *(f"// {line}" for line in lines[half:]), LAST]
    code.write_text("\n".join(texts)[: SIZE + 190_000] + "\n" + LAST + "\n")
    (folder / "empty.nut").write_text("")
    command = [sys.executable, "-m", "imptui", "--data-dir", folder, "deploy", group, "--device", folder / "empty.nut"]
    subprocess.run([*command, "--agent", code, "--yes"], check=True, capture_output=True)


def go_to(terminal: Sitting, group: str) -> None:
    """List a group."""
    terminal.types(":")
    terminal.waits_for("builds")
    terminal.rests(0.6)  # a dialog that just opened takes no keys yet
    terminal.types(f"goto {group}\r")
    terminal.waits_for(lambda: f"{group}  1 of" in terminal.text() or f"{group} 1 of" in terminal.text())
    terminal.quietens(0.3, 2.0)


@dataclass(frozen=True, slots=True)
class Read:
    """A program was opened, looked at and left."""

    first_ms: float
    """From the key to its first line."""
    within_ms: float
    """From Enter behind a search to the line in its middle."""
    last_ms: float
    """From End to its last line."""
    pages: tuple[Burst, ...]
    """What a page down, and one up, sent."""


def read_through(terminal: Sitting) -> Read:
    """Open the group's program, go about in it, and go back."""
    terminal.types("C")
    first = terminal.ms_until(FIRST)
    terminal.quietens(0.3, 1.5)
    pages = tuple(terminal.burst(key, quiet_s=0.15, limit_s=1.0) for key in ("\x1b[6~", "\x1b[6~", "\x1b[5~"))
    terminal.types("g")
    terminal.quietens(0.2, 1.0)
    terminal.types("/" + WITHIN[3:])
    within = terminal.ms_until(f"{WITHIN[3:]}' 1 of 1")
    terminal.types("\r")
    terminal.quietens(0.2, 1.0)
    terminal.types("G")
    last = terminal.ms_until(LAST)
    terminal.quietens(0.2, 1.0)
    terminal.types("\x1b")
    terminal.rests(0.3)
    terminal.types("\x1b")
    terminal.waits_for(LAST, gone=True)
    terminal.quietens(0.3, 1.0)
    return Read(first, within, last, pages)


def open_code(bench: Bench) -> list[Figure]:
    """Programs of three sizes, by turns; all were read before."""
    terminal = Sitting(["--data-dir", str(with_code(bench.folder))], cells=120, rows=40)
    found: dict[str, list[Read]] = {group: [] for group in SIZES}
    try:
        terminal.waits_for("2,587")
        for turn in range(bench.times(6, 3)):
            for group, times in found.items():
                go_to(terminal, group)
                took = read_through(terminal)
                if turn:
                    times.append(took)
        leave(terminal)
    finally:
        terminal.close()
    return [figure for group in (MIDDLE, LARGE) for figure in _beside(found, group)] + [_pages(found, group) for group in SIZES]


def _beside(found: Mapping[str, list[Read]], group: str) -> list[Figure]:
    """What a size costs beside the smallest."""
    size = SIZES[group]
    whats: dict[str, Callable[[Read], float]] = {
        f"opening {size} of code, first paint": lambda read: read.first_ms,
        f"searching {size} of code for a line": lambda read: read.within_ms,
        f"the last line of {size} of code": lambda read: read.last_ms,
    }
    figures = []
    for what, ms in whats.items():
        ours, least = median([ms(read) for read in found[group]]), median([ms(read) for read in found[SMALL]])
        if what.startswith("searching"):
            # It reads all of the text, in pieces between which keys are obeyed: it grows, and is counted in itself.
            figures.append(Figure(what, ours, 1_000, "ms", None, f"{least:.0f} ms for 1 KB"))
        else:
            # A program of 1 KB is on the screen nearly whole: its End moves little, and all others paint a page.
            budget = GROWTH if "first paint" in what else PAGE_OVER_NOTHING
            tried = "lines are split in a thread, colours come behind. Left: all is unpacked and split before the first of it is painted."
            figures.append(Figure(what, ours, budget, "ms", least, "1 KB", tried))
    if group == LARGE:
        ours, usual = (median([read.last_ms for read in found[each]]) for each in (LARGE, MIDDLE))
        figures.append(Figure(f"the last line of {size} of code", ours, GROWTH, "ms", usual, "100 KB"))
    return figures


def _pages(found: Mapping[str, list[Read]], group: str) -> Figure:
    """Bytes to the terminal for a page, beside the least that the same change could cost."""
    pages = [page for read in found[group] for page in read.pages if page.bytes]
    count = max(1, len(pages))
    ours, floor = sum(page.bytes for page in pages) / count, sum(page.floor_bytes for page in pages) / count
    return Figure(f"bytes of a page of {SIZES[group]} of code, 120x40", ours, 1.5, "bytes", floor, "floor of the same screens")
