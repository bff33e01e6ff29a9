"""The methods of strings, arrays, tables, numbers, functions, classes and blobs."""

from __future__ import annotations

from collections.abc import Callable

from imptui.squirrel.interpreter.arrays import array_methods
from imptui.squirrel.interpreter.blobs import blob_methods
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.member_access import new_member
from imptui.squirrel.interpreter.strings import string_methods
from imptui.squirrel.interpreter.text_conversion import error_name
from imptui.squirrel.interpreter.values import (
    Array,
    Blob,
    Class,
    Closure,
    Generator,
    Instance,
    Native,
    SquirrelTable,
    Thrown,
    Value,
    is_true,
)
from imptui.squirrel.syntax.numbers import wrap

Method = Callable[[Value, list[Value]], Value]


def delegates(core: InterpreterCore) -> dict[type, dict[str, Native]]:
    """Return the default methods by type of value."""
    general = _general(core)
    number = general | {
        "tointeger": lambda this, _: wrap(int(this)),
        "tofloat": lambda this, _: float(this),
        "tochar": lambda this, _: chr(int(this) & 0xFF),
    }
    methods: dict[type, dict[str, Method]] = {
        str: general | string_methods(core),
        Array: general | array_methods(core),
        SquirrelTable: general | _slots(core) | _table(core),
        Instance: general | _slots(core) | {"getclass": lambda this, _: this.of},
        Class: general | _class(core),
        Closure: general | _function(core),
        Native: general | _function(core),
        Blob: general | blob_methods(core),
        Generator: general | {"getstatus": lambda this, _: this.status},
        int: number,
        float: number,
        bool: number,
    }
    return {kind: {name: Native(name, method) for name, method in own.items()} for kind, own in methods.items()}


def _general(core: InterpreterCore) -> dict[str, Method]:
    return {
        "tostring": lambda this, _: core.text(this),
        "weakref": lambda this, _: this,
        "ref": lambda this, _: this,
    }


def _slots(core: InterpreterCore) -> dict[str, Method]:
    def raw_set(this: SquirrelTable | Instance, arguments: list[Value]) -> Value:
        core.allocate(48)
        this.slots[arguments[0]] = arguments[1]
        return this

    def raw_get(this: SquirrelTable | Instance, arguments: list[Value]) -> Value:
        if arguments[0] not in this.slots:
            raise Thrown(f"the index '{error_name(arguments[0])}' does not exist")
        return this.slots[arguments[0]]

    return {
        "rawset": raw_set,
        "rawget": raw_get,
        "rawin": lambda this, arguments: arguments[0] in this.slots,
        "rawdelete": lambda this, arguments: this.slots.pop(arguments[0], None),
    }


def _table(core: InterpreterCore) -> dict[str, Method]:
    def set_delegate(this: SquirrelTable, arguments: list[Value]) -> SquirrelTable:
        above = arguments[0]
        if above is not None and not isinstance(above, SquirrelTable):
            raise TypeError
        while isinstance(above, SquirrelTable):
            if above is this:
                raise Thrown("delegate cycle")
            above = above.delegate
        this.delegate = arguments[0]
        return this

    def clear(this: SquirrelTable, _: list[Value]) -> SquirrelTable:
        this.slots.clear()
        return this

    def filtered(this: SquirrelTable, arguments: list[Value]) -> SquirrelTable:
        core.allocate(48 + 48 * len(this.slots))
        slots = list(this.slots.items())
        return SquirrelTable({key: item for key, item in slots if is_true(core.call(arguments[0], this, [key, item]))})

    return {
        "len": lambda this, _: len(this.slots),
        "setdelegate": set_delegate,
        "getdelegate": lambda this, _: this.delegate,
        "clear": clear,
        "filter": filtered,
    }


def _class(core: InterpreterCore) -> dict[str, Method]:
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


def _function(core: InterpreterCore) -> dict[str, Method]:
    def bind(this: Closure | Native, arguments: list[Value]) -> Value:
        core.allocate(48)
        if isinstance(this, Native):
            return Native(this.name, this.function, arguments[0])
        return Closure(this.function, this.captures, this.defaults, arguments[0], this.home)

    def describe(this: Closure | Native, _: list[Value]) -> SquirrelTable:
        if isinstance(this, Native):
            return SquirrelTable({"native": True, "name": this.name})
        names = ["this", *(variable.name for variable in this.function.parameters)]
        return SquirrelTable({"native": False, "name": this.function.name or None, "parameters": Array(list(names))})

    return {
        "call": lambda this, arguments: core.call(this, arguments[0], arguments[1:]),
        "pcall": lambda this, arguments: core.call(this, arguments[0], arguments[1:]),
        "acall": lambda this, arguments: core.call(this, arguments[0].items[0], arguments[0].items[1:]),
        "pacall": lambda this, arguments: core.call(this, arguments[0].items[0], arguments[0].items[1:]),
        "bindenv": bind,
        "getinfos": describe,
    }
