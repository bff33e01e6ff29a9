"""Programs of 4 MB: compared beside git, and opened in the console beside a program of 1 KB."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.speed.budgets import Bench, Figure, median
from tests.speed.fleets import demonstration, leave
from tests.speed.squirrel_diff import cases, compared
from tests.speed.squirrel_programs import changed, program
from tests.terminal.sitting import Sitting

SIZE = 4_000_000
LARGE, SMALL = "400 2.0 Field Test", "400 RoW SKU"
"""The groups that get a large program (twice) and a small one."""
KINDS = ("0.1 % changed", "5 % changed", "50 % changed", "dup, 5 %", "hostile")
FIRST, LAST = "// here it begins", "// here it ends"


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
        for group, lines in ((LARGE, large), (LARGE, changed(large, 0.05)), (SMALL, program(800))):
            _deploy(making, group, lines)
        making.rename(folder)
    return folder


def _deploy(folder: Path, group: str, lines: list[str]) -> None:
    code = folder / "program.nut"
    # Any of the words may be cut by an edit, so all is a comment that no compiler refuses.
    code.write_text("\n".join([FIRST, *(f"// {line}" for line in lines), LAST])[: SIZE + 190_000] + "\n" + LAST + "\n")
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


def opening_ms(terminal: Sitting) -> tuple[float, float]:
    """Milliseconds from the key to the first line of the group's program, and from End to its last; then back."""
    terminal.types("C")
    first = terminal.ms_until(FIRST)
    terminal.quietens(0.2, 1.0)
    terminal.types("G")
    last = terminal.ms_until(LAST)
    terminal.quietens(0.2, 1.0)
    terminal.types("\x1b")
    terminal.waits_for(LAST, gone=True)
    terminal.quietens(0.3, 1.0)
    return first, last


def open_code(bench: Bench) -> list[Figure]:
    """A program of 4 MB and one of 1 KB, by turns; both were read before."""
    terminal = Sitting(["--data-dir", str(with_code(bench.folder))], cells=120, rows=40)
    try:
        terminal.waits_for("2,587")
        found: dict[str, list[tuple[float, float]]] = {LARGE: [], SMALL: []}
        for turn in range(bench.times(6, 3)):
            for group, times in found.items():
                go_to(terminal, group)
                took = opening_ms(terminal)
                if turn:
                    times.append(took)
        leave(terminal)
    finally:
        terminal.close()
    whats = ("opening 4 MB of code, first paint", "the last line of 4 MB of code")
    return [
        Figure(what, median([each[at] for each in found[LARGE]]), 1.5, "ms", median([each[at] for each in found[SMALL]]), "1 KB")
        for at, what in enumerate(whats)
    ]
