"""Growth of lexing and highlighting with the size of a text: `python -m tests.speed.squirrel_lexer`.

Prints seconds per megabyte for 0.1 and 4 MB of plain and of hostile text; their ratio is 1 when time is
linear. Then, what the first page of a program costs: 4 MB against 1 KB, in the middle of the text.
"""

from __future__ import annotations

import sys
import time
import tracemalloc

from imptui.squirrel.highlight import Highlighter
from imptui.squirrel.lexer import SquirrelLexer
from imptui.squirrel.outline import outline
from imptui.textdiff.diff import split_lines
from tests.speed.squirrel_programs import program

_MOST_GROWTH, _MOST_OPENING = 1.5, 1.5
_SMALL, _LARGE = 100_000, 4_000_000
_PAGE = 50
TRAPS = {
    "open string of \\x41": ('"', "\\x41"),
    "open verbatim string": ('@"', '""'),
    "open comment": ("/*", "*"),
    "@{ without end": ("", "@{"),
    "blanks": ("", " "),
}
"""Texts that make careless lexers slow: what they begin with, and what comes again and again."""


def lexed_seconds(text: str) -> float:
    """How long a processor works on all of a text, whatever else the machine does."""
    start = time.process_time()
    for _ in SquirrelLexer().get_tokens_unprocessed(text):
        pass
    return time.process_time() - start


def _growth(name: str, small: str, large: str) -> bool:
    per_small = min(lexed_seconds(small) for _ in range(3)) / len(small) * 1e6
    per_large = lexed_seconds(large) / len(large) * 1e6
    ratio = per_large / per_small
    print(f"{name:22} {per_small:6.3f} -> {per_large:6.3f} s/MB, growth {ratio:5.2f} x", flush=True)
    return ratio <= _MOST_GROWTH or per_large < 0.05


def _first_page(lines: list[str]) -> float:
    """Seconds from lines to a coloured page in the middle; the least of some rounds."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        highlighter = Highlighter(lines)
        first = max(0, len(lines) // 2 - _PAGE // 2)
        for number in range(first, min(len(lines), first + _PAGE)):
            highlighter.tokens(number)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Print growth and opening costs; the exit code says whether the budgets were kept."""
    lines = program(_LARGE)
    text = "\n".join(lines)
    kept = [_growth("plain program", text[:_SMALL], text[:_LARGE])]
    for name, (head, piece) in TRAPS.items():
        kept.append(_growth(name, head + piece * (_SMALL // len(piece)), head + piece * (_LARGE // len(piece))))
    middle = lines[len(lines) // 2 - _PAGE // 2 :][:_PAGE]
    small, large = _first_page(middle), _first_page(lines)
    start = time.perf_counter()
    split_lines(text)
    split = time.perf_counter() - start
    print(f"first page, the same {_PAGE} lines: alone {small * 1e3:.1f} ms, in 4 MB {large * 1e3:.1f} ms = "
          f"{large / small:.2f} x (and {split * 1e3:.0f} ms to split the text)")  # fmt: skip
    tracemalloc.start()
    start, longest = time.perf_counter(), 0.0
    highlighter = Highlighter(lines)
    while not highlighter.done:
        step = time.perf_counter()
        highlighter.advance()
        longest = max(longest, time.perf_counter() - step)
    whole, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"background pass {whole * 1e3:.0f} ms, longest step {longest * 1e3:.1f} ms, {peak / 1e6:.1f} MB more")
    start = time.perf_counter()
    count = len(outline(lines))
    print(f"outline {count} symbols in {(time.perf_counter() - start) * 1e3:.0f} ms")
    return 0 if all(kept) and large / small <= _MOST_OPENING else 1


if __name__ == "__main__":
    sys.exit(main())
