"""The heart of a running program: access, calls, text of values, budgets and timers."""

from __future__ import annotations

import heapq
import math
import struct
from collections.abc import Callable, Mapping

from imptui.squirrel import tree
from imptui.squirrel.run.facts import Budget, Ending, Facts, Host, Side
from imptui.squirrel.run.values import (
    Array,
    Blob,
    Cell,
    Class,
    Closure,
    Instance,
    Native,
    Table,
    Thrown,
    Value,
    type_name,
)
from imptui.squirrel.stack import on_fresh_stack

Body = Callable[[list[Value]], Value]
"""A function body made runnable: takes a frame, returns the value."""

MAX_CALLS = 300
_SEGMENT = 15
"""Squirrel calls on one stack of ours; some twenty-five Python frames each at worst."""
_STEP_S = 20e-6
"""The programs' own time that one step takes, so that waiting loops end."""


class Stopped(Exception):
    """The program is over, whatever it tries to catch."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.value)
        self.ending = ending


class Core:
    """State of one running program. Natives and compiled code work on it."""

    def __init__(self, side: Side, facts: Facts, host: Host, budget: Budget) -> None:
        self.side = side
        self.facts = facts
        self.host = host
        self.root = Table()
        self.delegates: Mapping[type, Mapping[str, Native]] = {}
        self.compile: Callable[[tree.Function], Body] = _no_compiler
        self.handlers: dict[str, Value] = {}
        """Functions the code registered: messages by `on name`, other events by their call."""
        self.horizon_s = float("inf")
        self.seed = facts.seed & 0x7FFFFFFF
        self.connected = facts.is_connected
        self._budget = budget
        self._steps_left = budget.steps
        self._memory_left = budget.memory_bytes
        self._lines_left = budget.lines
        self._event_at_s = 0.0
        self._steps_at_event = budget.steps
        self._timers: list[tuple[float, int, Value, list[Value]]] = []
        self._cancelled: set[int] = set()
        self._timer_count = 0
        self._bodies: dict[int, Body] = {}
        self._addresses: dict[int, tuple[int, Value]] = {}
        self._depth = 0

    # Costs

    def spend(self, steps: int = 1) -> None:
        """Count work done; the program stops when it has had enough."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise Stopped(Ending.OUT_OF_STEPS)

    def allocate(self, size_bytes: int) -> None:
        """Count memory before it is taken."""
        self._memory_left -= size_bytes
        if self._memory_left < 0:
            raise Stopped(Ending.OUT_OF_MEMORY)

    # Time

    @property
    def at_s(self) -> float:
        """Seconds since the restart, in the program's own time."""
        return self._event_at_s + (self._steps_at_event - self._steps_left) * _STEP_S

    def start_event(self, at_s: float) -> None:
        """Something happens to the program at this time, or later when it is still busy."""
        self._event_at_s = max(at_s, self.at_s)
        self._steps_at_event = self._steps_left

    def sleep(self, seconds: float) -> None:
        """Block for a while; past the horizon the program is not heard of again."""
        self.start_event(self.at_s + max(0.0, seconds))
        if self.at_s > self.horizon_s:
            raise Stopped(Ending.ASLEEP)

    def after(self, seconds: float, function: Value, arguments: list[Value]) -> int:
        """Have a function called later; the number is for `cancel`."""
        self.allocate(64)
        self._timer_count += 1
        heapq.heappush(self._timers, (self.at_s + max(0.0, seconds), self._timer_count, function, arguments))
        return self._timer_count

    def cancel(self, timer: int) -> None:
        """Forget a timer; unknown ones do no harm."""
        self._cancelled.add(timer)

    def due_s(self) -> float | None:
        """When the next timer is due."""
        while self._timers and self._timers[0][1] in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._timers)[1])
        return self._timers[0][0] if self._timers else None

    def take_due(self) -> tuple[float, Value, list[Value]]:
        """The next timer, off the list."""
        due_s, _, function, arguments = heapq.heappop(self._timers)
        return due_s, function, arguments

    # Words to the outside

    def log(self, kind: str, text: str) -> None:
        """Print a line; `text` has one character per byte."""
        self._lines_left -= 1
        if self._lines_left < 0:
            raise Stopped(Ending.TOO_MANY_LINES)
        self.host.log(self.at_s, "error" if kind == "error" else "log", to_python_text(text))

    # Calls

    def call(self, function: Value, this: Value, arguments: list[Value]) -> Value:
        """Call anything callable."""
        if isinstance(function, Closure):
            return self._call_closure(function, this, arguments)
        if isinstance(function, Native):
            self.spend()
            return _call_native(function, this, arguments)
        if isinstance(function, Class):
            return self.instantiate(function, arguments)
        if isinstance(function, Instance | Table):
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
        """A new instance, its constructor called."""
        self.allocate(64 + 16 * len(of.fields))
        instance = Instance(of, dict(of.fields))
        constructor = of.members.get("constructor")
        if constructor is not None:
            self.call(constructor, instance, arguments)
        return instance

    def metamethod(self, value: Value, name: str) -> Value:
        """A metamethod of an instance or a delegated table, or None."""
        if isinstance(value, Instance):
            return value.of.members.get(name)
        if isinstance(value, Table):
            delegate = value.delegate
            while delegate is not None:
                if name in delegate.slots:
                    return delegate.slots[name]
                delegate = delegate.delegate
        return None

    # Access

    def find(self, owner: Value, key: Value) -> tuple[bool, Value]:
        """Whether `owner[key]` is there, and what it is; metamethods are asked."""
        kind = type(owner)
        if kind is Table:
            found, value = _in_table(owner, key)
        elif kind is Instance:
            slots = owner.slots if key in owner.slots else owner.of.members
            found, value = key in slots, slots.get(key)
        elif kind is Class:
            found, value = key in owner.members, owner.members.get(key)
        elif type(key) in (int, float):
            return _indexed(owner, _index(key))
        else:
            found, value = False, None
        return (True, value) if found else self._find_elsewhere(owner, key)

    def _find_elsewhere(self, owner: Value, key: Value) -> tuple[bool, Value]:
        method = self.metamethod(owner, "_get")
        if method is not None:
            try:
                return True, self.call(method, owner, [key])
            except Thrown as thrown:
                # `throw null` is how `_get` says that it does not know the slot either.
                if thrown.value is not None:
                    raise
        delegate = self.delegates.get(type(owner))
        if delegate is not None and type(key) is str and key in delegate:
            return True, delegate[key]
        return False, None

    def get(self, owner: Value, key: Value) -> Value:
        """`owner[key]`, or the error every imp user knows."""
        found, value = self.find(owner, key)
        if not found:
            raise Thrown(f"the index '{error_name(key)}' does not exist")
        return value

    def set(self, owner: Value, key: Value, value: Value) -> None:
        """`owner[key] = value`; the slot must be there."""
        if not self.try_set(owner, key, value):
            if isinstance(owner, Array | Blob) and type(key) not in (int, float):
                raise Thrown(f"indexing {type_name(owner)} with {type_name(key)}")
            if not isinstance(owner, Array | Blob | Table | Instance):
                raise Thrown(f"trying to set '{type_name(owner)}'")
            raise Thrown(f"the index '{error_name(key)}' does not exist")

    def try_set(self, owner: Value, key: Value, value: Value) -> bool:
        """The same; False when the slot is not there."""
        if isinstance(owner, Table):
            table: Table | None = owner
            while table is not None:
                if key in table.slots:
                    table.slots[key] = value
                    return True
                table = table.delegate
        elif isinstance(owner, Instance):
            if key in owner.slots:
                owner.slots[key] = value
                return True
        elif isinstance(owner, Class):
            if key in owner.members:
                _new_member(owner, key, value, is_static=key not in owner.fields)
                return True
        elif isinstance(owner, Array | Blob) and type(key) in (int, float):
            return _set_indexed(owner, _index(key), value)
        method = self.metamethod(owner, "_set")
        if method is None:
            return False
        self.call(method, owner, [key, value])
        return True

    def new_slot(self, owner: Value, key: Value, value: Value) -> None:
        """`owner[key] <- value`."""
        if isinstance(owner, Table):
            method = self.metamethod(owner, "_newslot")
            if method is not None and key not in owner.slots:
                self.call(method, owner, [key, value])
                return
            if key is None:
                raise Thrown("null cannot be used as index")
            self.allocate(48)
            owner.slots[key] = value
        elif isinstance(owner, Class):
            _new_member(owner, key, value, is_static=False)
        elif isinstance(owner, Instance):
            method = self.metamethod(owner, "_newslot")
            if method is None:
                raise Thrown("class instances do not support the new slot operator")
            self.call(method, owner, [key, value])
        else:
            raise Thrown(f"indexing {type_name(owner)} with {type_name(key)}")

    def delete(self, owner: Value, key: Value) -> Value:
        """`delete owner[key]`."""
        method = self.metamethod(owner, "_delslot")
        if method is not None:
            return self.call(method, owner, [key])
        if not isinstance(owner, Table):
            raise Thrown(f"cannot delete a slot from {type_name(owner)}")
        if key not in owner.slots:
            raise Thrown(f"the index '{error_name(key)}' does not exist")
        return owner.slots.pop(key)

    # Text

    def text(self, value: Value) -> str:
        """What `tostring()` and concatenation give."""
        kind = type(value)
        if kind is str:
            return str(value)
        if kind is int:
            return str(value)
        if kind is bool:
            return "true" if value else "false"
        if kind is float:
            return float_text(value)
        method = self.metamethod(value, "_tostring")
        if method is not None:
            answer = self.call(method, value, [])
            if isinstance(answer, str):
                return answer
        return f"({type_name(value)} : 0x{self.address(value):x})"

    def address(self, value: Value) -> int:
        """A number of its own for each value that has identity; 0 for null."""
        if value is None:
            return 0
        found = self._addresses.get(id(value))
        if found is None:
            # The value is kept, so that its number is never given to another.
            found = self._addresses[id(value)] = (0x20001000 + 16 * len(self._addresses), value)
        return found[0]


def _no_compiler(function: tree.Function) -> Body:
    raise Thrown(f"cannot run '{function.name}'")


def _frame(closure: Closure, this: Value, arguments: list[Value]) -> list[Value]:
    """Locals of one call: `this`, the parameters, the others, then captures and the closure."""
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
            given[variable.slot] = Cell(given[variable.slot])
    given += [None] * (size - len(given))
    given.append(closure)
    return given


def _call_native(native: Native, this: Value, arguments: list[Value]) -> Value:
    try:
        return native.function(native.bound_to if native.bound_to is not None else this, arguments)
    except IndexError:
        raise Thrown("wrong number of parameters") from None
    except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError, struct.error):
        # A native trusts its arguments; what Python says about wrong ones is said as the imp does.
        raise Thrown("parameter has an invalid type") from None


def _in_table(owner: Table, key: Value) -> tuple[bool, Value]:
    table: Table | None = owner
    while table is not None:
        if key in table.slots:
            return True, table.slots[key]
        table = table.delegate
    made = owner.missing(key) if owner.missing is not None else None
    if made is not None:
        owner.slots[key] = made
    return made is not None, made


def _index(key: float) -> int:
    return int(key) if math.isfinite(key) else -1


def _indexed(owner: Value, index: int) -> tuple[bool, Value]:
    if isinstance(owner, str):
        index += len(owner) if index < 0 else 0
        return (True, _signed(ord(owner[index]))) if 0 <= index < len(owner) else (False, None)
    sequence = owner.items if isinstance(owner, Array) else owner.content if isinstance(owner, Blob) else ()
    return (True, sequence[index]) if 0 <= index < len(sequence) else (False, None)


def _signed(byte: int) -> int:
    return byte if byte < 128 else byte - 256


def _set_indexed(owner: Array | Blob, index: int, value: Value) -> bool:
    if isinstance(owner, Array):
        if 0 <= index < len(owner.items):
            owner.items[index] = value
            return True
        return False
    if 0 <= index < len(owner.content) and type(value) is int:
        owner.content[index] = value & 0xFF
        return True
    return False


def _new_member(of: Class, key: Value, value: Value, *, is_static: bool) -> None:
    if isinstance(value, Closure):
        value = Closure(value.function, value.captures, value.defaults, value.bound_to, of)
    of.members[key] = value
    if not is_static and not isinstance(value, Closure | Native):
        of.fields[key] = value


def new_member(of: Class, key: Value, value: Value, *, is_static: bool) -> None:
    """Add a member to a class; methods and static members are shared by its instances."""
    _new_member(of, key, value, is_static=is_static)


def error_name(value: Value) -> str:
    """How an error message names a value: text and numbers as they are, the rest by type."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    return f"{value:.14g}" if type(value) is float else type_name(value)


def float_text(number: float) -> str:
    """A float as the imp prints it: six digits at most."""
    return f"{number:g}"


def to_python_text(text: str) -> str:
    """Bytes of Squirrel text to characters; bytes that are no UTF-8 become the replacement sign."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def from_python_text(text: str) -> str:
    """Characters to Squirrel text, one character per byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
