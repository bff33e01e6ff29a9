"""One request, before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from imptui.client.secret import Secret


def path_of(*segments: str) -> str:
    """A path of segments that may hold anything, `/`, `?` and `#` in it; colons stay as they are."""
    return "/" + "/".join(_escaped(segment) for segment in segments)


def _escaped(segment: str) -> str:
    # A segment of dots alone would be taken for "here" or "up" on the way.
    return segment.replace(".", "%2E") if segment in (".", "..") else quote(segment, safe=":@")


@dataclass(frozen=True, slots=True)
class Call:
    """A verb, a path below the endpoint and a body. Its body and headers may hold secrets and are not shown."""

    verb: str
    path: str = field(repr=False)
    """Below the endpoint. Not shown: the paths of login keys and log streams are secrets."""
    attempt: str
    """What it does, for messages, as the end of "Could not ..."."""
    params: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_vendor_type: bool = True
    """Whether the body is a JSON:API document; the two calls that log in carry plain JSON."""
    refs: tuple[str, ...] = ()
    """For a call about several devices, their references."""
    secrets: tuple[Secret, ...] = ()
    """What the service's words are searched for before they are repeated."""
