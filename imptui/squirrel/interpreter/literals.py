"""Expressions that create a value: arrays, tables, classes, functions and copies."""

from __future__ import annotations

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.member_access import new_member
from imptui.squirrel.interpreter.node_compiler import Frame, NodeCompiler, Run, with_place
from imptui.squirrel.interpreter.values import (
    Array,
    Class,
    Closure,
    Instance,
    SharedLocal,
    SquirrelTable,
    Thrown,
    Value,
    type_name,
)
from imptui.squirrel.syntax import tree


class LiteralCompiler:
    """Compiles literals of arrays, tables, classes and functions."""

    def __init__(self, nodes: NodeCompiler) -> None:
        self.core = nodes.core
        self.expression = nodes.expression
        nodes.compilers |= {
            tree.ArrayOf: self._array,
            tree.TableOf: self._table,
            tree.ClassOf: self._class,
            tree.Function: self._function,
        }

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
            return SquirrelTable({key(frame): value(frame) for key, value in slots})

        return run

    def _class(self, node: tree.ClassOf) -> Run:
        core, at = self.core, node.at
        base_of = self.expression(node.base) if node.base else None
        members = [(self.expression(key), self.expression(value), static) for key, value, static in node.members]

        def run(frame: Frame) -> Value:
            base = base_of(frame) if base_of else None
            if base_of is not None and not isinstance(base, Class):
                raise with_place(Thrown(f"trying to inherit from a {type_name(base)}"), at)
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


def _cell(frame: Frame, slot: int) -> SharedLocal:
    held = frame[slot]
    if isinstance(held, SharedLocal):
        return held
    made = frame[slot] = SharedLocal(held)
    return made


def copy_of(core: InterpreterCore, value: Value) -> Value:
    """Return the result of `clone`: a shallow copy of an array, a table or an instance."""
    if isinstance(value, Array):
        core.allocate(32 + 8 * len(value.items))
        return Array(list(value.items))
    if isinstance(value, SquirrelTable | Instance):
        core.allocate(48 + 48 * len(value.slots))
        copied: SquirrelTable | Instance = (
            SquirrelTable(dict(value.slots), value.delegate)
            if isinstance(value, SquirrelTable)
            else Instance(value.of, dict(value.slots))
        )
        method = core.metamethod(copied, "_cloned")
        if method is not None:
            core.call(method, copied, [value])
        return copied
    raise Thrown(f"cloning a {type_name(value)}")
