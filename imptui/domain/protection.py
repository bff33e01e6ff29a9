"""The patterns that protect things from changes: their forms, and what they match.

`Line *` and `name:Line *` match names and identifiers, `type:production` matches groups of a type and the devices in them.
`*`, `?` and `[...]` are those of a shell; capitals do not matter.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from imptui.domain.group import GroupType

_KIND = re.compile(r"([A-Za-z_-]{3,}):")
"""The begin of a pattern that is limited to a kind. MAC addresses have two characters before their first colon."""

_TYPES = ", ".join(GroupType)


def pattern_trouble(pattern: str) -> str | None:
    """Return the reason why a pattern would protect nothing of what its author means, as a sentence; None: it is good."""
    if not pattern.strip():
        return "A pattern of protected things is empty. Write a name, such as 'Line *'."
    kind = _KIND.match(pattern.strip())
    if kind is None:
        return None
    word, rest = kind[1], pattern.strip()[kind.end() :].strip()
    if not rest:
        return f"The pattern {pattern!r} has nothing behind '{word}:'."
    if word.casefold() == "name":
        return None
    if word.casefold() != "type":
        return (
            f"The pattern {pattern!r} begins with an unknown kind; there are 'name:' and 'type:'. For a name that has a colon"
            f" write 'name:{pattern.strip()}'."
        )
    if not any(fnmatchcase(each, rest.casefold()) for each in GroupType):
        return f"The pattern {pattern!r} matches no type of group; there are {_TYPES}."
    return None


def matching(pattern: str, names: Iterable[str]) -> str | None:
    """Return the first of the names, identifiers and types that a pattern matches; None: it matches none.

    A type is written as `type:production` among the names.
    """
    kind = _KIND.match(pattern.strip())
    word, rest = (kind[1].casefold(), pattern.strip()[kind.end() :].strip()) if kind is not None else ("", pattern)
    wanted = f"type:{rest.casefold()}" if word == "type" else rest.casefold() if word == "name" else pattern.casefold()
    return next((name for name in names if fnmatchcase(name.casefold(), wanted)), None)
