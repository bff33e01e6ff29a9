"""Compiles statements of the syntax tree to Python functions of a frame.

A compiled statement returns None to continue, `BREAK`, `CONTINUE`, or a one-tuple with the returned value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.expressions import ExpressionCompiler
from imptui.squirrel.interpreter.node_compiler import Frame, Run, with_place
from imptui.squirrel.interpreter.values import (
    Array,
    Blob,
    Class,
    Generator,
    Instance,
    SharedLocal,
    SquirrelTable,
    Thrown,
    Value,
    equal,
    is_true,
    type_name,
)
from imptui.squirrel.syntax import tree

BREAK, CONTINUE = "break", "continue"

Rounds = Callable[[Frame], Iterator[None]]
"""Prepares each round of a loop and yields; the body runs between two yields."""


class StatementCompiler(ExpressionCompiler):
    """Compiles the statements of one program; `generators.py` compiles those with a `yield`."""

    def __init__(self, core: InterpreterCore) -> None:
        super().__init__(core)
        self._statements: dict[type, Callable[[Any], Run]] = {
            tree.Expression: self._expression,
            tree.Declare: self._declare,
            tree.Block: self._block,
            tree.If: self._if,
            tree.Loop: self._loop,
            tree.Foreach: self._foreach,
            tree.Switch: self._switch,
            tree.Try: self._try,
            tree.Throw: self._throw,
            tree.Return: self._return,
            tree.Break: lambda _: lambda _frame: BREAK,
            tree.Continue: lambda _: lambda _frame: CONTINUE,
        }

    def statement(self, node: tree.SyntaxNode) -> Run:
        """Compile one statement to a Python function."""
        return self._statements[type(node)](node)

    def _expression(self, node: tree.Expression) -> Run:
        run_value = self.expression(node.value)

        def run(frame: Frame) -> None:
            run_value(frame)

        return run

    def _declare(self, node: tree.Declare) -> Run:
        slot = node.variable.slot
        value_of = self.expression(node.value) if node.value else lambda _frame: None
        captured = node.variable.captured

        def run(frame: Frame) -> None:
            value = value_of(frame)
            frame[slot] = SharedLocal(value) if captured else value

        return run

    def _block(self, node: tree.Block) -> Run:
        runs = [self.statement(statement) for statement in node.statements]
        if len(runs) == 1:
            return runs[0]

        def run(frame: Frame) -> Value:
            for run_one in runs:
                signal = run_one(frame)
                if signal is not None:
                    return signal
            return None

        return run

    def _if(self, node: tree.If) -> Run:
        branches = [(self.expression(condition), self.statement(body)) for condition, body in node.branches]
        otherwise = self.statement(node.otherwise) if node.otherwise else None

        def run(frame: Frame) -> Value:
            for condition, body in branches:
                if is_true(condition(frame)):
                    return body(frame)
            return otherwise(frame) if otherwise else None

        return run

    def rounds(self, node: tree.Loop) -> Rounds:
        """Return a function that yields before each round of a `while`, `do … while` or `for` loop."""
        core = self.core
        start = self.statement(node.start) if node.start else None
        condition = self.expression(node.condition) if node.condition else None
        step = self.expression(node.step) if node.step else None
        test_last = node.test_last

        def run(frame: Frame) -> Iterator[None]:
            if start:
                start(frame)
            tested = test_last
            while True:
                core.spend()
                if not tested and condition and not is_true(condition(frame)):
                    return
                tested = False
                yield
                if step:
                    step(frame)

        return run

    def visits(self, node: tree.Foreach) -> Rounds:
        """Return a function that sets index and value of a `foreach` loop and yields before each round."""
        core, source_of = self.core, self.expression(node.source)
        index, value = node.index, node.value

        def run(frame: Frame) -> Iterator[None]:
            for key, item in pairs(core, source_of(frame)):
                core.spend()
                if index is not None:
                    frame[index.slot] = SharedLocal(key) if index.captured else key
                frame[value.slot] = SharedLocal(item) if value.captured else item
                yield

        return run

    def chosen_case(self, node: tree.Switch) -> Callable[[Frame], int]:
        """Return a function that returns the index of the matching case; one past the last for `default`."""
        subject = self.expression(node.subject)
        tests = [self.expression(value) for value, _ in node.cases]

        def run(frame: Frame) -> int:
            value = subject(frame)
            return next((place for place, test in enumerate(tests) if equal(value, test(frame))), len(tests))

        return run

    def _loop(self, node: tree.Loop) -> Run:
        rounds, body = self.rounds(node), self.statement(node.body)

        def run(frame: Frame) -> Value:
            for _ in rounds(frame):
                signal = body(frame)
                if signal is not None and signal is not CONTINUE:
                    return None if signal is BREAK else signal
            return None

        return run

    def _foreach(self, node: tree.Foreach) -> Run:
        visits, body, at = self.visits(node), self.statement(node.body), node.at

        def run(frame: Frame) -> Value:
            try:
                for _ in visits(frame):
                    signal = body(frame)
                    if signal is not None and signal is not CONTINUE:
                        return None if signal is BREAK else signal
            except Thrown as thrown:
                with_place(thrown, at)
                raise
            return None

        return run

    def _switch(self, node: tree.Switch) -> Run:
        chosen_case = self.chosen_case(node)
        bodies = [self.statement(body) for _, body in node.cases]
        if node.default is not None:
            bodies.append(self.statement(node.default))

        def run(frame: Frame) -> Value:
            for body in bodies[chosen_case(frame) :]:
                signal = body(frame)
                if signal is not None:
                    return None if signal is BREAK else signal
            return None

        return run

    def _try(self, node: tree.Try) -> Run:
        body, handler = self.statement(node.body), self.statement(node.handler)
        slot, captured = node.variable.slot, node.variable.captured

        def run(frame: Frame) -> Value:
            try:
                return body(frame)
            except Thrown as thrown:
                value = thrown.value
            frame[slot] = SharedLocal(value) if captured else value
            return handler(frame)

        return run

    def _throw(self, node: tree.Throw) -> Run:
        value_of, at = self.expression(node.value), node.at

        def run(frame: Frame) -> None:
            thrown = Thrown(value_of(frame))
            thrown.at = at
            raise thrown

        return run

    def _return(self, node: tree.Return) -> Run:
        if node.value is None:
            return lambda _frame: (None,)
        value_of = self.expression(node.value)
        return lambda frame: (value_of(frame),)


def pairs(core: InterpreterCore, source: Value) -> Iterator[tuple[Value, Value]]:
    """Yield index and value of each element of `source`, as `foreach` does."""
    if isinstance(source, Array):
        at = 0
        while at < len(source.items):
            yield at, source.items[at]
            at += 1
    elif isinstance(source, str):
        yield from ((at, ord(byte) if byte < "\x80" else ord(byte) - 256) for at, byte in enumerate(source))
    elif isinstance(source, Blob):
        yield from enumerate(bytes(source.content))
    elif isinstance(source, Generator):
        yield from _yielded(core, source)
    elif core.metamethod(source, "_nexti") is not None:
        yield from _by_nexti(core, source)
    elif isinstance(source, SquirrelTable):
        yield from list(source.slots.items())
    elif isinstance(source, Class):
        yield from list(source.members.items())
    elif isinstance(source, Instance):
        yield from list(source.slots.items())
    else:
        raise Thrown(f"cannot iterate {type_name(source)}")


def _by_nexti(core: InterpreterCore, source: Value) -> Iterator[tuple[Value, Value]]:
    following = core.metamethod(source, "_nexti")
    key = core.call(following, source, [None])
    while key is not None:
        yield key, core.get(source, key)
        key = core.call(following, source, [key])


def _yielded(core: InterpreterCore, source: Generator) -> Iterator[tuple[Value, Value]]:
    """Yield index and value of each `yield` of a generator; the returned value is left out."""
    at = 0
    while source.status != "dead":
        if source.status == "running":
            raise Thrown("cannot iterate generator")
        is_more, item = core.advance(source)
        if not is_more:
            return
        yield at, item
        at += 1
