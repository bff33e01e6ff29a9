"""Forms of text for comparing, searching and sorting."""

import re
from functools import lru_cache


def fold(text: str) -> str:
    """Return the form in which texts are compared: case folded, with blanks for control characters."""
    folded = text.casefold()
    if folded.isprintable():
        return folded
    return "".join(" " if character < " " else character for character in folded)


_COLONED = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{2})*(?::[0-9a-f]?)?")
_DASHED = re.compile(r"[0-9a-f]{2}(?:-[0-9a-f]{2}){2,5}")


def needles(text: str) -> tuple[str, ...]:
    """Return the texts to search for: `text` itself, and a MAC address also without its colons or dashes."""
    folded = fold(text)
    is_mac = _COLONED.fullmatch(folded) or _DASHED.fullmatch(folded)
    bare = re.sub(r"[:-]", "", folded) if is_mac else folded
    return (folded,) if bare == folded else (folded, bare)


def search_text(name: str | None, device_id: str, mac_address: str | None, agent_id: str | None) -> str:
    """Return the searchable text of a device: name, id, bare MAC address and agent id, folded, between unit separators.

    The MAC address is left out if the id contains it, as on newer imps.
    """
    name, agent_id, mac = name or "", agent_id or "", ""
    if mac_address is not None:
        mac = mac_address.replace(":", "").replace("-", "")
        if mac in device_id:
            mac = ""
    if f"{name}{device_id}{mac}{agent_id}".isprintable():  # true of nearly all devices: one pass instead of four
        return f"{name}\x1f{device_id}\x1f{mac}\x1f{agent_id}".casefold()
    return "\x1f".join(map(fold, (name, device_id, mac, agent_id)))


_DIGITS = re.compile("([0-9]+)")


def natural_key(text: str) -> str:
    """Return a key that sorts numbers by value and ignores case: `unit 9` before `unit 10`."""
    head = text.rstrip("0123456789")  # most names of a fleet differ only in the number at the end
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
