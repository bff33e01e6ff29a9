"""The documents of the code name what exists, and the map has every room."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "imptui"
ARCHITECTURE = PACKAGE / "ARCHITECTURE.md"
DOCUMENTS = (ARCHITECTURE, *sorted((ROOT / ".github").glob("*.md")))

_PATH = re.compile(r"`((?:[\w.-]+/)*[\w.-]+(?:/|\.(?:py|md|toml|json|tcss)))`")
_STEP = re.compile(r"`([\w./]+\.py)` `([A-Za-z_]\w*(?:\.\w+)*)`")
_ROOM = re.compile(r"^\| `([\w/]+)/` \|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^):#]+)\)")
MADE_BY_USERS = {"settings.toml", "contexts.json", "locks/"}
"""Files and folders of the data folder; a document may name them, and the tree has none of them."""


def existing(name: str) -> Path | None:
    """Return where a path of a document leads: from the root, or from the package."""
    return next((place for place in (ROOT / name, PACKAGE / name) if place.exists()), None)


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the functions, classes, their members and the variables that a module defines, as `Class.member`."""
    return frozenset(_defined(ast.parse(path.read_text(encoding="utf-8")).body, ""))


def _defined(body: list[ast.stmt], prefix: str) -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                found += _defined(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.Assign):
            found += [prefix + target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.append(prefix + node.target.id)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_files_that_exist(document: Path) -> None:
    """Each file and folder that a document names exists."""
    text = document.read_text(encoding="utf-8")
    named = set(_PATH.findall(text)) - MADE_BY_USERS
    named |= {link for link in _LINK.findall(text) if not link.startswith("http")}
    assert named
    missing = {name for name in named if existing(name) is None and not (document.parent / name).exists()}
    assert sorted(missing) == []


def test_the_walks_name_functions_that_exist() -> None:
    """Each function or class that ARCHITECTURE.md names behind a file is defined in that file."""
    steps = _STEP.findall(ARCHITECTURE.read_text(encoding="utf-8"))
    assert len(steps) > 40
    missing = []
    for file, name in steps:
        path = existing(file)
        if path is None or name not in names_in(path):
            missing.append(f"{file} {name}")
    assert missing == []


def test_every_room_is_on_the_map() -> None:
    """Each package folder has a line on the map, and each line a package folder."""
    rooms = {path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("__init__.py")} - {"."}
    assert rooms == set(_ROOM.findall(ARCHITECTURE.read_text(encoding="utf-8")))


def test_every_room_says_what_it_is_for() -> None:
    """The docstring of each package has twelve words or more."""
    terse = []
    for path in sorted(PACKAGE.rglob("__init__.py")):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if len(text.split()) < 12:
            terse.append(path.relative_to(PACKAGE).as_posix())
    assert terse == []
