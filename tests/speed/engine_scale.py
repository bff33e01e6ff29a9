"""The engine with many devices against the engine with few: `python -m tests.speed.engine_scale RESULTS [--devices N]`.

Prints a table of ratios, and appends it to the file RESULTS. Both engines are served by `imptui serve` and asked in
turns, so that what else the machine does hits both. Budgets: a request on N devices takes at most 1.5 times what it
takes on 1,000; building a world at most 3 times what its rows alone take; the process stays below 150 MB; a page takes
at most twice as long while 5,000 devices restart again and again, while 500 log streams are open, and while both is so.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from imptui.cloud.rules.account import OpenAccount, collaborate, open_account
from imptui.cloud.storage.bulk_fill import IMP_COLUMNS
from imptui.cloud.storage.world import World
from tests.speed.engine_load import Line, listen, restart
from tests.speed.squirrel_programs import program

FEW = 1_000
MOST_RATIO, MOST_BUILD_RATIO, MOST_BUSY_RATIO, MOST_MB = 1.5, 3.0, 2.0, 150
LISTENERS = 63
"""Accounts with eight log streams each."""
BUILD = """
import sys, time
from pathlib import Path
from imptui.cloud.fixtures import seed
from imptui.cloud.storage.world import World
world = World.open(Path(sys.argv[1]))
began, began_cpu = time.perf_counter(), time.process_time()
seed.large(world, int(sys.argv[2]))
print(time.process_time() - began_cpu, time.perf_counter() - began)
world.close()
"""


@dataclass
class Table:
    """What was measured."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, figures: str, value: float, most: float) -> None:
        self.rows.append((what, figures, f"{value:.2f}", "ok" if value <= most else f"OVER {most:g}"))
        print(f"{what:34} {figures:60} {value:8.2f}  {self.rows[-1][3]}", flush=True)

    def text(self, title: str) -> str:
        lines = [f"## {title}", "", "| what | figures | value | budget |", "| --- | --- | --- | --- |"]
        return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in self.rows)]) + "\n\n"


class Engine:
    """One served engine, a line to it, and some of what is in it."""

    def __init__(self, database: Path) -> None:
        with closing(sqlite3.connect(database)) as connection:
            query = "SELECT d.id, g.id, g.type FROM device d JOIN device_group g ON g.seq = d.group_seq WHERE d.seq = ?"
            (count,) = connection.execute("SELECT max(seq) FROM device").fetchone()
            chance = random.Random(1)
            seqs = [chance.randrange(1, count + 1) for _ in range(400)]
            sample = [connection.execute(query, (seq,)).fetchone() for seq in seqs]
            self.count = count
            self.devices = [found[0] for found in sample]
            self.groups = [row[0] for row in connection.execute("SELECT id FROM device_group ORDER BY seq LIMIT 4")]
            home = "SELECT d.id FROM device d JOIN device_group g ON g.seq = d.group_seq WHERE g.id = ? LIMIT 250"
            self.movable = [row[0] for row in connection.execute(home, (self.groups[3],))]
        command = [sys.executable, "-m", "imptui", "serve", "--database", str(database), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.netloc = urlsplit(self.process.stdout.readline().removeprefix("imptui serving ").strip()).netloc
        self.line = Line(self.netloc)
        self.turn = 0

    def page_of_start(self) -> None:
        self.line.call("GET", f"/devices?page[size]=100&page[number]={self.turn % 10 + 1}")

    def page_in_depth(self) -> None:
        """Pages one after the other, from the middle of the list on, as a client reads a whole fleet."""
        number = self.count // 200 + self.turn % max(1, self.count // 200)
        self.line.call("GET", f"/devices?page[size]=100&page[number]={max(1, number)}")

    def page_anywhere(self) -> None:
        number = random.Random(self.turn).randrange(1, self.count // 100 + 1)
        self.line.call("GET", f"/devices?page[size]=100&page[number]={number}")

    def page_of_group(self) -> None:
        self.line.call("GET", f"/devices?page[size]=100&filter[devicegroup.id]={self.groups[3]}")

    def one_device(self) -> None:
        self.line.call("GET", f"/devices/{self.devices[self.turn % len(self.devices)]}")

    def assignment(self) -> None:
        device, there = self.movable[self.turn % 250], self.groups[2 + self.turn // 250 % 2]
        body = {"data": [{"type": "device", "id": device}]}
        self.line.call("POST", f"/devicegroups/{there}/relationships/devices", body)

    def deployment(self) -> None:
        group = {"type": "production_devicegroup", "id": self.groups[3]}
        code = MEGABYTE + f"\n// {self.turn}"
        resource = {"type": "deployment", "attributes": {"device_code": code, "agent_code": ""}}
        self.line.call("POST", "/deployments", {"data": {**resource, "relationships": {"devicegroup": group}}})

    def memory_mb(self) -> tuple[float, float]:
        """Resident memory, and the part of it that is not the file's own pages, which all processes share."""
        said = dict(line.split(":", 1) for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines())
        return tuple(int(said[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))  # type: ignore[return-value]

    def end(self) -> None:
        self.line.connection.close()
        self.process.terminate()
        self.process.wait(30)


MEGABYTE = "\n".join(program(1_000_000))
Load = Callable[[Engine], AbstractContextManager[Callable[[], int]]]
"""Keeps an engine busy; what it yields counts."""

REQUESTS: tuple[tuple[str, Callable[[Engine], None], int], ...] = (
    ("page of 100, first ten pages", Engine.page_of_start, 100),
    ("page of 100, page after page", Engine.page_in_depth, 100),
    ("page of 100, anywhere", Engine.page_anywhere, 60),
    ("page of 100 of a group", Engine.page_of_group, 60),
    ("one device", Engine.one_device, 300),
    ("an assignment", Engine.assignment, 200),
    ("a deployment of 1 MB", Engine.deployment, 8),
)


def timed(ask: Callable[[Engine], None], engine: Engine) -> float:
    began = time.perf_counter()
    ask(engine)
    engine.turn += 1
    return time.perf_counter() - began


def compare(few: Engine, many: Engine, table: Table) -> None:
    """Each request on both engines, in turns."""
    for what, ask, times in REQUESTS:
        spent: dict[Engine, list[float]] = {few: [], many: []}
        few.turn = many.turn = 0
        for _ in range(times):
            for engine in (few, many):
                spent[engine].append(timed(ask, engine))
        small, large = (statistics.median(spent[engine]) for engine in (few, many))
        table.add(what, f"{1 / small:,.0f}/s, with {many.count:,}: {1 / large:,.0f}/s", large / small, MOST_RATIO)


def build(database: Path, devices: int) -> tuple[float, float]:
    """Seconds of the processor that making a world takes, and seconds that pass meanwhile."""
    command = [sys.executable, "-c", BUILD, str(database), str(devices)]
    processor, passed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(processor), float(passed)


def raw_rows(database: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the processor that the same rows take alone, and with the same indexes."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(folder / "raw.sqlite")) as bare:
        (make,) = source.execute("SELECT sql FROM sqlite_schema WHERE name = 'device'").fetchone()
        indexes = source.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'device' AND type = 'index'").fetchall()
        bare.execute("PRAGMA journal_mode = WAL").fetchall()
        bare.execute("PRAGMA synchronous = NORMAL")
        bare.execute(make)
        columns = ", ".join(IMP_COLUMNS)
        put = f"INSERT INTO device ({columns}) VALUES ({', '.join('?' * len(IMP_COLUMNS))})"
        found = source.execute(f"SELECT {columns} FROM device")
        alone = 0.0
        while rows := found.fetchmany(50_000):
            began = time.process_time()
            bare.executemany(put, rows)
            alone += time.process_time() - began
        began = time.process_time()
        bare.commit()
        alone += time.process_time() - began
        for (sql,) in indexes:
            bare.execute(sql)
        bare.commit()
        return alone, alone + time.process_time() - began


@contextmanager
def restarting(engine: Engine) -> Iterator[Callable[[], int]]:
    """Meanwhile all devices of the first product, up to 5,000, restart again and again; counts the rounds."""
    spawn = multiprocessing.get_context("spawn")
    is_wanted, rounds = spawn.Event(), spawn.Value("i", 0)
    is_wanted.set()
    process = spawn.Process(target=restart, args=(engine.netloc, engine.groups, is_wanted, rounds))
    process.start()
    time.sleep(2)
    yield lambda: rounds.value
    is_wanted.clear()
    process.join()


@contextmanager
def listening(engine: Engine) -> Iterator[Callable[[], int]]:
    """Meanwhile some 500 log streams are open; counts the lines that they hear."""
    spawn = multiprocessing.get_context("spawn")
    is_open, is_wanted, heard = spawn.Event(), spawn.Event(), spawn.Value("i", 0)
    is_wanted.set()
    names = [f"listener{number}" for number in range(LISTENERS)]
    process = spawn.Process(target=listen, args=(engine.netloc, names, engine.movable, is_open, is_wanted, heard))
    process.start()
    if not is_open.wait(120):
        raise RuntimeError("The log streams did not open.")
    yield lambda: heard.value
    is_wanted.clear()
    process.join()


def busy(engine: Engine, table: Table) -> None:
    """A page while the engine has other things to do, against the mean of before and after."""

    def page_s(times: int = 100) -> list[float]:
        engine.turn = 0
        return sorted(timed(Engine.page_of_start, engine) for _ in range(times))

    def compare(what: str, loads: Sequence[Load]) -> None:
        before = statistics.median(page_s())
        with ExitStack() as stack:
            counts = [stack.enter_context(load(engine)) for load in loads]
            began, counted = time.perf_counter(), [count() for count in counts]
            found = page_s(300)
            passed_s = time.perf_counter() - began
            rates = [(count() - first) / passed_s for count, first in zip(counts, counted, strict=True)]
        quiet, slow = (before + statistics.median(page_s())) / 2, statistics.median(found)
        told = f"{quiet * 1e3:.1f} → {slow * 1e3:.1f} ms, one in ten over {found[-len(found) // 10] * 1e3:.0f} ms"
        units = {restarting: 5_000 * 0.001, listening: 0.001}
        said = ", ".join(f"{rate * units[load]:.1f}k {load.__name__}/s" for rate, load in zip(rates, loads, strict=True))
        table.add(what, f"{told}; {said}", slow / quiet, MOST_BUSY_RATIO)

    compare("page while 5,000 restart", [restarting])
    compare(f"page, {LISTENERS * 8} log streams open", [listening])
    compare("page, both", [listening, restarting])


def open_listeners(database: Path) -> None:
    with closing(World.open(database)) as world:
        with world.view() as view:
            owner = view.accounts.called("demo")
        assert owner is not None
        for number in range(LISTENERS):
            opening = OpenAccount(f"listener{number}", f"listener{number}@example.test", "demo")
            collaborate(world, owner, open_account(world, opening))


def serve(few_file: Path, many_file: Path, table: Table, only: str | None) -> None:
    """Both worlds, asked and kept busy."""
    open_listeners(many_file)
    few, many = Engine(few_file), Engine(many_file)
    try:
        if only in (None, "requests"):
            compare(few, many, table)
            resident, anonymous = many.memory_mb()
            table.add("resident memory, MB", f"{anonymous:.0f} MB without the file's pages", resident, MOST_MB)
        if only in (None, "busy"):
            busy(many, table)
            resident, anonymous = many.memory_mb()
            table.add("resident memory after that, MB", f"{anonymous:.0f} MB without the file's pages", resident, MOST_MB)
    finally:
        few.end()
        many.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--only", choices=["building", "requests", "busy"], help="Leave the rest out.")
    asked = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few_file, many_file = folder / "few.sqlite", folder / "many.sqlite"
        build(few_file, FEW)
        built, passed = build(many_file, asked.devices)
        if asked.only in (None, "building"):
            alone, indexed = raw_rows(many_file, folder)
            said = f"{built:.1f} s of processor, {passed:.1f} s in all"
            table.add("building against rows alone", f"{said}, rows {alone:.1f} s", built / alone, MOST_BUILD_RATIO)
            table.add("building against rows and indexes", f"{said}, raw {indexed:.1f} s", built / indexed, MOST_BUILD_RATIO)
        if asked.only != "building":
            serve(few_file, many_file, table, asked.only)
    with asked.results.open("a") as results:
        results.write(table.text(f"{asked.devices:,} devices against {FEW:,}"))


if __name__ == "__main__":
    main()
