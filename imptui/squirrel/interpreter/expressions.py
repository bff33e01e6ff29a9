"""Compiles expressions of the syntax tree to Python functions of a frame."""

from __future__ import annotations

from collections.abc import Callable

from imptui.squirrel.interpreter.assignments import AssignmentCompiler
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.literals import LiteralCompiler, copy_of
from imptui.squirrel.interpreter.node_compiler import Frame, NodeCompiler, Run, with_place
from imptui.squirrel.interpreter.operators import negate, operation
from imptui.squirrel.interpreter.values import Thrown, Value, is_true, type_name
from imptui.squirrel.syntax import tree


class ExpressionCompiler:
    """Compiles the expressions of one program to Python functions."""

    def __init__(self, core: InterpreterCore) -> None:
        self.core = core
        nodes = NodeCompiler(core)
        self.expression = nodes.expression
        AssignmentCompiler(nodes)
        LiteralCompiler(nodes)
        nodes.compilers |= {
            tree.Const: self._const,
            tree.Local: self._local,
            tree.Outer: self._outer,
            tree.Name: self._name,
            tree.Root: lambda _: lambda _frame: core.root,
            tree.BaseClass: lambda _: _base_of,
            tree.Get: self._get,
            tree.CallExpression: self._call,
            tree.Unary: self._unary,
            tree.Binary: self._binary,
            tree.ShortCircuit: self._lazy,
            tree.Choice: self._choice,
            tree.Comma: self._comma,
        }

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
                raise with_place(thrown, at) from None

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
                raise with_place(thrown, at) from None

        return run

    def _call(self, node: tree.CallExpression) -> Run:
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
                raise with_place(thrown, at) from None

        return run

    def _method_call(self, callee: tree.Get, arguments: list[Run], at: int) -> Run:
        core, owner_of, key_of = self.core, self.expression(callee.owner), self.expression(callee.key)

        def run(frame: Frame) -> Value:
            owner, key = owner_of(frame), key_of(frame)
            try:
                function = core.get(owner, key)
            except Thrown as thrown:
                raise with_place(thrown, callee.at) from None
            values = [argument(frame) for argument in arguments]
            try:
                return core.call(function, owner, values)
            except Thrown as thrown:
                raise with_place(thrown, at) from None

        return run

    def _unary(self, node: tree.Unary) -> Run:
        core, at, operand = self.core, node.at, self.expression(node.operand)
        apply = _UNARY[node.operator]

        def run(frame: Frame) -> Value:
            value = operand(frame)
            try:
                return apply(core, value)
            except Thrown as thrown:
                raise with_place(thrown, at) from None

        return run

    def _binary(self, node: tree.Binary) -> Run:
        """Compile a chain of operators as a loop, because long sums nest deeply on the left."""
        steps: list[tuple[Callable[[Value, Value], Value], Run, int]] = []
        first: tree.SyntaxNode = node
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
                    raise with_place(thrown, place) from None
            return value

        return run

    def _lazy(self, node: tree.ShortCircuit) -> Run:
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


def _base_of(frame: Frame) -> Value:
    home = frame[-1].home
    return home.base if home else None


def _invert(_core: InterpreterCore, value: Value) -> Value:
    if type(value) is not int:
        raise Thrown(f"attempt to perform a bitwise op on a {type_name(value)}")
    return ~value


def _typeof(core: InterpreterCore, value: Value) -> Value:
    method = core.metamethod(value, "_typeof")
    return type_name(value) if method is None else core.call(method, value, [])


_UNARY: dict[str, Callable[[InterpreterCore, Value], Value]] = {
    "-": negate,
    "!": lambda _core, value: not is_true(value),
    "~": _invert,
    "typeof": _typeof,
    "clone": copy_of,
    "resume": lambda core, value: core.resume(value),
}
