"""The user's keys: by command id, a list or none; and what is wrong with them."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from imptui.config.settings import NO_KEYS

NEVER = {
    "ctrl+i": "Tab",
    "ctrl+j": "Enter",
    "ctrl+m": "Enter",
    "ctrl+h": "Backspace",
    "ctrl+left_square_bracket": "Escape",
}
"""Keys that terminals send as another one."""

NAMES = {
    "/": "slash", ":": "colon", "?": "question_mark", "!": "exclamation_mark", "@": "at", "[": "left_square_bracket",
    "]": "right_square_bracket", "-": "minus", "+": "plus", "_": "underscore", "=": "equals_sign", "*": "asterisk",
    "|": "vertical_line", "{": "left_curly_bracket", "}": "right_curly_bracket", "<": "less_than_sign",
    ">": "greater_than_sign", ",": "comma", ".": "full_stop", ";": "semicolon", "'": "apostrophe", " ": "space",
    "#": "number_sign", "$": "dollar_sign", "%": "percent_sign", "&": "ampersand", "(": "left_parenthesis",
    ")": "right_parenthesis", "~": "tilde", "^": "circumflex_accent", "\\": "backslash", '"': "quotation_mark",
    "`": "grave_accent",
}  # fmt: skip
"""What people type, and how Textual names it."""

_NAMED = re.compile(r"(?:(?:ctrl|alt|shift)\+)*(?:[^+\s]|[a-z][a-z_0-9]+)")
_SIGNS = {name: sign for sign, name in NAMES.items() if sign != " "}
_SPOKEN = {
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", "space": "Space", "up": "Up",
    "down": "Down", "left": "Left", "right": "Right", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home",
    "end": "End", "delete": "Del", "backspace": "Backspace",
}  # fmt: skip


def named(key: str) -> str:
    """A key as Textual names it, from what a person wrote: `/` is `slash`, `ctrl+/` is `ctrl+slash`, `G` stays."""
    *modifiers, last = key.rsplit("+", 1) if key not in ("+",) and not key.endswith("++") else [key.removesuffix("+")[:-1], "+"]
    return "+".join([*[each for each in modifiers if each], NAMES.get(last, last)])


def spoken(key: str) -> str:
    """A key as a person reads it: `slash` is `/`, `question_mark` is `?`, `f1` is `F1`."""
    if key in _SPOKEN:
        return _SPOKEN[key]
    *modifiers, last = key.split("+")
    last = _SIGNS.get(last, _SPOKEN.get(last, last))
    return "+".join([*modifiers, last.upper() if re.fullmatch(r"f\d+", last) else last])


class Bound(Struct, frozen=True):
    """A command with its default keys, where they work."""

    id: str
    keys: tuple[str, ...]
    panes: frozenset[str] = frozenset()
    """Empty: everywhere on its screen."""


class Keymap(Struct, frozen=True):
    """Which keys do what: the defaults, and what the user put in their place."""

    wishes: Mapping[str, tuple[str, ...]] = NO_KEYS

    def keys_of(self, command: str, defaults: tuple[str, ...]) -> tuple[str, ...]:
        """The keys of a command, as Textual names them. Keys that no terminal can send are left out."""
        keys = self.wishes.get(command, defaults)
        return tuple(name for name in map(named, keys) if name not in NEVER and name != "none")

    def troubles(self, screens: Mapping[str, Iterable[Bound]]) -> tuple[str, ...]:
        """What is wrong with the user's keys, one sentence each; only about what the user wrote.

        Args:
            screens: Per screen, its commands with their default keys.
        """
        if not self.wishes:
            return ()
        known = {bound.id for bounds in screens.values() for bound in bounds}
        found = [f"keys: there is no command '{command}'." for command in self.wishes if command not in known]
        for command, keys in self.wishes.items():
            for key in keys:
                name = named(key)
                if name in NEVER:
                    found.append(f"keys: '{command}' cannot have {key}; terminals send it as {NEVER[name]}.")
                elif name != "none" and _NAMED.fullmatch(name) is None:
                    found.append(f"keys: '{command}' has {key!r}, which is no key.")
        for screen, bounds in screens.items():
            found += self._conflicts(screen, tuple(bounds))
        return tuple(dict.fromkeys(found))

    def _conflicts(self, screen: str, bounds: tuple[Bound, ...]) -> list[str]:
        owners: dict[str, list[Bound]] = {}
        for bound in bounds:
            for key in self.keys_of(bound.id, bound.keys):
                owners.setdefault(key, []).append(bound)
        return [
            f"keys: {spoken(key)} is wanted by '{one.id}' and '{other.id}' on the {screen} screen; the first has it."
            for key, rivals in owners.items()
            for one, other in pairwise(rivals)
            if (one.id in self.wishes or other.id in self.wishes)
            and (not one.panes or not other.panes or one.panes & other.panes)
        ]
