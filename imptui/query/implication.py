"""Implication between queries, and plain text that a regular expression requires."""

import re
from collections.abc import Iterable

from imptui.query.expression import And, Expr, Fuzzy, Op, Or, TextIs, Word
from imptui.query.text_folding import fold

_parse = re._parser.parse  # type: ignore[attr-defined]  # the only reader of regular expressions that agrees with `re`


def refines(new: Expr, old: Expr) -> bool:
    """True if every device that `new` finds is found by `old`, too, as when the user types more letters; False if unclear."""
    if new == old:
        return True
    if isinstance(old, And):
        return all(refines(new, part) for part in old.parts)
    if isinstance(new, And):
        return any(refines(part, old) for part in new.parts)
    match new, old:
        case Word(longer), Word(shorter):
            # a colon may belong to a MAC address, which is compared without it
            return fold(shorter) in fold(longer) and shorter.isalnum()
        case TextIs(one, Op.HAS, longer), TextIs(other, Op.HAS, shorter):
            return one == other and fold(shorter) in fold(longer) and shorter.isalnum()
        case Fuzzy(one, longer), Fuzzy(other, shorter):
            letters = iter(fold(longer))
            return one == other and all(letter in letters for letter in fold(shorter))
        case Or(parts), _:
            return all(refines(part, old) for part in parts)
    return False


def literals(pattern: str) -> tuple[str, ...]:
    """Return pieces of plain text, in lower case, that every match of a regular expression contains; possibly none.

    Only letters, digits and signs of ASCII count, because other letters may have several lower-case forms.
    """
    found = [""]
    _gather(_parse(pattern, re.IGNORECASE), found)
    return tuple(piece for piece in found if piece)


def _gather(parsed: Iterable[tuple[object, object]], found: list[str]) -> None:
    """Append plain characters to the last piece, and begin a new piece after any other construct."""
    for kind, value in parsed:
        name = str(kind)
        if name == "LITERAL" and isinstance(value, int) and 32 <= value < 127:
            found[-1] += chr(value).lower()
        elif name == "SUBPATTERN" and isinstance(value, tuple) and not value[1] and not value[2]:
            _gather(value[3], found)
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and isinstance(value, tuple) and value[0] >= 1:
            found.append("")
            _gather(value[2], found)
            found.append("")
        elif name != "AT":  # an anchor stands between letters and takes none
            found.append("")
