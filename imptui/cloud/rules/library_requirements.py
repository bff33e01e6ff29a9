"""Warnings about `#require` lines of a program that compiles.

The platform puts the code of required libraries in front of a program; the engine has no code of any library, so a
program that requires one misses it when it runs. Whoever deploys it is told, as a warning on success. What the service
itself says about faulty lines is not known; they are comments to the compiler, and remarked upon here.

Source: contract 2.6, 17; the platform's rules for `#require`: at the top of the code, name and version in double quotes
with a colon between, no library twice, at most a hundred.
"""

import re
from collections.abc import Iterator

from imptui.domain.deployment import Programs
from imptui.domain.errors import CompileMessage

MOST = 100

_HEAD = re.compile(r"[ \t\r]*(?://.*|#.*)?")
"""A line that may stand before a `#require`: blank, or a comment."""
_REQUIRE = re.compile(r"([ \t]*)#require\b(.*)", re.DOTALL)
_LIBRARY = re.compile(r'[ \t]+"([^":]+):([0-9][^":*]*)"[ \t]*\r?')


def warnings_about(programs: Programs) -> list[CompileMessage]:
    """One warning for each `#require` at the top of each program, device code first, in order of rows."""
    return [*_warnings("device", programs.device_code), *_warnings("agent", programs.agent_code)]


def _warnings(program: str, code: str) -> Iterator[CompileMessage]:
    seen: set[str] = set()
    for row, column, rest in _requires(code):
        yield CompileMessage(program, row, column, "warning", _remark(rest, seen))
        if len(seen) > MOST:
            return


def _requires(code: str) -> Iterator[tuple[int, int, str]]:
    """Row, column and what follows the word, of each line at the top."""
    for row, line in enumerate(code.split("\n"), 1):
        if _HEAD.fullmatch(line) is None:
            return
        found = _REQUIRE.fullmatch(line)
        if found is not None:
            yield row, len(found[1]) + 1, found[2]


def _remark(rest: str, seen: set[str]) -> str:
    found = _LIBRARY.fullmatch(rest)
    if found is None:
        return '#require takes a name and a version in double quotes, as in "Name:1.2.3"'
    name, version = found[1], found[2]
    if name in seen:
        return f"the library '{name}' is required twice"
    seen.add(name)
    if len(seen) > MOST:
        return f"more than {MOST} libraries are required"
    return f"the library '{name}:{version}' is not available here; the program will run without it"
