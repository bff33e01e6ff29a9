"""Arithmetic and comparison of the imp's 32-bit virtual machine."""

from __future__ import annotations

import math
from collections.abc import Callable

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.text_conversion import error_name
from imptui.squirrel.interpreter.values import Class, Instance, Thrown, Value, equal, type_name
from imptui.squirrel.syntax.numbers import wrap

Operation = Callable[[Value, Value], Value]

_METAMETHODS = {"+": "_add", "-": "_sub", "*": "_mul", "/": "_div", "%": "_modulo"}
_TOP, _BOTTOM = 0x7FFFFFFF, -0x80000000


def operation(core: InterpreterCore, operator: str) -> Operation:
    """Return the function of a binary operator, which is not `&&` or `||`."""
    if operator in _METAMETHODS:
        return _plus(core) if operator == "+" else _arithmetic(core, operator)
    if operator in _BITWISE:
        return _bitwise(operator)
    if operator == "==":
        return equal
    if operator == "!=":
        return lambda left, right: not equal(left, right)
    if operator in _COMPARISONS:
        return _comparison(core, operator)
    if operator == "in":
        return lambda left, right: core.find(right, left)[0]
    return instance_of


def _plus(core: InterpreterCore) -> Operation:
    other = _arithmetic(core, "+")

    def plus(left: Value, right: Value) -> Value:
        if type(left) is int and type(right) is int:
            total = left + right
            return total if _BOTTOM <= total <= _TOP else wrap(total)
        if type(left) is str or type(right) is str:
            text = core.text(left) + core.text(right)
            core.allocate(len(text) + 16)
            return text
        return other(left, right)

    return plus


def _arithmetic(core: InterpreterCore, operator: str) -> Operation:
    on_integers, on_floats = _INTEGERS[operator], _FLOATS[operator]

    def compute(left: Value, right: Value) -> Value:
        kinds = type(left), type(right)
        if kinds == (int, int):
            return wrap(on_integers(left, right))
        if kinds[0] in (int, float) and kinds[1] in (int, float):
            try:
                return on_floats(float(left), float(right))
            except OverflowError:
                return math.inf
        method = core.metamethod(left, _METAMETHODS[operator])
        if method is None:
            names = f"'{type_name(left)}' and '{type_name(right)}'"
            raise Thrown(f"arith op {operator} on between {names}")
        return core.call(method, left, [right])

    return compute


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise Thrown("division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    if right == 0:
        raise Thrown("modulo by zero")
    return int(math.fmod(left, right))


def _divide_floats(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if not left or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder_floats(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_INTEGERS: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide,
    "%": _remainder,
}
_FLOATS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide_floats,
    "%": _remainder_floats,
}
_BITWISE: dict[str, Callable[[int, int], int]] = {
    "&": lambda left, right: left & right,
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "<<": lambda left, right: left << (right & 31),
    ">>": lambda left, right: left >> (right & 31),
    ">>>": lambda left, right: (left & 0xFFFFFFFF) >> (right & 31),
}
_COMPARISONS: dict[str, Callable[[int], Value]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
    "<=>": lambda order: order,
}


def _bitwise(operator: str) -> Operation:
    on_integers = _BITWISE[operator]

    def compute(left: Value, right: Value) -> Value:
        if type(left) is not int or type(right) is not int:
            names = f"'{type_name(left)}' and '{type_name(right)}'"
            raise Thrown(f"bitwise op between {names}")
        return wrap(on_integers(left, right))

    return compute


def _comparison(core: InterpreterCore, operator: str) -> Operation:
    decide = _COMPARISONS[operator]
    return lambda left, right: decide(compare(core, left, right))


def compare(core: InterpreterCore, left: Value, right: Value) -> int:
    """Return a negative number, zero or a positive number, as `<=>` does; null is below everything."""
    numbers = type(left) in (int, float) and type(right) in (int, float)
    if numbers or (type(left) is str and type(right) is str):
        return int(left > right) - int(left < right)
    if left is right:
        return 0
    if left is None or right is None:
        return -1 if left is None else 1
    method = core.metamethod(left, "_cmp")
    if method is None and type(left) is type(right):
        # The reference compares by memory address.
        return int(core.address(left) > core.address(right)) * 2 - 1
    if method is None:
        raise Thrown(f"comparsion between '{error_name(left)}' and '{error_name(right)}'")
    answer = core.call(method, left, [right])
    if type(answer) is not int:
        raise Thrown("_cmp must return an integer")
    return int(answer)


def instance_of(value: Value, of: Value) -> bool:
    """Return the result of `value instanceof of`."""
    if not isinstance(of, Class):
        raise Thrown(f"cannot apply instanceof between a {type_name(of)} and a {type_name(value)}")
    above = value.of if isinstance(value, Instance) else None
    while above is not None:
        if above is of:
            return True
        above = above.base
    return False


def negate(core: InterpreterCore, value: Value) -> Value:
    """Return the result of unary minus."""
    if type(value) is int:
        return wrap(-value)
    if type(value) is float:
        return -value
    method = core.metamethod(value, "_unm")
    if method is None:
        raise Thrown(f"attempt to negate a {type_name(value)}")
    return core.call(method, value, [])
