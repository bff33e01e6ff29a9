"""Values of number literals, on a 32-bit imp."""

from __future__ import annotations

import re

_FLOAT = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")


def wrap(number: int) -> int:
    """Return `number` as a signed 32-bit integer, silently wrapped as on the imp."""
    return ((number + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def integer_value(spelling: str) -> int:
    """Return the value of an integer token: decimal, `0x…`, octal, or a character's code."""
    if spelling[:2] in ("0x", "0X"):
        return wrap(int(spelling[2:] or "0", 16))
    if len(spelling) > 1 and spelling[0] == "0" and spelling[1] in "01234567":
        return wrap(int(spelling, 8))
    if len(spelling) > 20:
        # Decimal digits wrap as they are read, so the total stays bounded.
        total = 0
        for digit in spelling.lstrip("-"):
            total = (total * 10 + ord(digit) - 48) & 0xFFFFFFFF
        return wrap(total)
    return wrap(int(spelling))


def float_value(spelling: str) -> float:
    """Return the value of a float token; a part that no number can have, as in `1.2.3`, is ignored."""
    found = _FLOAT.match(spelling)
    return float(found[0] if found else spelling)
