"""The syntax tree of a program, names already resolved.

The compiler decides at compile time whether a name is a local of this function, a local of
an enclosing one, a constant, or a slot looked up when the program runs; so does the parser.
Constants are gone from the tree: their values stand in their place.

Places (`at`) are byte offsets into the source; a row is worked out only for an error.
Mutable only while the parser builds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Scalar = None | bool | int | float | str
"""What a literal is. Text has one character per byte."""


@dataclass(slots=True, eq=False)
class Variable:
    """A named local of one function."""

    name: str
    slot: int
    """Place in the frame of its function."""
    captured: bool = False
    """Whether an inner function uses it, so that it must outlive the frame."""


class Node:
    """Anything in the tree."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Const(Node):
    """A literal, or a constant's value."""

    value: Scalar


@dataclass(slots=True, eq=False)
class Local(Node):
    """A local of the function at hand."""

    variable: Variable


@dataclass(slots=True, eq=False)
class Outer(Node):
    """A local of an enclosing function."""

    name: str
    index: int
    """Place among the captured variables of the function at hand."""


@dataclass(slots=True, eq=False)
class Name(Node):
    """A slot of `this`, or failing that of the root table."""

    name: str
    at: int


class Root(Node):
    """The root table, written `::`."""

    __slots__ = ()


class BaseClass(Node):
    """`base`: the class above the one the function was declared in."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Get(Node):
    """`owner.key` or `owner[key]`."""

    owner: Node
    key: Node
    at: int


@dataclass(slots=True, eq=False)
class Call(Node):
    """A call; a `Get` or `Name` as callee brings its `this` along."""

    callee: Node
    arguments: list[Node]
    at: int


@dataclass(slots=True, eq=False)
class Unary(Node):
    """`- ! ~ typeof clone resume`."""

    operator: str
    operand: Node
    at: int


@dataclass(slots=True, eq=False)
class Binary(Node):
    """Any binary operator but the lazy ones."""

    operator: str
    left: Node
    right: Node
    at: int


@dataclass(slots=True, eq=False)
class Lazy(Node):
    """A chain of `&&` or of `||`."""

    operator: str
    operands: list[Node]


@dataclass(slots=True, eq=False)
class Choice(Node):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(slots=True, eq=False)
class Assign(Node):
    """`= <- += -= *= /= %=`."""

    operator: str
    target: Node
    value: Node
    at: int


@dataclass(slots=True, eq=False)
class Step(Node):
    """`++` and `--`."""

    target: Node
    by: int
    before: bool
    """Prefix form: the value is the new one."""
    at: int


@dataclass(slots=True, eq=False)
class Delete(Node):
    """`delete owner.key`."""

    target: Node
    at: int


@dataclass(slots=True, eq=False)
class Comma(Node):
    """`a, b`: the last one's value."""

    parts: list[Node]


@dataclass(slots=True, eq=False)
class ArrayOf(Node):
    """`[a, b]`."""

    items: list[Node]


@dataclass(slots=True, eq=False)
class TableOf(Node):
    """`{a = 1}`: keys and values in order."""

    slots: list[tuple[Node, Node]]


@dataclass(slots=True, eq=False)
class ClassOf(Node):
    """A class expression."""

    base: Node | None
    members: list[tuple[Node, Node, bool]]
    """Key, value, whether static."""
    at: int


@dataclass(slots=True, eq=False)
class Function(Node):
    """A function or lambda expression."""

    name: str
    parameters: list[Variable] = field(default_factory=list)
    """Without `this`, which is slot 0; with `vargv` last when variadic."""
    defaults: list[Node] = field(default_factory=list)
    """For the last parameters; evaluated outside, when the closure is made."""
    variadic: bool = False
    body: Node | None = None
    frame_size: int = 1
    captures: list[tuple[bool, int | Variable]] = field(default_factory=list)
    """(True, local of the enclosing function) or (False, place among its captures)."""
    generator: bool = False
    is_lambda: bool = False
    at: int = 0


@dataclass(slots=True, eq=False)
class Expression(Node):
    """An expression as a statement."""

    value: Node


@dataclass(slots=True, eq=False)
class Declare(Node):
    """`local a = e`."""

    variable: Variable
    value: Node | None


@dataclass(slots=True, eq=False)
class Block(Node):
    """Statements in order."""

    statements: list[Node]


@dataclass(slots=True, eq=False)
class If(Node):
    """A chain of `if … else if …`, and what is done otherwise."""

    branches: list[tuple[Node, Node]]
    otherwise: Node | None


@dataclass(slots=True, eq=False)
class Loop(Node):
    """`while`, `do … while` and `for`."""

    start: Node | None
    condition: Node | None
    step: Node | None
    body: Node
    test_last: bool


@dataclass(slots=True, eq=False)
class Foreach(Node):
    """`foreach (index, value in source)`."""

    index: Variable | None
    value: Variable
    source: Node
    body: Node
    at: int


@dataclass(slots=True, eq=False)
class Switch(Node):
    """`switch`; cases fall through."""

    subject: Node
    cases: list[tuple[Node, Node]]
    default: Node | None


@dataclass(slots=True, eq=False)
class Try(Node):
    """`try … catch`."""

    body: Node
    variable: Variable
    handler: Node


@dataclass(slots=True, eq=False)
class Throw(Node):
    """`throw`."""

    value: Node
    at: int


@dataclass(slots=True, eq=False)
class Return(Node):
    """`return`, with or without a value."""

    value: Node | None


@dataclass(slots=True, eq=False)
class Yield(Node):
    """`yield`, with or without a value."""

    value: Node | None
    at: int


class Break(Node):
    """`break`."""

    __slots__ = ()


class Continue(Node):
    """`continue`."""

    __slots__ = ()
