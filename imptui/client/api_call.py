"""One request of the API, before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from imptui.client.secret import Secret


def path_of(*segments: str) -> str:
    """Join segments to a path. A segment may hold any character; `/`, `?` and `#` in it are escaped, colons are not."""
    return "/" + "/".join(_escaped(segment) for segment in segments)


def _escaped(segment: str) -> str:
    # A server on the way would take a segment of dots alone for "here" or "up".
    return segment.replace(".", "%2E") if segment in (".", "..") else quote(segment, safe=":@")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A verb, a path below the endpoint and a body. `repr` omits path, body and headers, which may hold secrets."""

    verb: str
    path: str = field(repr=False)
    """Below the endpoint. The paths of login keys and log streams are secrets."""
    attempt: str
    """The action of the call for messages, as the end of "Could not ..."."""
    params: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_vendor_type: bool = True
    """True if the body is a JSON:API document; the two calls that log in carry plain JSON."""
    refs: tuple[str, ...] = ()
    """The references of all devices that a bulk call is about."""
    secrets: tuple[Secret, ...] = ()
    """Texts to mask in the service's words before they are repeated."""

    @property
    def media_type(self) -> str:
        """The media type of the body, and of the answer asked for."""
        return "application/vnd.api+json" if self.is_vendor_type else "application/json"
