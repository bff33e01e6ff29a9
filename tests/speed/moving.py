"""Keys, orders and filters on very many devices beside few, and beside Textual's table; and what memory they leave."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from tests.speed.budgets import Bench, Figure, median, p95
from tests.speed.fleets import known, leave, opened, seeded
from tests.speed.starting import PEERS
from tests.terminal.sitting import Sitting

CELLS, ROWS = 120, 40
DOWN, PAGE = "\x1b[B", "\x1b[6~"
FEW = 1_000
WORDS = ("unit 00007", "00042", "c2a69a", "0000999", "9", "69f", "unit 0000123", "zzzz")
PAUSE_S = 1 / 12
PASS_S = 30.0
"""How long a pass over a known fleet may take at most before memory is looked at, besides a second for 5,000 devices."""

REST_S = 6.0
"""How long nothing happens before memory counts as that of a console at rest."""


@contextmanager
def consoles(bench: Bench) -> Iterator[dict[int, Sitting]]:
    """A console over few devices and one over many, side by side, live values paused."""
    sittings = {count: opened(known(bench.folder, count), count) for count in (FEW, bench.devices)}
    try:
        for terminal in sittings.values():
            terminal.rests(2.0)
            terminal.types("p")
            terminal.waits_for("paused")
            terminal.rests(0.5)
        yield sittings
        for terminal in sittings.values():
            leave(terminal)
    finally:
        for terminal in sittings.values():
            terminal.close()


def keep_reading(sittings: dict[int, Sitting]) -> None:
    """Take in what waits, so that nobody writes into a full pipe."""
    for terminal in sittings.values():
        while terminal.read(0):
            pass


def held(terminal: Sitting, keys: int) -> list[float]:
    """Milliseconds from each of some keys, thirty a second, to the first thing painted after it."""
    sent, began, turn = [], monotonic(), len(terminal.came)
    for number in range(keys):
        sent.append(monotonic())
        terminal.types(DOWN)
        while (left := began + (number + 1) / 30 - monotonic()) > 0:
            terminal.read(left)
    terminal.quietens(0.3, 3.0)
    came = [at for at, _ in terminal.came[turn:]]
    return [(next(at for at in came if at >= key) - key) * 1000 for key in sent if came[-1] >= key]


def hold(bench: Bench) -> list[Figure]:
    """A held cursor key."""
    folder = known(bench.folder, bench.devices)
    ours: list[float] = []
    theirs: list[float] = []
    table = Sitting(command=[sys.executable, PEERS, "table", "1000"], cells=CELLS, rows=ROWS)
    console = opened(folder, bench.devices)
    try:
        table.waits_for("unit 0000010")
        for terminal in (table, console):
            terminal.rests(2.0)
        for _ in range(bench.times(4)):
            ours += held(console, 60)
            theirs += held(table, 60)
            table.rests(0.1)
        leave(console)
    finally:
        table.close()
        console.close()
    said = "`DataTable` of 1,000 rows"
    return [
        Figure(f"held cursor key, {bench.devices:,} devices, median", median(ours), 0.7, "ms", median(theirs), said),
        Figure(f"held cursor key, {bench.devices:,} devices, p95", p95(ours), 0.9, "ms", p95(theirs), said),
    ]


def body(terminal: Sitting) -> list[str]:
    """The rows of the list."""
    return [line[38:] for line in terminal.screen.display[3:-2]]


def until_other_rows(terminal: Sitting, key: str) -> float:
    """Milliseconds from a key until other rows are listed."""
    before = body(terminal)
    terminal.types(key)
    return terminal.ms_until(lambda: body(terminal) != before)


def jump(bench: Bench) -> list[Figure]:
    """End, pages and orders."""
    found: dict[str, dict[int, list[float]]] = {
        what: {FEW: [], bench.devices: []} for what in ("End", "page down", "another order")
    }
    with consoles(bench) as sittings:
        for _ in range(bench.times(5)):
            for count, terminal in sittings.items():
                keep_reading(sittings)
                found["End"][count].append(until_other_rows(terminal, "G"))
                terminal.quietens(0.1, 1.0)
                until_other_rows(terminal, "g")
                terminal.quietens(0.1, 1.0)
                for _ in range(3):
                    found["page down"][count].append(until_other_rows(terminal, PAGE))
                    terminal.quietens(0.1, 1.0)
                until_other_rows(terminal, "g")
                terminal.quietens(0.1, 1.0)
                for key in "SOAON":
                    found["another order"][count].append(until_other_rows(terminal, key))
                    terminal.quietens(0.15, 1.0)
    return [
        Figure(
            f"{what}, {bench.devices:,} devices, median",
            median(by[bench.devices]),
            1.5,
            "ms",
            median(by[FEW]),
            f"{FEW:,} devices",
        )
        for what, by in found.items()
    ]


def bar(terminal: Sitting) -> str | None:
    """What stands in the filter bar; None while there is none."""
    _, slash, text = terminal.screen.display[2].partition("/")
    return text.strip() if slash else None


def typed(terminal: Sitting, word: str) -> tuple[list[float], float]:
    """Type a filter at twelve keys a second: milliseconds to each letter's echo, and from the last key to its rows."""
    terminal.types("/")
    terminal.waits_for(lambda: bar(terminal) is not None)
    terminal.quietens(0.1, 1.0)
    echoes: list[float] = []
    for number in range(1, len(word) + 1):
        began = monotonic()
        terminal.types(word[number - 1])
        echoes.append(terminal.ms_until(lambda number=number: bar(terminal) == word[:number].strip()))
        if number < len(word):
            terminal.rests(max(0.0, began + PAUSE_S - monotonic()))
    rows = terminal.ms_until(lambda: f"filter: {word}" in terminal.screen.display[1])
    terminal.quietens(0.15, 1.0)
    terminal.types("\x1b")
    terminal.waits_for("filter:", gone=True)
    terminal.quietens(0.2, 1.0)
    return echoes, rows


def filters(bench: Bench) -> list[Figure]:
    """A filter as it is typed."""
    echoes: dict[int, list[float]] = {FEW: [], bench.devices: []}
    rows: dict[int, list[float]] = {FEW: [], bench.devices: []}
    with consoles(bench) as sittings:
        for _ in range(bench.times(3, 1)):
            for word in WORDS:
                for count, terminal in sittings.items():
                    keep_reading(sittings)
                    echoed, shown = typed(terminal, word)
                    echoes[count] += echoed
                    rows[count].append(shown)
    many, said = f"{bench.devices:,} devices", f"{FEW:,} devices"
    kinds: tuple[tuple[str, Callable[[list[float]], float]], ...] = (("median", median), ("p95", p95))
    return [
        Figure(f"filter typed: {what}, {many}, {name}", kind(by[bench.devices]), most, "ms", kind(by[FEW]), said)
        for what, by, most in (("key echo", echoes, 1.5), ("last key to rows", rows, 3))
        for name, kind in kinds
    ]


def memory(bench: Bench) -> list[Figure]:
    """Memory of its own, after scrolling to the end and filtering: with the engine in the same process, and without."""
    plain = Sitting(command=[sys.executable, PEERS, "minimal"], cells=CELLS, rows=ROWS)
    try:
        plain.waits_for("READY")
        with opened_alone(known(bench.folder, bench.devices), bench.devices) as terminal:
            most, rest = _used(terminal, bench.devices)
        with served(seeded(bench.folder, bench.devices)) as home, opened_alone(home, bench.devices) as terminal:
            alone = _used(terminal, bench.devices)[1]
        floor = plain.private_mb()
    finally:
        plain.close()
    said = f"private memory, {bench.devices:,} devices"
    both = (
        "the engine with its framework, its world and the pages that it makes is 20 to 30 MB of it; a process of its own would take"
        " it from here and add an interpreter to the whole."
    )
    at_work = "the engine makes ten thousand pages in the same process meanwhile."
    own = (
        "was 90 MB: orders take four bytes a device, a pass holds digests of some pages only, httpx's command line is not loaded,"
        " what was freed goes back to the system. Left: 4 MB of the frozen order, and what the C library keeps between what is used."
    )
    return [
        Figure(f"{said}, at rest after End, filters and a pass", rest, 2.5, "MB", floor, "minimal Textual program", both),
        Figure(f"{said}, the same with the engine in another process", alone, 2.5, "MB", floor, "minimal Textual program", own),
        Figure(
            f"{said}, at most, while a pass runs and filters are typed", most, 4, "MB", floor, "minimal Textual program", at_work
        ),
    ]


@contextmanager
def opened_alone(folder: Path, devices: int) -> Iterator[Sitting]:
    """A console that is left, or ended, at the end of the block."""
    terminal = opened(folder, devices)
    try:
        yield terminal
        leave(terminal)
    finally:
        terminal.close()


@contextmanager
def served(folder: Path) -> Iterator[Path]:
    """The data folder of somebody who is logged in to an engine in another process, and whose cache knows its fleet."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(folder / "demo", Path(place, "world"))
        command = [sys.executable, "-m", "imptui", "serve", "--port", "0", "--database"]
        command.append(str(Path(place, "world", "world.sqlite")))
        home = ["--data-dir", str(Path(place, "home"))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as server:
            try:
                assert server.stdout is not None
                login = ["login", "--endpoint", server.stdout.readline().split()[-1], "--username", "demo"]
                words = [sys.executable, "-m", "imptui", *home]
                subprocess.run([*words, *login], input=b"demo\n", check=True, capture_output=True)
                subprocess.run([*words, "ls", "products"], check=True, capture_output=True)
                yield Path(place, "home")
            finally:
                server.terminate()


def _used(terminal: Sitting, devices: int) -> tuple[float, float]:
    """The most memory while there is work, and what is left of it when there is none."""
    whole = f"{devices:,} of {devices:,}"
    most = [terminal.private_mb()]
    terminal.rests(1.0)
    terminal.types("G")
    terminal.waits_for(whole)
    for word in WORDS[:3]:
        typed(terminal, word)
        most.append(terminal.private_mb())
    terminal.types("G")
    terminal.waits_for(whole)
    terminal.types("R")  # a pass over the whole fleet leaves more behind than anything else
    terminal.waits_for("reading")
    end = monotonic() + PASS_S + devices / 5_000
    while monotonic() < end and "reading" in terminal.screen.display[0]:
        terminal.rests(0.5)
        most.append(terminal.private_mb())
    terminal.rests(REST_S)
    return max(most), terminal.private_mb()
