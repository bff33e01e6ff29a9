"""Expressions of the tree to Python functions of a frame.

A frame is a list: `this`, the locals, and last the closure being run. Each node becomes one
small function, made once per machine, so running does not look at the tree again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imptui.squirrel import tree
from imptui.squirrel.run.core import Core, new_member
from imptui.squirrel.run.operators import negate, operation
from imptui.squirrel.run.values import (
    Array,
    Cell,
    Class,
    Closure,
    Instance,
    Table,
    Thrown,
    Value,
    is_true,
    type_name,
)

Frame = list[Value]
Run = Callable[[Frame], Value]
"""Computes an expression in a frame."""


class Expressions:
    """Makes expressions runnable for one program."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._makers: dict[type, Callable[[Any], Run]] = {
            tree.Const: self._const,
            tree.Local: self._local,
            tree.Outer: self._outer,
            tree.Name: self._name,
            tree.Root: lambda _: lambda _frame: core.root,
            tree.BaseClass: lambda _: _base_of,
            tree.Get: self._get,
            tree.Call: self._call,
            tree.Unary: self._unary,
            tree.Binary: self._binary,
            tree.Lazy: self._lazy,
            tree.Choice: self._choice,
            tree.Assign: self._assign,
            tree.Step: self._step,
            tree.Delete: self._delete,
            tree.Comma: self._comma,
            tree.ArrayOf: self._array,
            tree.TableOf: self._table,
            tree.ClassOf: self._class,
            tree.Function: self._function,
        }

    def expression(self, node: tree.Node) -> Run:
        """`node` made runnable."""
        return self._makers[type(node)](node)

    def _const(self, node: tree.Const) -> Run:
        value = node.value
        return lambda _frame: value

    def _local(self, node: tree.Local) -> Run:
        slot = node.variable.slot
        if node.variable.captured:
            return lambda frame: frame[slot].value
        return lambda frame: frame[slot]

    def _outer(self, node: tree.Outer) -> Run:
        index = node.index
        return lambda frame: frame[-1].captures[index].value

    def _name(self, node: tree.Name) -> Run:
        core, name, at = self.core, node.name, node.at

        def run(frame: Frame) -> Value:
            this = frame[0]
            try:
                if this is not core.root:
                    found, value = core.find(this, name)
                    if found:
                        return value
                return core.get(core.root, name)
            except Thrown as thrown:
                raise _at(thrown, at) from None

        return run

    def _get(self, node: tree.Get) -> Run:
        core, at = self.core, node.at
        owner_of, key_of = self.expression(node.owner), self.expression(node.key)
        of_this = isinstance(node.owner, tree.Local) and node.owner.variable.slot == 0

        def run(frame: Frame) -> Value:
            owner, key = owner_of(frame), key_of(frame)
            try:
                if of_this:
                    found, value = core.find(owner, key)
                    return value if found else core.get(core.root, key)
                return core.get(owner, key)
            except Thrown as thrown:
                raise _at(thrown, at) from None

        return run

    def _call(self, node: tree.Call) -> Run:
        core, at = self.core, node.at
        arguments = [self.expression(argument) for argument in node.arguments]
        callee = node.callee
        if isinstance(callee, tree.Get) and not isinstance(callee.owner, tree.BaseClass):
            return self._method_call(callee, arguments, at)
        function_of = self.expression(callee)

        def run(frame: Frame) -> Value:
            function = function_of(frame)
            values = [argument(frame) for argument in arguments]
            try:
                return core.call(function, frame[0], values)
            except Thrown as thrown:
                raise _at(thrown, at) from None

        return run

    def _method_call(self, callee: tree.Get, arguments: list[Run], at: int) -> Run:
        core, owner_of, key_of = self.core, self.expression(callee.owner), self.expression(callee.key)

        def run(frame: Frame) -> Value:
            owner, key = owner_of(frame), key_of(frame)
            try:
                function = core.get(owner, key)
            except Thrown as thrown:
                raise _at(thrown, callee.at) from None
            values = [argument(frame) for argument in arguments]
            try:
                return core.call(function, owner, values)
            except Thrown as thrown:
                raise _at(thrown, at) from None

        return run

    def _unary(self, node: tree.Unary) -> Run:
        core, at, operand = self.core, node.at, self.expression(node.operand)
        apply = _UNARY[node.operator]

        def run(frame: Frame) -> Value:
            value = operand(frame)
            try:
                return apply(core, value)
            except Thrown as thrown:
                raise _at(thrown, at) from None

        return run

    def _binary(self, node: tree.Binary) -> Run:
        """Long sums lean to the left; they are unrolled, not nested."""
        steps: list[tuple[Callable[[Value, Value], Value], Run, int]] = []
        first: tree.Node = node
        while isinstance(first, tree.Binary):
            steps.append((operation(self.core, first.operator), self.expression(first.right), first.at))
            first = first.left
        steps.reverse()
        start = self.expression(first)

        def run(frame: Frame) -> Value:
            value, place = start(frame), 0
            for apply, right_of, at in steps:
                right, place = right_of(frame), at
                try:
                    value = apply(value, right)
                except Thrown as thrown:
                    raise _at(thrown, place) from None
            return value

        return run

    def _lazy(self, node: tree.Lazy) -> Run:
        *firsts, last = [self.expression(operand) for operand in node.operands]
        stop_at = node.operator == "||"

        def run(frame: Frame) -> Value:
            for operand in firsts:
                value = operand(frame)
                if is_true(value) is stop_at:
                    return value
            return last(frame)

        return run

    def _choice(self, node: tree.Choice) -> Run:
        condition, yes, no = (self.expression(part) for part in (node.condition, node.yes, node.no))
        return lambda frame: yes(frame) if is_true(condition(frame)) else no(frame)

    def _comma(self, node: tree.Comma) -> Run:
        parts = [self.expression(part) for part in node.parts]

        def run(frame: Frame) -> Value:
            value = None
            for part in parts:
                value = part(frame)
            return value

        return run

    def _assign(self, node: tree.Assign) -> Run:
        value_of = self.expression(node.value)
        if node.operator == "<-":
            return self._new_slot(node, value_of)
        if node.operator == "=":
            return self._store(node.target, lambda frame, _read: value_of(frame), node.at)
        apply = operation(self.core, node.operator[0])
        return self._store(node.target, lambda frame, read: apply(read(), value_of(frame)), node.at)

    def _step(self, node: tree.Step) -> Run:
        add, by = operation(self.core, "+"), node.by
        if node.before:
            return self._store(node.target, lambda _frame, read: add(read(), by), node.at)
        subtract = operation(self.core, "-")
        store = self._store(node.target, lambda _frame, read: add(read(), by), node.at)
        return lambda frame: subtract(store(frame), by)

    def _store(self, target: tree.Node, compute: Callable[[Frame, Callable[[], Value]], Value], at: int) -> Run:
        """Put into `target` what `compute` makes of a frame and of the way to read the old value."""
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
                raise _at(thrown, at) from None
            return value

        return run

    def _place(self, target: tree.Node) -> tuple[Run, Run, bool]:
        """Owner, key, and whether the root table is tried too."""
        if isinstance(target, tree.Name):
            name = target.name
            return (lambda frame: frame[0]), (lambda _frame: name), True
        if isinstance(target, tree.Get):
            of_this = isinstance(target.owner, tree.Local) and target.owner.variable.slot == 0
            return self.expression(target.owner), self.expression(target.key), of_this

        # The compiler lets some odd targets pass, such as `a || b = 2`; there is nothing to assign to.
        def refuse(_frame: Frame) -> Value:
            raise Thrown("cannot assign to an expression")

        return refuse, refuse, False

    def _new_slot(self, node: tree.Assign, value_of: Run) -> Run:
        owner_of, key_of, _ = self._place(node.target)
        core, at = self.core, node.at

        def run(frame: Frame) -> Value:
            owner, key, value = owner_of(frame), key_of(frame), value_of(frame)
            try:
                core.new_slot(owner, key, value)
            except Thrown as thrown:
                raise _at(thrown, at) from None
            return value

        return run

    def _delete(self, node: tree.Delete) -> Run:
        owner_of, key_of, _ = self._place(node.target)
        core, at = self.core, node.at

        def run(frame: Frame) -> Value:
            owner, key = owner_of(frame), key_of(frame)
            try:
                return core.delete(owner, key)
            except Thrown as thrown:
                raise _at(thrown, at) from None

        return run

    def _array(self, node: tree.ArrayOf) -> Run:
        core, items = self.core, [self.expression(item) for item in node.items]

        def run(frame: Frame) -> Value:
            core.allocate(32 + 8 * len(items))
            return Array([item(frame) for item in items])

        return run

    def _table(self, node: tree.TableOf) -> Run:
        core = self.core
        slots = [(self.expression(key), self.expression(value)) for key, value in node.slots]

        def run(frame: Frame) -> Value:
            core.allocate(48 + 48 * len(slots))
            return Table({key(frame): value(frame) for key, value in slots})

        return run

    def _class(self, node: tree.ClassOf) -> Run:
        core, at = self.core, node.at
        base_of = self.expression(node.base) if node.base else None
        members = [(self.expression(key), self.expression(value), static) for key, value, static in node.members]

        def run(frame: Frame) -> Value:
            base = base_of(frame) if base_of else None
            if base_of is not None and not isinstance(base, Class):
                raise _at(Thrown(f"trying to inherit from a {type_name(base)}"), at)
            made = Class(base, dict(base.members), dict(base.fields)) if base else Class(None, {}, {})
            core.allocate(64 + 48 * len(members))
            for key, value, static in members:
                new_member(made, key(frame), value(frame), is_static=static)
            return made

        return run

    def _function(self, node: tree.Function) -> Run:
        core, defaults = self.core, [self.expression(default) for default in node.defaults]
        captures = node.captures

        def run(frame: Frame) -> Value:
            core.allocate(48)
            own = frame[-1].captures
            cells = [own[source] if isinstance(source, int) else _cell(frame, source.slot) for _, source in captures]
            return Closure(node, cells, [default(frame) for default in defaults])

        return run


def _cell(frame: Frame, slot: int) -> Cell:
    held = frame[slot]
    if isinstance(held, Cell):
        return held
    made = frame[slot] = Cell(held)
    return made


def _base_of(frame: Frame) -> Value:
    home = frame[-1].home
    return home.base if home else None


def _at(thrown: Thrown, at: int) -> Thrown:
    """Note where an error arose, unless a place further in is known."""
    if thrown.at is None:
        thrown.at = at
    return thrown


def _store_local(variable: tree.Variable, compute: Callable[[Frame, Callable[[], Value]], Value], at: int) -> Run:
    slot = variable.slot

    def run(frame: Frame) -> Value:
        cell = frame[slot]
        shared = variable.captured and isinstance(cell, Cell)
        try:
            value = compute(frame, lambda: cell.value if shared else frame[slot])
        except Thrown as thrown:
            raise _at(thrown, at) from None
        if shared:
            cell.value = value
        else:
            frame[slot] = value
        return value

    return run


def _store_outer(index: int, compute: Callable[[Frame, Callable[[], Value]], Value], at: int) -> Run:
    def run(frame: Frame) -> Value:
        cell = frame[-1].captures[index]
        try:
            cell.value = compute(frame, lambda: cell.value)
        except Thrown as thrown:
            raise _at(thrown, at) from None
        return cell.value

    return run


def _clone(core: Core, value: Value) -> Value:
    if isinstance(value, Array):
        core.allocate(32 + 8 * len(value.items))
        return Array(list(value.items))
    if isinstance(value, Table | Instance):
        core.allocate(48 + 48 * len(value.slots))
        copied: Table | Instance = (
            Table(dict(value.slots), value.delegate)
            if isinstance(value, Table)
            else Instance(value.of, dict(value.slots))
        )
        method = core.metamethod(copied, "_cloned")
        if method is not None:
            core.call(method, copied, [value])
        return copied
    raise Thrown(f"cloning a {type_name(value)}")


def _invert(_core: Core, value: Value) -> Value:
    if type(value) is not int:
        raise Thrown(f"attempt to perform a bitwise op on a {type_name(value)}")
    return ~value


def _typeof(core: Core, value: Value) -> Value:
    method = core.metamethod(value, "_typeof")
    return type_name(value) if method is None else core.call(method, value, [])


def _resume(_core: Core, value: Value) -> Value:
    raise Thrown(f"trying to resume a '{type_name(value)}',only genenerator can be resumed")


_UNARY: dict[str, Callable[[Core, Value], Value]] = {
    "-": negate,
    "!": lambda _core, value: not is_true(value),
    "~": _invert,
    "typeof": _typeof,
    "clone": _clone,
    "resume": _resume,
}
