"""Texts as they are compared, looked through and sorted."""

import re
from functools import lru_cache


def fold(text: str) -> str:
    """The form in which texts are compared: capitals do not matter, control characters are blanks."""
    folded = text.casefold()
    if folded.isprintable():
        return folded
    return "".join(" " if character < " " else character for character in folded)


_COLONED = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{2})*(?::[0-9a-f]?)?")
_DASHED = re.compile(r"[0-9a-f]{2}(?:-[0-9a-f]{2}){2,5}")


def needles(text: str) -> tuple[str, ...]:
    """What to look for when `text` is looked for: itself, and a MAC address also without its colons or dashes."""
    folded = fold(text)
    is_mac = _COLONED.fullmatch(folded) or _DASHED.fullmatch(folded)
    bare = re.sub(r"[:-]", "", folded) if is_mac else folded
    return (folded,) if bare == folded else (folded, bare)


def search_text(name: str | None, device_id: str, mac_address: str | None, agent_id: str | None) -> str:
    """What a word is looked for in, of a device: name, id, bare MAC address, agent id; folded, with unit separators between.

    A MAC address that the id ends with, as it does on newer imps, is not said twice.
    """
    name, agent_id, mac = name or "", agent_id or "", ""
    if mac_address is not None:
        mac = mac_address.replace(":", "").replace("-", "")
        if mac in device_id:
            mac = ""
    if f"{name}{device_id}{mac}{agent_id}".isprintable():  # as nearly all are: one pass instead of four
        return f"{name}\x1f{device_id}\x1f{mac}\x1f{agent_id}".casefold()
    return "\x1f".join(map(fold, (name, device_id, mac, agent_id)))


_DIGITS = re.compile("([0-9]+)")


def natural(text: str) -> str:
    """A key that sorts as people count: `unit 9` before `unit 10`, capitals aside."""
    head = text.rstrip("0123456789")  # most names of a fleet are those of others but for the number at the end
    if len(head) == len(text):
        return _natural(text)
    number = text[len(head) :].lstrip("0")
    return f"{_natural(head)}{len(number):02d}{number}"


@lru_cache(maxsize=8192)
def _natural(text: str) -> str:
    parts = _DIGITS.split(fold(text))
    for at in range(1, len(parts), 2):
        parts[at] = _counted(parts[at])
    return "".join(parts)


@lru_cache(maxsize=4096)  # names of a fleet share most of their numbers
def _counted(digits: str) -> str:
    number = digits.lstrip("0")
    return f"{len(number):02d}{number}"
