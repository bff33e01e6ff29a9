"""Compiles the nodes of one program's tree to Python functions.

A frame is a list: `this`, the locals, and last the running closure. Each node becomes one small function, once per machine, so a
run does not read the tree again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.values import Thrown, Value
from imptui.squirrel.syntax import tree

Frame = list[Value]
Run = Callable[[Frame], Value]
"""Computes an expression in a frame, or runs a statement."""


class NodeCompiler:
    """Compiles expressions of one program; `compilers` holds the function for each type of node."""

    def __init__(self, core: InterpreterCore) -> None:
        self.core = core
        self.compilers: dict[type, Callable[[Any], Run]] = {}

    def expression(self, node: tree.SyntaxNode) -> Run:
        """Return a function that computes `node` in a frame."""
        return self.compilers[type(node)](node)


def with_place(thrown: Thrown, at: int) -> Thrown:
    """Record the place of an error, unless an inner place is already recorded."""
    if thrown.at is None:
        thrown.at = at
    return thrown
