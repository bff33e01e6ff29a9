"""Find the identifiers in a scanned code: remove frames, prefixes, labels and addresses."""

import re

from imptui.domain.ids import device_id_of, is_agent_id, mac_address_of

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_BARE_MAC = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|(?:[0-9a-f]{2}[ .]){5}[0-9a-f]{2}", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z][A-Za-z ._-]*(?:[:=#]\s*|\s+)(?=\S)")
_PARTS = re.compile(r"[^\s/?&=#;,|()<>\"'*]+")


def identifiers_in(scanned: str) -> tuple[str, ...]:
    """Return possible identifiers of a device in a scan, the most likely first.

    The text itself comes first, then the text without an AIM prefix (`]C1`), the asterisks of Code 39 and a label before the id;
    then a MAC address in any notation, and the parts of an address such as `https://agent.electricimp.com/AGENTID`.
    """
    text = scanned.strip()
    bare = _AIM.sub("", text, count=1) if _AIM.match(text) else text
    bare = bare.strip("*").strip()
    unlabelled = bare[match.end() :] if (match := _LABEL.match(bare)) is not None else bare
    found = [text, bare, unlabelled]
    found += [re.sub(r"[ .]", "", each) for each in (bare, unlabelled) if _BARE_MAC.fullmatch(each) is not None]
    found += [part for part in _PARTS.findall(bare) if is_identifier(part)]
    return tuple(dict.fromkeys(each for each in found if each))


def is_identifier(text: str) -> bool:
    """Return whether a text has the form of a device id, a MAC address or an agent id."""
    return device_id_of(text) is not None or mac_address_of(text) is not None or is_agent_id(text)
