"""Time to check programs of 0.1 to 4 MB, as ratios to the smallest: linear is the promise.

Run: python -m tests.speed.squirrel_check
"""

from __future__ import annotations

import time

from imptui.squirrel.interpreter.environment import ProgramEnvironment
from imptui.squirrel.interpreter.program import Program
from imptui.squirrel.interpreter.session import run_pair
from imptui.squirrel.syntax.checker import check

PIECE = """
// Bed {n}: valve, moisture and its own log
class Bed{n} extends Bed </ rows = 4 /> {{
    static LIMIT = 0x{n:x};
    level = 0; name = "bed \\x41 {n}";
    constructor(pin, name = null) {{ base.constructor(pin); this.name = name || "bed {n}"; }}
    function water(litres, ...) {{
        for (local i = 0; i < litres * 2.5; i++) {{
            if (i % 3 == 0 && this.level < LIMIT) {{ level += 1; }}
            else if (i > 7) {{ server.log(format("bed %d: %05.2f", {n}, level / 3.0)); }}
            else {{ readings[{n}] <- {{ "at": time(), moisture = [1, 2, 3].map(@(v) v * 2) }}; }}
        }}
        try {{ agent.send("watered", {{ bed = {n}, litres = litres }}) }} catch (e) {{ server.error("lost: " + e) }}
        return readings.filter(function(k, v) {{ return k in ::readings ? v : null }});
    }}
}}
/* end of bed {n} */
"""


def program(size_bytes: int) -> str:
    """A program of about this size that compiles."""
    pieces, size = ["readings <- {};\nclass Bed { constructor(p) {} }\n"], 0
    while size < size_bytes:
        pieces.append(PIECE.format(n=len(pieces)))
        size += len(pieces[-1])
    return "".join(pieces)


def best_s(work, rounds: int = 2) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    print(f"{'size':>8} {'seconds':>8} {'MB/s':>6} {'times the smallest':>19}  ratio to linear")
    first_s = 0.0
    for size_kb in (100, 400, 1000, 2000, 4000):
        source = program(size_kb * 1000)
        assert check(source) is None
        took_s = best_s(lambda source=source: check(source))
        first_s = first_s or took_s
        ratio = took_s / first_s
        speed = len(source) / 1e6 / took_s
        print(f"{size_kb:>5} kB {took_s:>8.2f} {speed:>6.2f} {ratio:>19.1f}  {ratio * 100 / size_kb:.2f}")
    source = program(20_000) + "for (local i = 0; i < 20; i++) { Bed1(i).water(5); }\n"
    print(f"a program of {source.count(chr(10))} lines")
    parsed = Program.parse(source)
    print(f"  parse {best_s(lambda: Program.parse(source), 5) * 1000:7.1f} ms")
    print(f"  run   {best_s(lambda: run_pair(parsed, parsed, ProgramEnvironment()), 5) * 1000:7.1f} ms, both sides")


if __name__ == "__main__":
    main()
