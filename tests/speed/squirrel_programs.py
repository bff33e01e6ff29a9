"""Programs for the benchmarks of the Squirrel room: of any size, changed by any share, and hostile ones."""

from __future__ import annotations

import random

COMMON = ["    }", "}", "", "{", "        return;", "    local i = 0;"]
"""Lines that every program repeats."""

_WORDS = [
    "sensor",
    "reading",
    "queue",
    "retry",
    "backoff",
    "pin",
    "level",
    "wake",
    "interval",
    "config",
    "message",
    "socket",
    "buffer",
    "count",
    "state",
    "led",
    "relay",
]


def program(size_bytes: int, seed: int = 7) -> list[str]:
    """Lines of a plausible program: classes, functions, comments, strings, tables, much repetition."""
    chance = random.Random(seed)
    lines = ['#require "Promise.lib.nut:4.0.0"', "const LIMIT = 12;", ""]
    size = 0
    while size < size_bytes:
        block = _class(chance) if chance.random() < 0.2 else _function(chance, "")
        lines += block
        size += sum(map(len, block)) + len(block)
    return lines


def changed(lines: list[str], share: float, seed: int = 5) -> list[str]:
    """A later version: a third edited, a third deleted, a third inserted, in runs, and one block moved."""
    chance = random.Random(seed)
    later: list[str] = []
    place, left = 0, int(len(lines) * share)
    while place < len(lines):
        if left <= 0 or chance.random() > share / 3:
            later.append(lines[place])
            place += 1
            continue
        run = chance.randrange(1, 6)
        left -= run
        match chance.randrange(3):
            case 0:
                later += [f"{line} // {chance.randrange(1000)}" for line in lines[place : place + run]]
                place += run
            case 1:
                place += run
            case _:
                later += [chance.choice(COMMON) for _ in range(run)]
    third = len(later) // 3
    block = later[third : third + 60]
    del later[third : third + 60]
    later[2 * third : 2 * third] = block
    return later


def repetitive(lines: list[str], seed: int = 1) -> list[str]:
    """Every second line is one of a few common ones."""
    chance = random.Random(seed)
    return [chance.choice(COMMON[:5]) if place % 2 else line for place, line in enumerate(lines)]


def hostile(count: int, seed: int) -> list[str]:
    """Nothing but common lines, in no order: no line is unique."""
    chance = random.Random(seed)
    return [chance.choice(COMMON[:5]) for _ in range(count)]


def _name(chance: random.Random) -> str:
    first, second = chance.choice(_WORDS), chance.choice(_WORDS)
    return f"{first}{second.title()}{chance.randrange(60)}"


def _class(chance: random.Random) -> list[str]:
    lines = [f"class {_name(chance).title()} {{", f"    _{_name(chance)} = null;", ""]
    for _ in range(chance.randrange(1, 6)):
        lines += ["    " + line if line else line for line in _function(chance, "")]
    return [*lines[:-1], "}", ""]


def _function(chance: random.Random, indent: str) -> list[str]:
    lines = [f"{indent}function {_name(chance)}({chance.choice(_WORDS)}, {chance.choice(_WORDS)} = {chance.randrange(9)}) {{"]
    for _ in range(chance.randrange(2, 14)):
        lines += [f"{indent}    {line}" for line in _statement(chance)]
    return [*lines, f"{indent}}}", ""]


def _statement(chance: random.Random) -> list[str]:
    one, two = _name(chance), _name(chance)
    match chance.randrange(8):
        case 0:
            return [f"if ({one} > 0x{chance.randrange(255):X}) {{", f"    {two} += {chance.randrange(99)};", "}"]
        case 1:
            return [f'server.log("{one} is " + {two} + "\\n");']
        case 2:
            return [f"foreach (i, v in {one}) {{", f"    {two}.push(v * {chance.random():.3f});", "}"]
        case 3:
            return [f"// {one} goes before {two}", f"local {two} = {one};"]
        case 4:
            return ["try {", f"    {one}({two});", "} catch (e) {", "    server.error(e);", "}"]
        case 5:
            return [f"imp.wakeup({chance.randrange(9)}.5, function() {{ {one}(); }}.bindenv(this));"]
        case 6:
            return [f'local {one} = {{ "{two}": {chance.randrange(99)}, state = null }};']
        case _:
            return ["return;"]
