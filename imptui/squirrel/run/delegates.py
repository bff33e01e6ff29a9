"""The methods that every string, array, table, number, function, class and blob has."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from imptui.squirrel.numbers import wrap
from imptui.squirrel.run.blobs import blob_methods
from imptui.squirrel.run.core import Core, error_name, new_member
from imptui.squirrel.run.operators import compare
from imptui.squirrel.run.values import (
    Array,
    Blob,
    Class,
    Closure,
    Instance,
    Native,
    Table,
    Thrown,
    Value,
    is_true,
)

Method = Callable[[Value, list[Value]], Value]
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"\s*[+-]?[0-9a-zA-Z]+")


def delegates(core: Core) -> dict[type, dict[str, Native]]:
    """Default methods by type of value."""
    general = _general(core)
    number = general | {
        "tointeger": lambda this, _: wrap(int(this)),
        "tofloat": lambda this, _: float(this),
        "tochar": lambda this, _: chr(int(this) & 0xFF),
    }
    methods: dict[type, dict[str, Method]] = {
        str: general | _string(core),
        Array: general | _array(core),
        Table: general | _slots(core) | _table(core),
        Instance: general | _slots(core) | {"getclass": lambda this, _: this.of},
        Class: general | _class(core),
        Closure: general | _function(core),
        Native: general | _function(core),
        Blob: general | blob_methods(core),
        int: number,
        float: number,
        bool: number,
    }
    return {kind: {name: Native(name, method) for name, method in own.items()} for kind, own in methods.items()}


def _general(core: Core) -> dict[str, Method]:
    return {
        "tostring": lambda this, _: core.text(this),
        "weakref": lambda this, _: this,
        "ref": lambda this, _: this,
    }


def _slice(this: Value, arguments: list[Value]) -> slice:
    start = int(arguments[0]) if arguments else 0
    end = int(arguments[1]) if len(arguments) > 1 and arguments[1] is not None else len(this)
    start += len(this) if start < 0 else 0
    end += len(this) if end < 0 else 0
    if end < start or start < 0 or end > len(this):
        raise Thrown("slice out of range" if start <= end else "wrong indexes")
    return slice(start, end)


def _string(core: Core) -> dict[str, Method]:
    def find(this: str, arguments: list[Value]) -> Value:
        at = this.find(arguments[0], *(int(start) for start in arguments[1:]))
        return None if at < 0 else at

    def to_integer(this: str, arguments: list[Value]) -> int:
        base = int(arguments[0]) if arguments else 10
        found = _INTEGER.match(this)
        if found is None:
            raise Thrown("cannot convert the string")
        return wrap(_digits(found[0].strip(), base))

    def to_float(this: str, _: list[Value]) -> float:
        found = _NUMBER.match(this)
        if found is None:
            raise Thrown("cannot convert the string")
        return float(found[0])

    def cut(this: str, arguments: list[Value]) -> str:
        core.allocate(len(this))
        return this[_slice(this, arguments)]

    return {
        "len": lambda this, _: len(this),
        "find": find,
        "slice": cut,
        "tolower": lambda this, _: this.encode("latin-1").lower().decode("latin-1"),
        "toupper": lambda this, _: this.encode("latin-1").upper().decode("latin-1"),
        "tointeger": to_integer,
        "tofloat": to_float,
    }


def _digits(text: str, base: int) -> int:
    """As C's strtol: what leads counts, the rest is left."""
    sign, rest = (-1 if text[0] == "-" else 1), text.lstrip("+-")
    if base == 16 and rest[:2].lower() == "0x":
        rest = rest[2:]
    total, read = 0, 0
    for letter in rest[:64]:
        if not letter.isalnum() or not letter.isascii() or int(letter, 36) >= base:
            break
        total, read = total * base + int(letter, 36), read + 1
    if not read:
        raise Thrown("cannot convert the string")
    return sign * total


def _array(core: Core) -> dict[str, Method]:
    return _array_ends(core) | _array_content(core) | _array_functions(core)


# What changes an array in place answers nothing: chaining such calls came with later versions of the language.


def _array_ends(core: Core) -> dict[str, Method]:
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


def _array_content(core: Core) -> dict[str, Method]:
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
        chosen = _slice(this.items, arguments)
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


def _array_functions(core: Core) -> dict[str, Method]:
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


def _slots(core: Core) -> dict[str, Method]:
    def raw_set(this: Table | Instance, arguments: list[Value]) -> Value:
        core.allocate(48)
        this.slots[arguments[0]] = arguments[1]
        return this

    def raw_get(this: Table | Instance, arguments: list[Value]) -> Value:
        if arguments[0] not in this.slots:
            raise Thrown(f"the index '{error_name(arguments[0])}' does not exist")
        return this.slots[arguments[0]]

    return {
        "rawset": raw_set,
        "rawget": raw_get,
        "rawin": lambda this, arguments: arguments[0] in this.slots,
        "rawdelete": lambda this, arguments: this.slots.pop(arguments[0], None),
    }


def _table(core: Core) -> dict[str, Method]:
    def set_delegate(this: Table, arguments: list[Value]) -> Table:
        above = arguments[0]
        if above is not None and not isinstance(above, Table):
            raise TypeError
        while isinstance(above, Table):
            if above is this:
                raise Thrown("delegate cycle")
            above = above.delegate
        this.delegate = arguments[0]
        return this

    def clear(this: Table, _: list[Value]) -> Table:
        this.slots.clear()
        return this

    def filtered(this: Table, arguments: list[Value]) -> Table:
        core.allocate(48 + 48 * len(this.slots))
        slots = list(this.slots.items())
        return Table({key: item for key, item in slots if is_true(core.call(arguments[0], this, [key, item]))})

    return {
        "len": lambda this, _: len(this.slots),
        "setdelegate": set_delegate,
        "getdelegate": lambda this, _: this.delegate,
        "clear": clear,
        "filter": filtered,
    }


def _class(core: Core) -> dict[str, Method]:
    def add(this: Class, arguments: list[Value]) -> None:
        new_member(this, arguments[0], arguments[1], is_static=len(arguments) > 3 and is_true(arguments[3]))

    return {
        "instance": lambda this, _: Instance(this, dict(this.fields)),
        "getbase": lambda this, _: this.base,
        "rawin": lambda this, arguments: arguments[0] in this.members,
        "rawget": lambda this, arguments: core.get(this, arguments[0]),
        "newmember": add,
        "rawnewmember": add,
        "getattributes": lambda _this, _: None,
        "setattributes": lambda _this, _: None,
    }


def _function(core: Core) -> dict[str, Method]:
    def bind(this: Closure | Native, arguments: list[Value]) -> Value:
        core.allocate(48)
        if isinstance(this, Native):
            return Native(this.name, this.function, arguments[0])
        return Closure(this.function, this.captures, this.defaults, arguments[0], this.home)

    def describe(this: Closure | Native, _: list[Value]) -> Table:
        if isinstance(this, Native):
            return Table({"native": True, "name": this.name})
        names = ["this", *(variable.name for variable in this.function.parameters)]
        return Table({"native": False, "name": this.function.name or None, "parameters": Array(list(names))})

    return {
        "call": lambda this, arguments: core.call(this, arguments[0], arguments[1:]),
        "pcall": lambda this, arguments: core.call(this, arguments[0], arguments[1:]),
        "acall": lambda this, arguments: core.call(this, arguments[0].items[0], arguments[0].items[1:]),
        "pacall": lambda this, arguments: core.call(this, arguments[0].items[0], arguments[0].items[1:]),
        "bindenv": bind,
        "getinfos": describe,
    }
