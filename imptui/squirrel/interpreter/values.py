"""Types of values of running Squirrel code.

null, booleans, integers, floats and strings are Python's own; a string has one character
per byte. The rest are the classes here, equal only to themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from imptui.squirrel.syntax import tree

Value = Any
"""Any value of the language; its type is known only when the code runs."""

Status = Literal["suspended", "running", "dead"]
"""Of a generator, in the words of its `getstatus`."""


class SharedLocal:
    """A local variable that inner functions share."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


@dataclass(slots=True, eq=False)
class Array:
    """A Squirrel array."""

    items: list[Value]


@dataclass(slots=True, eq=False)
class SquirrelTable:
    """A table, maybe with a delegate."""

    slots: dict[Value, Value] = field(default_factory=dict)
    delegate: SquirrelTable | None = None
    missing: Callable[[Value], Value] | None = None
    """For the platform's own tables: what a slot that is not there would be, or None."""


@dataclass(slots=True, eq=False)
class Class:
    """A class; members of the base class are copied in, as the language does."""

    base: Class | None
    members: dict[Value, Value]
    """Methods, static members and initial values, by name."""
    fields: dict[Value, Value]
    """Those that every instance gets its own of."""


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
    """A function of the platform: called with `this` and the arguments."""

    name: str
    function: Callable[[Value, list[Value]], Value]
    bound_to: Value = None


@dataclass(slots=True, eq=False)
class Generator:
    """A call of a function that yields: it rests between one `yield` and the next."""

    name: str
    """Name of the function."""
    flow: Iterator[Value]
    """The suspended Python generator; it ends with the function's return value."""
    status: Status = "suspended"


@dataclass(slots=True, eq=False)
class Blob:
    """A blob with its read and write position."""

    content: bytearray
    at: int = 0


class Thrown(Exception):
    """A Squirrel exception; `throw` may throw anything."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value
        self.at: int | None = None
        """Offset in the function it passes through, once known."""
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
    """Return the type name of a value, as `typeof` does without metamethods."""
    return _TYPE_NAMES[type(value)]


def is_true(value: Value) -> bool:
    """Only null, false and zero are false; an empty string is true."""
    return not (value is None or value is False or (value == 0 and type(value) in (int, float)))


def equal(left: Value, right: Value) -> bool:
    """`==`: numbers by value, strings by text, everything else by identity."""
    if type(left) is type(right):
        return bool(left == right)
    return type(left) in (int, float) and type(right) in (int, float) and left == right
