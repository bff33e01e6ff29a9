"""Help on the filter language, and completion of the word at the end of the filter bar."""

import re

from imptui.domain.group import GroupType
from imptui.query.expression import ALIASES, SPANS, Claim, FilterField

SYNTAX: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Words",
        (
            ("pump 07", "both, somewhere in name, id, MAC, agent id, group or product; capitals never matter"),
            ('"two words"', "with the blank between them"),
            ("a and b, a or b, not a, !a, ( )", "a blank means and; not binds tightest, then and, then or"),
        ),
    ),
    (
        "Fields that are text",
        (
            ("name: id: mac: agent: group: product: ip: imp:", "holds it: name:pump, ip:192.168., imp:005"),
            ("name= name!=", 'is all of it, is not: group="Line 3"'),
            ("name~/^M\\d+/", "a regular expression; ~/^M/ alone looks into names"),
            ("name~mtr", "these letters in this order"),
            ("type:", f"how the type of the group begins: {', '.join(GroupType)}"),
            ("state:online state:offline", "as online and offline alone"),
        ),
    ),
    (
        "Fields that are numbers, with < <= = != >= > or a range",
        (
            ("rssi<-80 rssi:-90..-70", "signal in dBm; a range holds both ends"),
            ("free<20k memory:8k..20k", "free memory in bytes, with k or M"),
            ("swversion>=42.3 swversion:42", "the impOS release"),
            ("offline>2h online<10m changed<1d", "how long ago the device went, came, or did either: s m h d w"),
            ("enrolled>30d", "how long ago the last BlinkUp was"),
        ),
    ),
    (
        "Claims",
        (
            ("online offline assigned unassigned", "as they say"),
            ("pending", "deployed, not yet running, as far as that can be told"),
            ("weak problem", "a weak radio; offline, weak or short of memory"),
            ("worst falling flapping", "from our own readings: weakest radios, memory that falls, devices that come and go"),
        ),
    ),
)
"""Headings, each with pairs of syntax and meaning."""

NOTE = "What a device has not reported satisfies no comparison, so not rssi<-80 finds it. Signal and memory are known once read."

_OPERATORS = {FilterField.RSSI: "<", FilterField.FREE_MEMORY: "<"} | dict.fromkeys(SPANS, ">")
_WORDS = (
    *(f"{mark} " for mark in Claim),
    *(f"{field}{_OPERATORS.get(field, ':')}" for field in FilterField),
    *(f"{word}{_OPERATORS.get(field, ':')}" for word, field in ALIASES.items()),
)
_VALUES = (*(f"type:{each} " for each in GroupType), "state:online ", "state:offline ")
_BEGUN = re.compile(r"[A-Za-z]+:?[A-Za-z-]*$")


def completions(text: str) -> tuple[str, ...]:
    """Return the completions of the last word of `text`: fields with their likeliest operator, claims, group types.

    Each replaces the last word; a claim ends with a blank. There is no completion if `text` ends without a word.
    """
    if text.count('"') % 2 or (begun := _BEGUN.search(text)) is None:
        return ()
    before = text[begun.start() - 1 : begun.start()]
    if before and before not in " (!":
        return ()
    word = begun[0].lower()
    words = _VALUES if ":" in word else _WORDS
    return tuple(each for each in words if each.startswith(word) and each.strip() != word)


def completed(text: str, word: str) -> str:
    """Return `text` with its last word replaced by `word`."""
    return _BEGUN.sub(lambda _: word, text)
