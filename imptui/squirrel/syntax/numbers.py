"""Converts number literals to 32-bit values."""

from __future__ import annotations

import re

_FLOAT = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")


def wrap(number: int) -> int:
    """`number` as a signed 32-bit integer, silently wrapped as the imp does."""
    return ((number + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def integer_value(spelling: str) -> int:
    """Value of an integer token: decimal, `0x…`, octal, or a character's code."""
    if spelling[:2] in ("0x", "0X"):
        return wrap(int(spelling[2:] or "0", 16))
    if len(spelling) > 1 and spelling[0] == "0" and spelling[1] in "01234567":
        return wrap(int(spelling, 8))
    if len(spelling) > 20:
        # Decimal digits wrap as they are read, so only a bounded number of them matters at a time.
        total = 0
        for digit in spelling.lstrip("-"):
            total = (total * 10 + ord(digit) - 48) & 0xFFFFFFFF
        return wrap(total)
    return wrap(int(spelling))


def float_value(spelling: str) -> float:
    """Value of a float token; what a number cannot hold, as in `1.2.3`, is left out."""
    found = _FLOAT.match(spelling)
    return float(found[0] if found else spelling)
