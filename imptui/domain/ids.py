"""Ids of the service's objects, and the accepted spellings of each.

Source: contract 4.3.
"""

import re
from typing import NewType

AccountId = NewType("AccountId", str)
ProductId = NewType("ProductId", str)
GroupId = NewType("GroupId", str)
DeploymentId = NewType("DeploymentId", str)
WebhookId = NewType("WebhookId", str)
DeviceId = NewType("DeviceId", str)
"""16 lower-case hexadecimal digits. For newer imps they are `5000` followed by the MAC address."""
AgentId = NewType("AgentId", str)
"""12 characters from letters, digits, `_` and `-`. Case matters."""

_DEVICE_ID = re.compile(r"[0-9a-f]{16}", re.IGNORECASE)
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{12}", re.IGNORECASE)
_AGENT_ID = re.compile(r"[A-Za-z0-9_-]{12}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def mac_address_of(text: str) -> str | None:
    """Return the MAC address in `text` as the service writes it (`0c:2a:69:0b:51:7e`), or None.

    The function also accepts dashes instead of colons, twelve bare digits, and capitals.
    """
    if _MAC.fullmatch(text) is None:
        return None
    digits = text.replace(":", "").replace("-", "").lower()
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def device_id_of(text: str) -> DeviceId | None:
    """Return the device id in `text` in lower case, or None."""
    return DeviceId(text.lower()) if _DEVICE_ID.fullmatch(text) else None


def is_agent_id(text: str) -> bool:
    """True if `text` has the form of an agent id."""
    return _AGENT_ID.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """True if `text` has the form of the id of an account, product, group, deployment or webhook."""
    return _UUID.fullmatch(text) is not None
