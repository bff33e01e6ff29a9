"""Values are structs of msgspec, on which the functions of dataclasses fail."""

import ast
from pathlib import Path

import imptui

DATACLASSES = {"cloud/rules/login_key.py"}
"""Modules that use these functions on dataclasses."""

FUNCTIONS = {"asdict", "astuple", "fields", "replace"}


def test_functions_of_dataclasses_are_not_used() -> None:
    """No module imports a function of dataclasses that raises TypeError when it gets a struct."""
    root = Path(imptui.__file__).parent
    found = [
        f"{path.relative_to(root)}: {alias.name}"
        for path in sorted(root.rglob("*.py"))
        if str(path.relative_to(root)) not in DATACLASSES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        for alias in node.names
        if alias.name in FUNCTIONS
    ]
    assert found == []
