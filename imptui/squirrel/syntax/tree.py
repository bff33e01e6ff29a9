"""Nodes of the syntax tree of a program, with names resolved.

The compiler decides at compile time whether a name is a local of this function, a local of
an enclosing one, a constant, or a slot looked up when the program runs; so does the parser.
Constants are gone from the tree: their values stand in their place.

Places (`at`) are byte offsets into the source; a row is worked out only for an error.
Mutable only while the parser builds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Scalar = None | bool | int | float | str
"""The value of a literal. Text has one character per byte."""


@dataclass(slots=True, eq=False)
class Variable:
    """A named local of one function."""

    name: str
    slot: int
    """Place in the frame of its function."""
    captured: bool = False
    """True if an inner function uses it, so that it must outlive the frame."""


class SyntaxNode:
    """Anything in the tree."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Const(SyntaxNode):
    """A literal, or a constant's value."""

    value: Scalar


@dataclass(slots=True, eq=False)
class Local(SyntaxNode):
    """A local of the function at hand."""

    variable: Variable


@dataclass(slots=True, eq=False)
class Outer(SyntaxNode):
    """A local of an enclosing function."""

    name: str
    index: int
    """Place among the captured variables of the function at hand."""


@dataclass(slots=True, eq=False)
class Name(SyntaxNode):
    """A slot of `this`, or failing that of the root table."""

    name: str
    at: int


class Root(SyntaxNode):
    """The root table, written `::`."""

    __slots__ = ()


class BaseClass(SyntaxNode):
    """`base`: the class above the one the function was declared in."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Get(SyntaxNode):
    """A member access: `owner.key` or `owner[key]`."""

    owner: SyntaxNode
    key: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class CallExpression(SyntaxNode):
    """A call; a `Get` or `Name` as callee brings its `this` along."""

    callee: SyntaxNode
    arguments: list[SyntaxNode]
    at: int


@dataclass(slots=True, eq=False)
class Unary(SyntaxNode):
    """`- ! ~ typeof clone resume`."""

    operator: str
    operand: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Binary(SyntaxNode):
    """Any binary operator but the lazy ones."""

    operator: str
    left: SyntaxNode
    right: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class ShortCircuit(SyntaxNode):
    """A chain of `&&` or of `||`."""

    operator: str
    operands: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class Choice(SyntaxNode):
    """`condition ? yes : no`."""

    condition: SyntaxNode
    yes: SyntaxNode
    no: SyntaxNode


@dataclass(slots=True, eq=False)
class Assignment(SyntaxNode):
    """`= <- += -= *= /= %=`."""

    operator: str
    target: SyntaxNode
    value: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Increment(SyntaxNode):
    """An increment or decrement: `++` and `--`."""

    target: SyntaxNode
    by: int
    before: bool
    """Prefix form: the value is the new one."""
    at: int


@dataclass(slots=True, eq=False)
class DeleteExpression(SyntaxNode):
    """A deletion: `delete owner.key`."""

    target: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Comma(SyntaxNode):
    """`a, b`: the last one's value."""

    parts: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class ArrayOf(SyntaxNode):
    """An array literal: `[a, b]`."""

    items: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class TableOf(SyntaxNode):
    """`{a = 1}`: keys and values in order."""

    slots: list[tuple[SyntaxNode, SyntaxNode]]


@dataclass(slots=True, eq=False)
class ClassOf(SyntaxNode):
    """A class literal or declaration."""

    base: SyntaxNode | None
    members: list[tuple[SyntaxNode, SyntaxNode, bool]]
    """Key, value, whether static."""
    at: int


@dataclass(slots=True, eq=False)
class Function(SyntaxNode):
    """A function or lambda expression."""

    name: str
    parameters: list[Variable] = field(default_factory=list)
    """Without `this`, which is slot 0; with `vargv` last when variadic."""
    defaults: list[SyntaxNode] = field(default_factory=list)
    """For the last parameters; evaluated outside, when the closure is made."""
    variadic: bool = False
    body: SyntaxNode | None = None
    frame_size: int = 1
    captures: list[tuple[bool, int | Variable]] = field(default_factory=list)
    """(True, local of the enclosing function) or (False, place among its captures)."""
    generator: bool = False
    is_lambda: bool = False
    at: int = 0


@dataclass(slots=True, eq=False)
class Expression(SyntaxNode):
    """An expression as a statement."""

    value: SyntaxNode


@dataclass(slots=True, eq=False)
class Declare(SyntaxNode):
    """`local a = e`."""

    variable: Variable
    value: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Block(SyntaxNode):
    """A block of statements."""

    statements: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class If(SyntaxNode):
    """A chain of `if … else if …`, and what is done otherwise."""

    branches: list[tuple[SyntaxNode, SyntaxNode]]
    otherwise: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Loop(SyntaxNode):
    """`while`, `do … while` and `for`."""

    start: SyntaxNode | None
    condition: SyntaxNode | None
    step: SyntaxNode | None
    body: SyntaxNode
    test_last: bool


@dataclass(slots=True, eq=False)
class Foreach(SyntaxNode):
    """`foreach (index, value in source)`."""

    index: Variable | None
    value: Variable
    source: SyntaxNode
    body: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Switch(SyntaxNode):
    """`switch`; cases fall through."""

    subject: SyntaxNode
    cases: list[tuple[SyntaxNode, SyntaxNode]]
    default: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Try(SyntaxNode):
    """A statement `try … catch`."""

    body: SyntaxNode
    variable: Variable
    handler: SyntaxNode


@dataclass(slots=True, eq=False)
class Throw(SyntaxNode):
    """A statement `throw value`."""

    value: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Return(SyntaxNode):
    """`return`, with or without a value."""

    value: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Yield(SyntaxNode):
    """`yield`, with or without a value."""

    value: SyntaxNode | None
    at: int


class Break(SyntaxNode):
    """A statement `break`."""

    __slots__ = ()


class Continue(SyntaxNode):
    """A statement `continue`."""

    __slots__ = ()
