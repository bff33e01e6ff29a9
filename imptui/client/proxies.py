"""The proxy for an endpoint, by the variables of the environment that httpx reads for a transport of its own.

httpx reads no variables for a transport that is passed to it, and all our requests go through `GuardedTransport`. `HTTP_PROXY`
and `HTTPS_PROXY` name the proxy by scheme, `ALL_PROXY` names one for both, `NO_PROXY` lists hosts that are reached directly.
Lower case works as well. macOS and Windows also have system settings, which `urllib` reads.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def proxy_for(endpoint: str) -> str | None:
    """Return the address of the proxy for an endpoint, or None to connect directly. This machine needs no proxy."""
    address = urlsplit(endpoint)
    proxies = getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    if not proxy or address.hostname in _THIS_MACHINE or _is_bypassed(address.netloc.rpartition("@")[2], proxies):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_bypassed(host: str, proxies: dict[str, str]) -> bool:
    # urllib understands "*" as the whole of the list only, httpx also among others.
    return "*" in (each.strip() for each in proxies.get("no", "").split(",")) or bool(proxy_bypass(host))
