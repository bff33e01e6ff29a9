"""The syntax tree of a program, with resolved names.

At compile time, the compiler and this parser decide if a name is a local of this function, a local of an enclosing one, a
constant, or a slot looked up at run time. The tree has no constants: their values replace them.

Positions (`at`) are byte offsets into the source; rows are computed only for an error. Only the parser mutates the tree.
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
    """Index in the frame of its function."""
    captured: bool = False
    """True if an inner function uses it, so that it must outlive the frame."""


class SyntaxNode:
    """Superclass of all nodes of the tree."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Const(SyntaxNode):
    """A literal, or the value of a constant."""

    value: Scalar


@dataclass(slots=True, eq=False)
class Local(SyntaxNode):
    """A local of the present function."""

    variable: Variable


@dataclass(slots=True, eq=False)
class Outer(SyntaxNode):
    """A local of an enclosing function."""

    name: str
    index: int
    """Index among the captured variables of the present function."""


@dataclass(slots=True, eq=False)
class Name(SyntaxNode):
    """A slot of `this`, or else of the root table."""

    name: str
    at: int


class Root(SyntaxNode):
    """The root table, written `::`."""

    __slots__ = ()


class BaseClass(SyntaxNode):
    """The expression `base`: the superclass of the class that declared the function."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Get(SyntaxNode):
    """Access to a member: `owner.key` or `owner[key]`."""

    owner: SyntaxNode
    key: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class CallExpression(SyntaxNode):
    """A call. A `Get` or `Name` as callee provides `this`."""

    callee: SyntaxNode
    arguments: list[SyntaxNode]
    at: int


@dataclass(slots=True, eq=False)
class Unary(SyntaxNode):
    """A unary operator: `- ! ~ typeof clone resume`."""

    operator: str
    operand: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Binary(SyntaxNode):
    """A binary operator other than `&&` and `||`."""

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
    """The conditional expression `condition ? yes : no`."""

    condition: SyntaxNode
    yes: SyntaxNode
    no: SyntaxNode


@dataclass(slots=True, eq=False)
class Assignment(SyntaxNode):
    """An assignment: `= <- += -= *= /= %=`."""

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
    """True for the prefix form, whose value is the new one."""
    at: int


@dataclass(slots=True, eq=False)
class DeleteExpression(SyntaxNode):
    """The expression `delete owner.key`."""

    target: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Comma(SyntaxNode):
    """The expression `a, b`, whose value is the last one's."""

    parts: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class ArrayOf(SyntaxNode):
    """The array literal `[a, b]`."""

    items: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class TableOf(SyntaxNode):
    """The table literal `{a = 1}`, with keys and values in order."""

    slots: list[tuple[SyntaxNode, SyntaxNode]]


@dataclass(slots=True, eq=False)
class ClassOf(SyntaxNode):
    """A class expression or statement."""

    base: SyntaxNode | None
    members: list[tuple[SyntaxNode, SyntaxNode, bool]]
    """Key, value, and True for a static member."""
    at: int


@dataclass(slots=True, eq=False)
class Function(SyntaxNode):
    """A function or lambda expression."""

    name: str
    parameters: list[Variable] = field(default_factory=list)
    """The parameters without `this`, which is slot 0; `vargv` is last if the function is variadic."""
    defaults: list[SyntaxNode] = field(default_factory=list)
    """Default values of the last parameters, evaluated outside when the closure is made."""
    variadic: bool = False
    body: SyntaxNode | None = None
    frame_size: int = 1
    captures: list[tuple[bool, int | Variable]] = field(default_factory=list)
    """(True, local of the enclosing function) or (False, index among its captures)."""
    generator: bool = False
    is_lambda: bool = False
    at: int = 0


@dataclass(slots=True, eq=False)
class Expression(SyntaxNode):
    """An expression as a statement."""

    value: SyntaxNode


@dataclass(slots=True, eq=False)
class Declare(SyntaxNode):
    """The declaration `local a = e`."""

    variable: Variable
    value: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Block(SyntaxNode):
    """A list of statements in order."""

    statements: list[SyntaxNode]


@dataclass(slots=True, eq=False)
class If(SyntaxNode):
    """A chain of `if … else if …`, with an optional last `else`."""

    branches: list[tuple[SyntaxNode, SyntaxNode]]
    otherwise: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Loop(SyntaxNode):
    """A loop: `while`, `do … while` or `for`."""

    start: SyntaxNode | None
    condition: SyntaxNode | None
    step: SyntaxNode | None
    body: SyntaxNode
    test_last: bool


@dataclass(slots=True, eq=False)
class Foreach(SyntaxNode):
    """The loop `foreach (index, value in source)`."""

    index: Variable | None
    value: Variable
    source: SyntaxNode
    body: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Switch(SyntaxNode):
    """A `switch` statement; cases fall through."""

    subject: SyntaxNode
    cases: list[tuple[SyntaxNode, SyntaxNode]]
    default: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Try(SyntaxNode):
    """A `try … catch` statement."""

    body: SyntaxNode
    variable: Variable
    handler: SyntaxNode


@dataclass(slots=True, eq=False)
class Throw(SyntaxNode):
    """A `throw` statement with its value."""

    value: SyntaxNode
    at: int


@dataclass(slots=True, eq=False)
class Return(SyntaxNode):
    """A `return` statement, with or without a value."""

    value: SyntaxNode | None


@dataclass(slots=True, eq=False)
class Yield(SyntaxNode):
    """A `yield` statement, with or without a value."""

    value: SyntaxNode | None
    at: int


class Break(SyntaxNode):
    """A `break` statement in a loop or switch."""

    __slots__ = ()


class Continue(SyntaxNode):
    """A `continue` statement in a loop."""

    __slots__ = ()
