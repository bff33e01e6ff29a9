"""The core of a running program: its root table, its handlers, and calls of functions."""

from __future__ import annotations

import struct
from collections.abc import Callable

from imptui.squirrel.interpreter.environment import ExecutionBudget, ProgramEnvironment, ProgramHost, ProgramSide
from imptui.squirrel.interpreter.member_access import MemberAccess
from imptui.squirrel.interpreter.values import (
    Array,
    Class,
    Closure,
    Generator,
    Instance,
    Native,
    SharedLocal,
    SquirrelTable,
    Status,
    Thrown,
    Value,
    type_name,
)
from imptui.squirrel.syntax import tree
from imptui.squirrel.syntax.stack import on_fresh_stack

Body = Callable[[list[Value]], Value]
"""A compiled function body: takes a frame, returns the value."""

MAX_CALLS = 300
_SEGMENT = 15
"""Squirrel calls on one Python stack. Each takes some twenty-five Python frames at worst."""


class InterpreterCore(MemberAccess):
    """State of one running program, used by natives and compiled code."""

    def __init__(self, side: ProgramSide, environment: ProgramEnvironment, host: ProgramHost, budget: ExecutionBudget) -> None:
        super().__init__(host, budget)
        self.side = side
        self.environment = environment
        self.root = SquirrelTable()
        self.compile: Callable[[tree.Function], Body] = _no_compiler
        self.handlers: dict[str, Value] = {}
        """Functions that the code registered: those for messages by `on name`, those for other events by their call."""
        self.seed = environment.seed & 0x7FFFFFFF
        self.connected = environment.is_connected
        self.saved = environment.memory.saved
        """The table that `server.save` stored."""
        self._bodies: dict[int, Body] = {}
        self._depth = 0

    def call(self, function: Value, this: Value, arguments: list[Value]) -> Value:
        """Call a closure, native, class or any value with a `_call` metamethod."""
        if isinstance(function, Closure):
            return self._call_closure(function, this, arguments)
        if isinstance(function, Native):
            self.spend()
            return _call_native(function, this, arguments)
        if isinstance(function, Class):
            return self.instantiate(function, arguments)
        if isinstance(function, Instance | SquirrelTable):
            method = self.metamethod(function, "_call")
            if method is not None:
                return self.call(method, function, [this, *arguments])
        raise Thrown(f"attempt to call '{type_name(function)}'")

    def _call_closure(self, closure: Closure, this: Value, arguments: list[Value]) -> Value:
        self.spend()
        if self._depth >= MAX_CALLS:
            raise Thrown("stack overflow")
        function = closure.function
        body = self._bodies.get(id(function))
        if body is None:
            body = self._bodies[id(function)] = self.compile(function)
        frame = _frame(closure, this, arguments)
        self._depth += 1
        try:
            if self._depth % _SEGMENT:
                return body(frame)
            return on_fresh_stack(lambda: body(frame))
        except Thrown as thrown:
            thrown.trace.append((function.name or "unknown", thrown.at))
            thrown.at = None
            raise
        finally:
            self._depth -= 1

    def instantiate(self, of: Class, arguments: list[Value]) -> Instance:
        """Create an instance and call its constructor."""
        self.allocate(64 + 16 * len(of.fields))
        instance = Instance(of, dict(of.fields))
        constructor = of.members.get("constructor")
        if constructor is not None:
            self.call(constructor, instance, arguments)
        return instance

    def resume(self, value: Value) -> Value:
        """Run a generator up to its next `yield` or to its end; return the value that it yields or returns."""
        return self.advance(value)[1]

    def advance(self, value: Value) -> tuple[bool, Value]:
        """Run a generator like `resume`; return True for a `yield`, and the value. A generator that throws is dead."""
        if not isinstance(value, Generator):
            raise Thrown(f"trying to resume a '{type_name(value)}',only genenerator can be resumed")
        if value.status != "suspended":
            raise Thrown(f"resuming {'dead' if value.status == 'dead' else 'active'} generator")
        self.spend()
        if self._depth >= MAX_CALLS:
            raise Thrown("stack overflow")
        self._depth += 1
        value.status = "running"
        after: Status = "dead"
        try:
            item = on_fresh_stack(lambda: next(value.flow)) if not self._depth % _SEGMENT else next(value.flow)
            after = "suspended"
        except StopIteration as end:
            return False, end.value
        except Thrown as thrown:
            thrown.trace.append((value.name, thrown.at))
            thrown.at = None
            raise
        finally:
            value.status = after
            self._depth -= 1
        return True, item


def _no_compiler(function: tree.Function) -> Body:
    raise Thrown(f"cannot run '{function.name}'")


def _frame(closure: Closure, this: Value, arguments: list[Value]) -> list[Value]:
    """Return the frame of one call: `this`, the parameters, other locals, captures and the closure."""
    function = closure.function
    size, wanted = function.frame_size, len(function.parameters)
    given = [closure.bound_to if closure.bound_to is not None else this, *arguments]
    if function.variadic:
        if len(arguments) < wanted - 1:
            raise Thrown("wrong number of parameters")
        given[wanted:] = [Array(given[wanted:])]
    elif len(arguments) != wanted:
        lacking = wanted - len(arguments)
        if lacking < 0 or lacking > len(closure.defaults):
            raise Thrown("wrong number of parameters")
        given += closure.defaults[len(closure.defaults) - lacking :]
    for variable in function.parameters:
        if variable.captured:
            given[variable.slot] = SharedLocal(given[variable.slot])
    given += [None] * (size - len(given))
    given.append(closure)
    return given


def _call_native(native: Native, this: Value, arguments: list[Value]) -> Value:
    try:
        return native.function(native.bound_to if native.bound_to is not None else this, arguments)
    except IndexError:
        raise Thrown("wrong number of parameters") from None
    except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError, struct.error):
        # A native does not check its arguments; a Python error for wrong ones becomes the imp's message.
        raise Thrown("parameter has an invalid type") from None
