"""Keys that come faster than fingers: a bar-code reader is a keyboard that types a code and Enter.

Letters and digits are held back for a moment. When more follow within that moment and Enter comes at the end, they are one
code; otherwise they are keys like all others, obeyed in their order. So no code is ever obeyed as commands.
"""

import re
from dataclasses import dataclass, field

from textual import events

GAP_S = 0.03
"""How long the first key waits for a second one: shorter than fingers are, too short to be noticed."""

TAIL_S = 0.4
"""How long what can only be the beginning of a code waits for the rest of it, which a slow line may bring late."""

_BEGINS = re.compile(r"[0-9A-Za-z]")
_MOVES = frozenset("jkgG")
"""Keys that only move are not held back: holding them down must stay smooth."""

_CODE = re.compile(r"(?=.*\d)[0-9A-Za-z][0-9A-Za-z:._-]{7,63}")
_ONLY_A_CODE = re.compile(r"[0-9A-Fa-f:-]{6,}")


def is_code(text: str) -> bool:
    """Whether a text is what labels bear: eight and more letters and digits, of which one is a digit."""
    return _CODE.fullmatch(text) is not None


@dataclass
class Burst:
    """Keys that are held back, in their order."""

    keys: list[events.Key] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What they type."""
        return "".join(key.character or "" for key in self.keys)

    @property
    def wait_s(self) -> float:
        """How long to wait for the next key."""
        return TAIL_S if self.is_surely_a_code else GAP_S

    @property
    def is_surely_a_code(self) -> bool:
        """Whether no fingers type this: several different digits of an id, each within a moment of the one before."""
        return _ONLY_A_CODE.fullmatch(self.text) is not None and len(set(self.text)) > 2

    def takes(self, key: events.Key) -> bool:
        """Whether a key is to be held back; it is kept then."""
        letter = key.character or ""
        if not key.is_printable or not letter:
            return False
        if not self.keys and (letter in _MOVES or _BEGINS.fullmatch(letter) is None):
            return False
        self.keys.append(key)
        return True

    def taken(self) -> list[events.Key]:
        """The keys, which are not held back any longer."""
        keys, self.keys = self.keys, []
        return keys
