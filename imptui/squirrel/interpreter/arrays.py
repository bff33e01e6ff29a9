"""The methods of arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.operators import compare
from imptui.squirrel.interpreter.strings import slice_of
from imptui.squirrel.interpreter.values import Array, Thrown, Value, is_true

Method = Callable[[Value, list[Value]], Value]


def array_methods(core: InterpreterCore) -> dict[str, Method]:
    """Return the methods of arrays, by name."""
    return _array_ends(core) | _array_content(core) | _array_functions(core)


# Methods that change an array in place return nothing. Chaining such calls came with later versions of the language.


def _array_ends(core: InterpreterCore) -> dict[str, Method]:
    def push(this: Array, arguments: list[Value]) -> None:
        core.allocate(16)
        this.items.append(arguments[0])

    def pop(this: Array, _: list[Value]) -> Value:
        if not this.items:
            raise Thrown("pop() on a empty array")
        return this.items.pop()

    def top(this: Array, _: list[Value]) -> Value:
        if not this.items:
            raise Thrown("top() on a empty array")
        return this.items[-1]

    def reverse(this: Array, _: list[Value]) -> None:
        this.items.reverse()

    def clear(this: Array, _: list[Value]) -> None:
        this.items.clear()

    return {
        "len": lambda this, _: len(this.items),
        "push": push,
        "append": push,
        "pop": pop,
        "top": top,
        "reverse": reverse,
        "clear": clear,
    }


def _array_content(core: InterpreterCore) -> dict[str, Method]:
    def insert(this: Array, arguments: list[Value]) -> None:
        if not 0 <= arguments[0] <= len(this.items):
            raise Thrown("index out of range")
        core.allocate(16)
        this.items.insert(int(arguments[0]), arguments[1])

    def remove(this: Array, arguments: list[Value]) -> Value:
        if not 0 <= arguments[0] < len(this.items):
            raise Thrown("idx out of range")
        return this.items.pop(int(arguments[0]))

    def resize(this: Array, arguments: list[Value]) -> None:
        size = int(arguments[0])
        if size < 0:
            raise Thrown("negative size")
        more = size - len(this.items)
        core.allocate(max(0, 8 * more))
        if more < 0:
            del this.items[size:]
        this.items.extend([arguments[1] if len(arguments) > 1 else None] * max(0, more))

    def extend(this: Array, arguments: list[Value]) -> None:
        core.allocate(8 * len(arguments[0].items))
        this.items.extend(arguments[0].items)

    def cut(this: Array, arguments: list[Value]) -> Array:
        chosen = slice_of(this.items, arguments)
        core.allocate(32 + 8 * (chosen.stop - chosen.start))
        return Array(this.items[chosen])

    def find(this: Array, arguments: list[Value]) -> Value:
        core.spend(len(this.items) // 8)
        wanted = arguments[0]
        for at, item in enumerate(this.items):
            if type(item) is type(wanted) and item == wanted:
                return at
        return None

    return {
        "insert": insert,
        "remove": remove,
        "resize": resize,
        "extend": extend,
        "slice": cut,
        "find": find,
    }


def _array_functions(core: InterpreterCore) -> dict[str, Method]:
    def mapped(this: Array, arguments: list[Value]) -> Array:
        core.allocate(32 + 8 * len(this.items))
        return Array([core.call(arguments[0], this, [item]) for item in list(this.items)])

    def apply(this: Array, arguments: list[Value]) -> None:
        this.items[:] = [core.call(arguments[0], this, [item]) for item in list(this.items)]

    def filtered(this: Array, arguments: list[Value]) -> Array:
        core.allocate(32 + 8 * len(this.items))
        kept = [item for at, item in enumerate(list(this.items)) if is_true(core.call(arguments[0], this, [at, item]))]
        return Array(kept)

    def reduced(this: Array, arguments: list[Value]) -> Value:
        if not this.items:
            return None
        return functools.reduce(lambda sofar, item: core.call(arguments[0], this, [sofar, item]), list(this.items))

    def sort(this: Array, arguments: list[Value]) -> None:
        core.spend(len(this.items))

        def order(left: Value, right: Value) -> int:
            return int(core.call(arguments[0], this, [left, right])) if arguments else compare(core, left, right)

        this.items[:] = sorted(this.items, key=functools.cmp_to_key(order))

    return {"map": mapped, "apply": apply, "filter": filtered, "reduce": reduced, "sort": sort}
