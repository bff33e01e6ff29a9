"""SGR parameters, which set colours and attributes: texts such as `1;38;5;75;48;5;236`. Imports nothing; `frame` needs that."""

KNOWN = frozenset({0, 1, 2, 3, 4, 7, 9, 39, 49, *range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)})
"""Attributes and the sixteen colours; 38 and 48 begin extended colours."""

_LONGEST = 24


def attributes(sgr: str) -> list[str]:
    """Return the parameters that belong to no extended colour."""
    parts, found = sgr.split(";"), []
    index = 0
    while index < len(parts):
        if parts[index] in ("38", "48"):
            index += 3 if parts[index + 1 : index + 2] == ["5"] else 5
            continue
        found.append(parts[index])
        index += 1
    return found


def turn(old: str | None, new: str) -> str:
    """Return the shortest sequence from one style to another. If the old one is unknown (None), it sets everything.

    When an attribute ends or a colour returns to the terminal's own, the sequence begins with a reset, because not every
    terminal supports the single codes.
    """
    if old == new:
        return ""
    if not new:
        return "\x1b[m"
    if old:
        (was, ink, paper), (now, new_ink, new_paper) = _parts(old), _parts(new)
        if was <= now and (new_ink or not ink) and (new_paper or not paper):
            more = [*sorted(now - was), *([new_ink] if new_ink != ink else []), *([new_paper] if new_paper != paper else [])]
            return f"\x1b[{';'.join(more)}m"
    elif old == "":
        return f"\x1b[{new}m"
    return f"\x1b[0;{new}m"


_KNOWN_PARTS: dict[str, tuple[frozenset[str], str, str]] = {}


def _parts(sgr: str) -> tuple[frozenset[str], str, str]:
    """Return attributes, foreground and background of a style; empty if it leaves them open."""
    found = _KNOWN_PARTS.get(sgr)
    if found is None:
        plain, ink, paper = set(), "", ""
        parts = sgr.split(";")
        while parts:
            first = parts.pop(0)
            size = 0 if first not in ("38", "48") else 2 if parts[:1] == ["5"] else 4
            whole = ";".join([first, *parts[:size]])
            del parts[:size]
            if len(first) == 2 and first[0] in "39":
                ink = whole
            elif len(first) == 3 or (len(first) == 2 and first[0] == "4"):
                paper = whole
            else:
                plain.add(whole)
        found = _KNOWN_PARTS[sgr] = (frozenset(plain), ink, paper)
    return found


def has_paper(sgr: str) -> bool:
    """Return whether a style has a background of its own."""
    rest = attributes(sgr)
    codes = [int(part) for part in rest if part.isdigit()]
    is_extended = f";{sgr}".find(";48;") >= 0
    return is_extended or any(40 <= code <= 47 or 100 <= code <= 107 for code in codes)


def is_drawn(sgr: str) -> bool:
    """Return whether blanks in this style are visible: underlined, crossed out or reversed. Erasing would lose that."""
    return not {"4", "7", "9"}.isdisjoint(attributes(sgr))


def is_number(text: str) -> bool:
    """Return whether a text is a number of at most a few plain digits."""
    return text.isascii() and text.isdigit() and len(text) <= 12


def is_known(sgr: str) -> bool:
    """Return whether a text holds only colours and attributes that the console uses."""
    if not sgr:
        return True
    parts = sgr.split(";")
    if len(parts) > _LONGEST or not all(is_number(each) for each in parts):
        return False
    numbers = [int(each) for each in parts]
    while numbers:
        first = numbers.pop(0)
        if first in (38, 48):
            wanted = {5: 2, 2: 4}.get(numbers[0] if numbers else 0, 0)
            if not wanted or len(numbers) < wanted or max(numbers[:wanted]) > 255:
                return False
            del numbers[:wanted]
        elif first not in KNOWN:
            return False
    return True
