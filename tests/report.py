"""Print how the code is built: sizes, names, inheritance, docstrings, citations. A report, not a limit.

python -m tests.report              the whole package
python -m tests.report cache tui    these rooms alone
python -m tests.report --rooms      one line per room
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.citations import ROOT, unresolved

PACKAGE = ROOT / "imptui"
DISPATCHED = ("on_", "watch_", "action_", "compute_", "validate_", "key_")
"""Prefixes of methods that Textual calls by name; they do not count as public."""
TAILORED = ("compose", "render", "render_line", "get_default_screen", "get_system_commands", "run", "refresh")
"""Methods of Textual that ours override."""
QUESTIONS = ("What", "Who", "Whether", "How", "Where", "When", "Which", "Whom", "Whose")
FEW_WORDS = 4
SHOWN = 15
"""Entries of a list that are printed."""


@dataclass
class ClassFound:
    """A class of ours."""

    name: str
    module: str
    line: int
    length: int
    bases: list[str]
    public: set[str]


@dataclass
class Found:
    """Everything that the report counts in some files."""

    files: dict[Path, int] = field(default_factory=dict)
    functions: list[tuple[int, str]] = field(default_factory=list)
    classes: list[ClassFound] = field(default_factory=list)
    short: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    docstrings: int = 0


def read(files: Iterable[Path]) -> Found:
    """Parse the files and collect what the report counts."""
    found = Found()
    for path in files:
        text = path.read_text(encoding="utf-8")
        found.files[path] = text.count("\n")
        place = path.relative_to(ROOT).as_posix()
        tree = ast.parse(text)
        _read_docstring(found, tree, place, 1)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.functions.append((_length(node), f"{place}:{node.lineno} {node.name}"))
                _read_docstring(found, node, place, node.lineno)
            elif isinstance(node, ast.ClassDef):
                bases = [name for base in node.bases if (name := _name_of(base)) is not None]
                found.classes.append(ClassFound(node.name, place, node.lineno, _length(node), bases, set(_public(node))))
                _read_docstring(found, node, place, node.lineno)
    return found


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _name_of(base: ast.expr) -> str | None:
    if isinstance(base, ast.Subscript):
        base = base.value
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else None


def _public(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            is_handler = any("on(" in ast.unparse(wrapped) for wrapped in each.decorator_list)
            if not each.name.startswith(("_", *DISPATCHED)) and each.name not in TAILORED and not is_handler:
                yield each.name


def _read_docstring(
    found: Found, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, place: str, line: int
) -> None:
    _judge(found, ast.get_docstring(node), place, line)
    if isinstance(node, ast.Module | ast.ClassDef):
        for before, each in pairwise(node.body):
            if (
                isinstance(before, ast.Assign | ast.AnnAssign)
                and isinstance(each, ast.Expr)
                and isinstance(each.value, ast.Constant)
            ):
                _judge(found, each.value.value if isinstance(each.value.value, str) else None, place, each.lineno)


def _judge(found: Found, text: str | None, place: str, line: int) -> None:
    if not text or not text.strip():
        return
    found.docstrings += 1
    first = text.strip().splitlines()[0]
    entry = f"{place}:{line} {first}"
    if len(first.split()) < FEW_WORDS:
        found.short.append(entry)
    if first.split()[0].rstrip(",:;") in QUESTIONS:
        found.questions.append(entry)


class Families:
    """Classes of ours with their ancestors of ours.

    A base is known by its name alone. Where several classes have the name, the one of the same module counts, else the first.
    """

    def __init__(self, classes: Sequence[ClassFound]) -> None:
        self._by_name: dict[str, list[ClassFound]] = defaultdict(list)
        for each in classes:
            self._by_name[each.name].append(each)

    def bases_of(self, each: ClassFound) -> list[ClassFound]:
        """Return the direct bases that are ours."""
        found = []
        for name in each.bases:
            rivals = [rival for rival in self._by_name.get(name, []) if rival is not each]
            own = [rival for rival in rivals if rival.module == each.module]
            found += (own or rivals)[:1]
        return found

    def depth(self, each: ClassFound) -> int:
        """Return how many classes of ours stand above and including this one."""
        return 1 + max((self.depth(base) for base in self.bases_of(each)), default=0)

    def public(self, each: ClassFound) -> set[str]:
        """Return its public methods with the inherited ones of ours."""
        return each.public.union(*(self.public(base) for base in self.bases_of(each)))

    def duplicates(self) -> dict[str, list[ClassFound]]:
        """Return the public class names that occur in two modules or more."""
        return {name: all_of for name, all_of in sorted(self._by_name.items()) if len(all_of) > 1 and not name.startswith("_")}

    def is_error(self, each: ClassFound) -> bool:
        """Whether the class is an exception; trees of errors may be deep."""
        return any(name.endswith(("Error", "Exception")) for name in each.bases) or any(map(self.is_error, self.bases_of(each)))


def quantiles(numbers: Sequence[int]) -> str:
    """Return count, median, 90th percentile and maximum in words."""
    if not numbers:
        return "none"
    ordered = sorted(numbers)
    return f"{len(ordered):,}: median {median(ordered):g}, p90 {ordered[int(len(ordered) * 0.9)]}, max {ordered[-1]}"


def room_of(path: Path) -> str:
    """Return the room of a file: its folder below the package."""
    return path.parent.relative_to(PACKAGE).as_posix()


def python_files(rooms: Sequence[str]) -> list[Path]:
    """Return the package's modules, or those of some rooms."""
    roots = [PACKAGE / room for room in rooms] or [PACKAGE]
    return sorted(path for root in roots for path in root.rglob("*.py"))


def print_rooms(found: Found) -> None:
    """Print one line per room: files, lines, the largest numbers, docstrings to rewrite."""
    families = Families(found.classes)
    rooms = sorted({room_of(path) for path in found.files})
    print(f"{'room':<28}{'files':>6}{'lines':>8}{'fn max':>8}{'methods':>9}{'depth':>7}{'short':>7}{'What..':>8}")
    for room in rooms:
        folder = (PACKAGE / room).relative_to(ROOT).as_posix() + "/"
        inside: Callable[[str], bool] = lambda place, folder=folder: place.rpartition("/")[0] + "/" == folder  # noqa: E731
        sizes = [size for path, size in found.files.items() if room_of(path) == room]
        longest = max((length for length, place in found.functions if inside(place.partition(":")[0])), default=0)
        classes = [each for each in found.classes if inside(each.module)]
        methods = max((len(families.public(each)) for each in classes), default=0)
        depth = max((families.depth(each) for each in classes), default=0)
        short, questions = (sum(inside(entry.partition(":")[0]) for entry in those) for those in (found.short, found.questions))
        print(f"{room:<28}{len(sizes):>6}{sum(sizes):>8,}{longest:>8}{methods:>9}{depth:>7}{short:>7}{questions:>8}")


def print_all(found: Found) -> None:
    """Print the whole report."""
    families = Families(found.classes)
    per_folder: dict[str, int] = defaultdict(int)
    for path in found.files:
        per_folder[room_of(path)] += 1
    _section("Files per folder", quantiles(list(per_folder.values())), _ranked((n, room) for room, n in per_folder.items()))
    by_size = ((size, path.relative_to(ROOT).as_posix()) for path, size in found.files.items())
    _section("Lines per file", quantiles(list(found.files.values())), _ranked(by_size))
    _section("Lines per function", quantiles([length for length, _ in found.functions]), _ranked(found.functions))
    by_length = ((each.length, f"{each.module} {each.name}") for each in found.classes)
    _section("Lines per class", quantiles([each.length for each in found.classes]), _ranked(by_length))
    methods = [(len(families.public(each)), f"{each.module} {each.name}") for each in found.classes]
    _section("Public methods per class, inherited ones of ours included", quantiles([n for n, _ in methods]), _ranked(methods))
    depths = [(families.depth(each), f"{each.module} {each.name}") for each in found.classes if not families.is_error(each)]
    _section("Classes of ours above each other, errors left out", quantiles([n for n, _ in depths]), _ranked(depths))
    twins = families.duplicates()
    names = [f"{name}: {', '.join(each.module for each in all_of)}" for name, all_of in twins.items()]
    _section("Public class names that occur more than once", str(len(twins)), names)
    _section(f"Docstrings of under {FEW_WORDS} words", f"{len(found.short)} of {found.docstrings:,}", found.short)
    begin = f"{len(found.questions)} of {found.docstrings:,}"
    _section("Docstrings that begin with What, Who, Whether, How, ...", begin, found.questions)
    lost = [str(each) for each in unresolved()]
    _section("Citations that do not resolve", str(len(lost)), lost)


def _ranked(entries: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{number:>5}  {name}" for number, name in sorted(entries, key=lambda entry: (-entry[0], entry[1]))]


def _section(title: str, summary: str, entries: Sequence[str]) -> None:
    print(f"\n{title}: {summary}")
    for entry in entries[:SHOWN]:
        print(f"  {entry}")
    if len(entries) > SHOWN:
        print(f"  ... and {len(entries) - SHOWN} more")


def main(words: Sequence[str]) -> None:
    """Print the report for the rooms that were named, or for all."""
    rooms = [word for word in words if not word.startswith("-")]
    found = read(python_files(rooms))
    if "--rooms" in words:
        print_rooms(found)
    else:
        print_all(found)


if __name__ == "__main__":
    main(sys.argv[1:])
