"""Compiles functions, including those that yield.

`yield` is a statement, so only statements can be suspended. Each statement that contains a `yield` becomes a Python generator,
which runs its parts with `yield from`. All other statements, and all expressions, run as usual.

Source: the reference virtual machine, version 3.0, where calling such a function only creates a generator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Generator as Flowing
from typing import Any

from imptui.squirrel.interpreter.core import Body, InterpreterCore
from imptui.squirrel.interpreter.node_compiler import Frame, Run, with_place
from imptui.squirrel.interpreter.statements import BREAK, CONTINUE, StatementCompiler
from imptui.squirrel.interpreter.values import Generator, SharedLocal, Thrown, Value, is_true
from imptui.squirrel.syntax import tree

Signal = Value
"""The result of a statement at its end; see `statements.py`."""
Flow = Callable[[Frame], Flowing[Value, None, Signal]]
"""Runs a statement as a Python generator, which yields the values that the code yields."""


class FunctionCompiler(StatementCompiler):
    """Compiles the functions of one program, each at its first call."""

    def __init__(self, core: InterpreterCore) -> None:
        super().__init__(core)
        self._flows: dict[type, Callable[[Any], Flow]] = {
            tree.Yield: self._flow_yield,
            tree.Block: self._flow_block,
            tree.If: self._flow_if,
            tree.Loop: self._flow_loop,
            tree.Foreach: self._flow_foreach,
            tree.Switch: self._flow_switch,
            tree.Try: self._flow_try,
        }
        self._yielding: dict[int, bool] = {}

    def function(self, function: tree.Function) -> Body:
        """Compile the body of a function."""
        if function.generator:
            return self._generator(function)
        if isinstance(function.body, tree.Return) and function.body.value is not None:
            return self.expression(function.body.value)
        run = self.statement(function.body or tree.Block([]))

        def body(frame: Frame) -> Value:
            signal = run(frame)
            return signal[0] if type(signal) is tuple else None

        return body

    def _generator(self, function: tree.Function) -> Body:
        core, name = self.core, function.name or "unknown"
        flow = self._flow(function.body or tree.Block([]))

        def flowing(frame: Frame) -> Flowing[Value, None, Value]:
            signal = yield from flow(frame)
            return signal[0] if type(signal) is tuple else None

        def body(frame: Frame) -> Value:
            core.allocate(64 + 8 * len(frame))
            return Generator(name, flowing(frame))

        return body

    def _flow(self, node: tree.SyntaxNode) -> Flow:
        """Compile a statement to a Python generator; one without `yield` runs in one step."""
        if self._yields(node):
            return self._flows[type(node)](node)
        run = self.statement(node)

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            return run(frame)
            yield  # this statement makes it a generator

        return flow

    def _yields(self, node: tree.SyntaxNode) -> bool:
        """Return True if a statement contains a `yield` of its own function."""
        found = self._yielding.get(id(node))
        if found is None:
            found = isinstance(node, tree.Yield) or any(self._yields(part) for part in _parts(node))
            self._yielding[id(node)] = found
        return found

    def _flow_yield(self, node: tree.Yield) -> Flow:
        value_of: Run = self.expression(node.value) if node.value else lambda _frame: None

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            yield value_of(frame)

        return flow

    def _flow_block(self, node: tree.Block) -> Flow:
        flows = [self._flow(statement) for statement in node.statements]

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            for flow_one in flows:
                signal = yield from flow_one(frame)
                if signal is not None:
                    return signal
            return None

        return flow

    def _flow_if(self, node: tree.If) -> Flow:
        branches = [(self.expression(condition), self._flow(body)) for condition, body in node.branches]
        otherwise = self._flow(node.otherwise) if node.otherwise else None

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            for condition, body in branches:
                if is_true(condition(frame)):
                    return (yield from body(frame))
            return (yield from otherwise(frame)) if otherwise else None

        return flow

    def _flow_loop(self, node: tree.Loop) -> Flow:
        rounds, body = self.rounds(node), self._flow(node.body)

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            for _ in rounds(frame):
                signal = yield from body(frame)
                if signal is not None and signal is not CONTINUE:
                    return None if signal is BREAK else signal
            return None

        return flow

    def _flow_foreach(self, node: tree.Foreach) -> Flow:
        visits, body, at = self.visits(node), self._flow(node.body), node.at

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            try:
                for _ in visits(frame):
                    signal = yield from body(frame)
                    if signal is not None and signal is not CONTINUE:
                        return None if signal is BREAK else signal
            except Thrown as thrown:
                with_place(thrown, at)
                raise
            return None

        return flow

    def _flow_switch(self, node: tree.Switch) -> Flow:
        chosen_case = self.chosen_case(node)
        bodies = [self._flow(body) for _, body in node.cases]
        if node.default is not None:
            bodies.append(self._flow(node.default))

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            for body in bodies[chosen_case(frame) :]:
                signal = yield from body(frame)
                if signal is not None:
                    return None if signal is BREAK else signal
            return None

        return flow

    def _flow_try(self, node: tree.Try) -> Flow:
        body, handler = self._flow(node.body), self._flow(node.handler)
        slot, captured = node.variable.slot, node.variable.captured

        def flow(frame: Frame) -> Flowing[Value, None, Signal]:
            try:
                return (yield from body(frame))
            except Thrown as thrown:
                value = thrown.value
            frame[slot] = SharedLocal(value) if captured else value
            return (yield from handler(frame))

        return flow


def _parts(node: tree.SyntaxNode) -> Iterator[tree.SyntaxNode]:
    """Return the statements in a statement, without those in nested functions."""
    if isinstance(node, tree.Block):
        yield from node.statements
    elif isinstance(node, tree.If):
        yield from (body for _, body in node.branches)
        if node.otherwise is not None:
            yield node.otherwise
    elif isinstance(node, tree.Loop | tree.Foreach):
        yield node.body
    elif isinstance(node, tree.Switch):
        yield from (body for _, body in node.cases)
        if node.default is not None:
            yield node.default
    elif isinstance(node, tree.Try):
        yield from (node.body, node.handler)
