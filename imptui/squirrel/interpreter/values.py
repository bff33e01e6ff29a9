"""Types of values of running Squirrel code.

null, booleans, integers, floats and strings are Python values; a string has one character per byte. Other values are instances of
the classes here, and equal only to themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from imptui.squirrel.syntax import tree

Value = Any
"""Any value of the language; its type is known only at run time."""

Status = Literal["suspended", "running", "dead"]
"""Status of a generator, in the words of its `getstatus`."""


class SharedLocal:
    """A local variable that inner functions share."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


@dataclass(slots=True, eq=False)
class Array:
    """An array of the language."""

    items: list[Value]


@dataclass(slots=True, eq=False)
class SquirrelTable:
    """A table, which may have a delegate."""

    slots: dict[Value, Value] = field(default_factory=dict)
    delegate: SquirrelTable | None = None
    missing: Callable[[Value], Value] | None = None
    """For tables of the platform: a function that returns the value of a missing slot, or None."""


@dataclass(slots=True, eq=False)
class Class:
    """A class. Members of the base class are copied into it, as in the language."""

    base: Class | None
    members: dict[Value, Value]
    """Methods, static members and initial values, by name."""
    fields: dict[Value, Value]
    """The members that each instance has its own copy of."""


@dataclass(slots=True, eq=False)
class Instance:
    """An instance of a class."""

    of: Class
    slots: dict[Value, Value]


@dataclass(slots=True, eq=False)
class Closure:
    """A function with the variables it captured."""

    function: tree.Function
    captures: list[SharedLocal]
    defaults: list[Value]
    bound_to: Value = None
    home: Class | None = None
    """The class it is a method of, for `base`."""


@dataclass(slots=True, eq=False)
class Native:
    """A function of the platform, called with `this` and the arguments."""

    name: str
    function: Callable[[Value, list[Value]], Value]
    bound_to: Value = None


@dataclass(slots=True, eq=False)
class Generator:
    """A call of a function that yields; it is suspended between two `yield` statements."""

    name: str
    """Name of the function."""
    flow: Iterator[Value]
    """The rest of the call; its end returns the function's value."""
    status: Status = "suspended"


@dataclass(slots=True, eq=False)
class Blob:
    """A blob with its read and write position."""

    content: bytearray
    at: int = 0


class Thrown(Exception):
    """A Squirrel exception; `throw` may throw any value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value
        self.at: int | None = None
        """Offset in the function it passes through, once it is known."""
        self.trace: list[tuple[str, int | None]] = []
        """Functions left, innermost first, with the place in each."""


_TYPE_NAMES = {
    type(None): "null",
    bool: "bool",
    int: "integer",
    float: "float",
    str: "string",
    Array: "array",
    SquirrelTable: "table",
    Class: "class",
    Instance: "instance",
    Closure: "function",
    Native: "function",
    Generator: "generator",
    Blob: "blob",
}


def type_name(value: Value) -> str:
    """Return the name of a type, as `typeof` does without metamethods."""
    return _TYPE_NAMES[type(value)]


def is_true(value: Value) -> bool:
    """Return False for null, false and zero only; an empty string is true."""
    return not (value is None or value is False or (value == 0 and type(value) in (int, float)))


def equal(left: Value, right: Value) -> bool:
    """Compare as `==` does: numbers by value, strings by text, everything else by identity."""
    if type(left) is type(right):
        return bool(left == right)
    return type(left) in (int, float) and type(right) in (int, float) and left == right
