"""Refuses requests whose Host header names another server, so that no web page reaches the engine through a name of its own.

A page of a stranger can let its own name lead to 127.0.0.1 (DNS rebinding); the browser then takes the engine for the
page's server. The Host header still has that name.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from imptui.cloud.api.responses import refusal_response
from imptui.domain.errors import Invalid, Rule

_HOST = re.compile(r"(\[[^\[\]]*\]|[^:]*)(:[0-9]*)?")


class HostCheck:
    """Lets requests pass that name this machine's loopback, the address they came in on, or an allowed host.

    Args:
        app: The application.
        allowed: Further names and addresses, without port.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(map(host_in, allowed))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 421."""
        if scope["type"] != "http" or self._is_allowed(scope):
            await self._app(scope, receive, send)
            return
        reason = "The Host header names another server than this one. The engine's owner allows names with --allow-host."
        response = refusal_response(Invalid(reason, Rule.WRONG_HOST), {})
        await response(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        header = Headers(scope=scope).get("host")
        if header is None:  # HTTP/1.0, which no browser speaks
            return True
        host = host_in(header)
        own, _ = scope.get("server") or (None, None)
        return is_loopback(host) or host in self._allowed or host == own


def host_in(header: str) -> str:
    """Return the host of a Host header or an option, in lower case, without port, brackets and a dot at the end."""
    found = _HOST.fullmatch(header.strip().lower())
    return "" if found is None else found[1].strip("[]").removesuffix(".")


def is_loopback(host: str) -> bool:
    """Return True for an address or a name that always leads to this machine's loopback."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
