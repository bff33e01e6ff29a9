"""Scopes: the names that are known at a place, while a program is parsed."""

from __future__ import annotations

from collections.abc import Mapping

from imptui.squirrel.syntax.tree import Function, Scalar, Variable

Constant = Scalar | Mapping[str, Scalar]
"""A `const`, or an `enum` with its members."""


class FunctionScope:
    """The locals of one function while it is parsed, innermost last."""

    __slots__ = ("_captures", "breakable", "continuable", "function", "live", "names", "outer")

    def __init__(self, function: Function, outer: FunctionScope | None) -> None:
        self.function = function
        self.outer = outer
        self.live: list[Variable] = []
        self.names: dict[str, list[Variable]] = {}
        self.breakable = 0
        self.continuable = 0
        self._captures: dict[str, int] = {}
        self.declare("this")

    def declare(self, name: str) -> Variable:
        """Add a local, visible from here to the end of the block."""
        variable = Variable(name, len(self.live))
        self.live.append(variable)
        self.names.setdefault(name, []).append(variable)
        self.function.frame_size = max(self.function.frame_size, len(self.live))
        return variable

    def close(self, mark: int) -> None:
        """End the block that began when `mark` locals were live."""
        while len(self.live) > mark:
            self.names[self.live.pop().name].pop()

    def local(self, name: str) -> Variable | None:
        """Return the innermost local of that name in this function; None if there is none."""
        found = self.names.get(name)
        return found[-1] if found else None

    def capture(self, name: str) -> int | None:
        """Return the index, among this function's captures, of an enclosing function's local; None if there is none."""
        if name in self._captures:
            return self._captures[name]
        chain: list[FunctionScope] = [self]
        scope = self.outer
        while scope is not None and not scope.names.get(name) and name not in scope._captures:
            chain.append(scope)
            scope = scope.outer
        if scope is None:
            return None
        variable = scope.local(name)
        source: tuple[bool, int | Variable] = (False, scope._captures[name]) if variable is None else (True, variable)
        if variable is not None:
            variable.captured = True
        for inner in reversed(chain):
            inner.function.captures.append(source)
            inner._captures[name] = len(inner.function.captures) - 1
            source = (False, inner._captures[name])
        return self._captures[name]
