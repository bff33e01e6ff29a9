"""Resolve the citations of the service contract and of the primer in code and tests.

Code names the source of a rule as `contract 9.2 to 9.4` or `primer, "Devices"`. The sections are the headings of
`imptui/cloud/CONTRACT.md`; the primer's headings are listed in its appendix.
"""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "imptui" / "cloud" / "CONTRACT.md"

_SECTION = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)[. ]", re.MULTILINE)
_HEADING = re.compile(r'^\| "([^"]+)" \|', re.MULTILINE)
_NUMBER = r"\d+(?:\.\d+)?"
_CONTRACT = re.compile(
    rf"\bcontract,?\s+(?:sections?\s+)?({_NUMBER}(?:(?:,\s+|\s+to\s+|\s+and\s+)(?:and\s+)?{_NUMBER})*)", re.IGNORECASE
)
_PRIMER = re.compile(r'\bprimer,\s+("[^"]+"(?:(?:,|\s+and)\s+"[^"]+")*)', re.IGNORECASE)


class Citation(NamedTuple):
    """One cited section or heading."""

    file: Path
    line: int
    source: str
    """`contract` or `primer`."""
    place: str
    """A section number or a heading."""

    def __str__(self) -> str:
        """Name the citation and its place."""
        return f"{self.file.relative_to(ROOT)}:{self.line}: {self.source} {self.place}"


def sections() -> set[str]:
    """Return the numbers of all sections of the contract."""
    return set(_SECTION.findall(CONTRACT.read_text(encoding="utf-8")))


def headings() -> set[str]:
    """Return the headings of the primer that the contract's appendix lists."""
    return set(_HEADING.findall(CONTRACT.read_text(encoding="utf-8")))


def citations() -> Iterator[Citation]:
    """Find every citation in the package and the tests."""
    for folder in ("imptui", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield from citations_in(file, file.read_text(encoding="utf-8"))


def citations_in(file: Path, text: str) -> Iterator[Citation]:
    """Find the citations in the texts and comments of one file."""
    if not (_CONTRACT.search(text) or _PRIMER.search(text)):
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            for source, place, offset in _cited(token.string):
                yield Citation(file, token.start[0] + token.string.count("\n", 0, offset), source, place)


def _cited(text: str) -> Iterator[tuple[str, str, int]]:
    for found in _CONTRACT.finditer(text):
        yield from (("contract", number, found.start()) for number in re.findall(_NUMBER, found[1]))
    for found in _PRIMER.finditer(text):
        yield from (("primer", " ".join(name.split()), found.start()) for name in re.findall(r'"([^"]+)"', found[1]))


def unresolved(found: Iterable[Citation] | None = None) -> list[Citation]:
    """Return those of the citations that name no section and no heading; without an argument, of all code and tests."""
    known = {"contract": sections(), "primer": headings()}
    return [each for each in (citations() if found is None else found) if each.place not in known[each.source]]
