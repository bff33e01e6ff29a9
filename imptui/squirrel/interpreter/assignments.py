"""Expressions that change a variable or slot: `=`, `<-`, `+=`, `++` and `delete`."""

from __future__ import annotations

from collections.abc import Callable

from imptui.squirrel.interpreter.node_compiler import Frame, NodeCompiler, Run, with_place
from imptui.squirrel.interpreter.operators import operation
from imptui.squirrel.interpreter.values import SharedLocal, Thrown, Value
from imptui.squirrel.syntax import tree

Compute = Callable[[Frame, Callable[[], Value]], Value]
"""Function that computes the value to store, from the frame and a function that reads the old value."""


class AssignmentCompiler:
    """Compiles assignments, increments and deletions to Python functions."""

    def __init__(self, nodes: NodeCompiler) -> None:
        self.core = nodes.core
        self.expression = nodes.expression
        nodes.compilers |= {tree.Assignment: self._assign, tree.Increment: self._step, tree.DeleteExpression: self._delete}

    def _assign(self, node: tree.Assignment) -> Run:
        value_of = self.expression(node.value)
        if node.operator == "<-":
            return self._new_slot(node, value_of)
        if node.operator == "=":
            return self._store(node.target, lambda frame, _read: value_of(frame), node.at)
        apply = operation(self.core, node.operator[0])
        return self._store(node.target, lambda frame, read: apply(read(), value_of(frame)), node.at)

    def _step(self, node: tree.Increment) -> Run:
        add, by = operation(self.core, "+"), node.by
        if node.before:
            return self._store(node.target, lambda _frame, read: add(read(), by), node.at)
        subtract = operation(self.core, "-")
        store = self._store(node.target, lambda _frame, read: add(read(), by), node.at)
        return lambda frame: subtract(store(frame), by)

    def _store(self, target: tree.SyntaxNode, compute: Compute, at: int) -> Run:
        """Return a function that stores in `target` the result of `compute`."""
        if isinstance(target, tree.Local):
            return _store_local(target.variable, compute, at)
        if isinstance(target, tree.Outer):
            return _store_outer(target.index, compute, at)
        owner_of, key_of, falls_back = self._place(target)
        core = self.core

        def run(frame: Frame) -> Value:
            owner, key = owner_of(frame), key_of(frame)

            def read() -> Value:
                found, value = core.find(owner, key)
                return value if found else core.get(core.root if falls_back else owner, key)

            try:
                value = compute(frame, read)
                if not (falls_back and (core.try_set(owner, key, value) or core.try_set(core.root, key, value))):
                    core.set(owner, key, value)
            except Thrown as thrown:
                raise with_place(thrown, at) from None
            return value

        return run

    def _place(self, target: tree.SyntaxNode) -> tuple[Run, Run, bool]:
        """Return functions for owner and key, and True if the root table is tried, too."""
        if isinstance(target, tree.Name):
            name = target.name
            return (lambda frame: frame[0]), (lambda _frame: name), True
        if isinstance(target, tree.Get):
            of_this = isinstance(target.owner, tree.Local) and target.owner.variable.slot == 0
            return self.expression(target.owner), self.expression(target.key), of_this

        # The compiler accepts some odd targets, such as `a || b = 2`, which are no place to assign to.
        def refuse(_frame: Frame) -> Value:
            raise Thrown("cannot assign to an expression")

        return refuse, refuse, False

    def _new_slot(self, node: tree.Assignment, value_of: Run) -> Run:
        owner_of, key_of, _ = self._place(node.target)
        core, at = self.core, node.at

        def run(frame: Frame) -> Value:
            owner, key, value = owner_of(frame), key_of(frame), value_of(frame)
            try:
                core.new_slot(owner, key, value)
            except Thrown as thrown:
                raise with_place(thrown, at) from None
            return value

        return run

    def _delete(self, node: tree.DeleteExpression) -> Run:
        owner_of, key_of, _ = self._place(node.target)
        core, at = self.core, node.at

        def run(frame: Frame) -> Value:
            owner, key = owner_of(frame), key_of(frame)
            try:
                return core.delete(owner, key)
            except Thrown as thrown:
                raise with_place(thrown, at) from None

        return run


def _store_local(variable: tree.Variable, compute: Compute, at: int) -> Run:
    slot = variable.slot

    def run(frame: Frame) -> Value:
        cell = frame[slot]
        shared = variable.captured and isinstance(cell, SharedLocal)
        try:
            value = compute(frame, lambda: cell.value if shared else frame[slot])
        except Thrown as thrown:
            raise with_place(thrown, at) from None
        if shared:
            cell.value = value
        else:
            frame[slot] = value
        return value

    return run


def _store_outer(index: int, compute: Compute, at: int) -> Run:
    def run(frame: Frame) -> Value:
        cell = frame[-1].captures[index]
        try:
            cell.value = compute(frame, lambda: cell.value)
        except Thrown as thrown:
            raise with_place(thrown, at) from None
        return cell.value

    return run
