"""The keymap: default keys of commands, the user's overrides by command id, and the problems in them."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from imptui.config.settings import NO_KEYS

TERMINAL_ALIASES = {
    "ctrl+i": "Tab",
    "ctrl+j": "Enter",
    "ctrl+m": "Enter",
    "ctrl+h": "Backspace",
    "ctrl+left_square_bracket": "Escape",
}
"""Keys that terminals cannot tell from another key, and the name of that key."""

NAMES = {
    "/": "slash", ":": "colon", "?": "question_mark", "!": "exclamation_mark", "@": "at", "[": "left_square_bracket",
    "]": "right_square_bracket", "-": "minus", "+": "plus", "_": "underscore", "=": "equals_sign", "*": "asterisk",
    "|": "vertical_line", "{": "left_curly_bracket", "}": "right_curly_bracket", "<": "less_than_sign",
    ">": "greater_than_sign", ",": "comma", ".": "full_stop", ";": "semicolon", "'": "apostrophe", " ": "space",
    "#": "number_sign", "$": "dollar_sign", "%": "percent_sign", "&": "ampersand", "(": "left_parenthesis",
    ")": "right_parenthesis", "~": "tilde", "^": "circumflex_accent", "\\": "backslash", '"': "quotation_mark",
    "`": "grave_accent",
}  # fmt: skip
"""Signs, and the names that Textual gives to their keys."""

_NAMED = re.compile(r"(?:(?:ctrl|alt|shift)\+)*(?:[^+\s]|[a-z][a-z_0-9]+)")
_SIGNS = {name: sign for sign, name in NAMES.items() if sign != " "}
_LABELS = {
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", "space": "Space", "up": "Up",
    "down": "Down", "left": "Left", "right": "Right", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home",
    "end": "End", "delete": "Del", "backspace": "Backspace",
}  # fmt: skip


def key_name(key: str) -> str:
    """Return the name that Textual gives to a key in the settings: `/` is `slash`, `ctrl+/` is `ctrl+slash`, `G` is `G`."""
    *modifiers, last = key.rsplit("+", 1) if key not in ("+",) and not key.endswith("++") else [key.removesuffix("+")[:-1], "+"]
    return "+".join([*[each for each in modifiers if each], NAMES.get(last, last)])


def key_label(key: str) -> str:
    """Return the label of a key on the screen: `slash` is `/`, `question_mark` is `?`, `f1` is `F1`."""
    if key in _LABELS:
        return _LABELS[key]
    *modifiers, last = key.split("+")
    last = _SIGNS.get(last, _LABELS.get(last, last))
    return "+".join([*modifiers, last.upper() if re.fullmatch(r"f\d+", last) else last])


class CommandKeys(Struct, frozen=True):
    """The default keys of a command, and the panes in which they work."""

    id: str
    keys: tuple[str, ...]
    panes: frozenset[str] = frozenset()
    """Empty: in every pane of its screen."""


class Keymap(Struct, frozen=True):
    """The keys of commands: their defaults, or what the user put in their place."""

    overrides: Mapping[str, tuple[str, ...]] = NO_KEYS

    def keys_of(self, command: str, defaults: tuple[str, ...]) -> tuple[str, ...]:
        """Return the keys of a command, as Textual names them, without those that no terminal can send."""
        keys = self.overrides.get(command, defaults)
        return tuple(name for name in map(key_name, keys) if name not in TERMINAL_ALIASES and name != "none")

    def problems(self, screens: Mapping[str, Iterable[CommandKeys]]) -> tuple[str, ...]:
        """Return the problems in the user's keys, one sentence each. Conflicts among defaults are not reported.

        Args:
            screens: The commands of each screen, with their default keys.
        """
        if not self.overrides:
            return ()
        known = {command.id for commands in screens.values() for command in commands}
        found = [f"keys: there is no command '{command}'." for command in self.overrides if command not in known]
        for command, keys in self.overrides.items():
            for key in keys:
                name = key_name(key)
                if name in TERMINAL_ALIASES:
                    found.append(f"keys: '{command}' cannot have {key}; terminals send it as {TERMINAL_ALIASES[name]}.")
                elif name != "none" and _NAMED.fullmatch(name) is None:
                    found.append(f"keys: '{command}' has {key!r}, which is no key.")
        for screen, commands in screens.items():
            found += self._conflicts(screen, tuple(commands))
        return tuple(dict.fromkeys(found))

    def _conflicts(self, screen: str, commands: tuple[CommandKeys, ...]) -> list[str]:
        owners: dict[str, list[CommandKeys]] = {}
        for command in commands:
            for key in self.keys_of(command.id, command.keys):
                owners.setdefault(key, []).append(command)
        return [
            f"keys: {key_label(key)} is wanted by '{one.id}' and '{other.id}' on the {screen} screen; the first has it."
            for key, rivals in owners.items()
            for one, other in pairwise(rivals)
            if (one.id in self.overrides or other.id in self.overrides)
            and (not one.panes or not other.panes or one.panes & other.panes)
        ]
