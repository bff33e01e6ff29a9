"""The proxy for an endpoint, by the variables of the environment as curl reads them.

httpx reads no variables for a transport that is passed to it, and all our requests go through `GuardedTransport`. `HTTP_PROXY`
and `HTTPS_PROXY` name the proxy by scheme, `ALL_PROXY` names one for both, `NO_PROXY` lists hosts that are reached directly.
Lower case works as well. A proxy without a scheme speaks HTTP. macOS and Windows also have system settings, which `urllib` reads.
"""

import os
import re
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def proxy_for(endpoint: str) -> str | None:
    """Return the address of the proxy for an endpoint, or None to connect directly. This machine needs no proxy."""
    address = urlsplit(endpoint)
    proxies = getproxies()
    proxy = (proxies.get(address.scheme) or proxies.get("all") or "").strip()
    if not proxy or address.hostname in _THIS_MACHINE or _is_bypassed(endpoint, proxies):
        return None
    if "://" not in proxy:
        return f"http://{proxy}"
    return re.sub(r"^socks://", "socks5://", proxy, flags=re.IGNORECASE)


def proxy_label(endpoint: str) -> str | None:
    """Return the proxy for an endpoint as messages name it, without user and password; None: there is none."""
    proxy = proxy_for(endpoint)
    if proxy is None:
        return None
    scheme = urlsplit(endpoint).scheme
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    variable = next((name for name in names if os.environ.get(name)), "the system's settings")
    kind, _, place = proxy.partition("://")
    return f"proxy {kind}://{place.rpartition('@')[2].partition('/')[0]} ({variable})"


def _is_bypassed(endpoint: str, proxies: dict[str, str]) -> bool:
    address = urlsplit(endpoint)
    host, netloc = address.hostname or "", address.netloc.rpartition("@")[2]
    try:
        port = address.port or _DEFAULT_PORTS.get(address.scheme)
    except ValueError:  # no port: httpx says so
        port = None
    entries = [each for each in re.split(r"[\s,]+", proxies.get("no", "")) if each]
    return any(_names(entry.casefold(), host.casefold(), port) for entry in entries) or bool(proxy_bypass(netloc))


def _names(entry: str, host: str, port: int | None) -> bool:
    """Return True if an entry of NO_PROXY names a host: `*`, a domain, a pattern, an address or a network. A port may follow."""
    if entry == "*":
        return True
    split = re.fullmatch(r"(\[[^\]]*\]|[^:]*):(\d+)", entry)
    if split is not None:
        if int(split[2]) != port:
            return False
        entry = split[1]
    entry = entry.strip("[]")
    found = _address(host)
    if found is not None:
        try:
            return found in ip_network(entry, strict=False)
        except ValueError:
            return "*" in entry and fnmatchcase(host, entry)
    if "*" in entry:
        return fnmatchcase(host, entry)
    domain = entry.strip(".")
    return bool(domain) and (host.rstrip(".") == domain or host.rstrip(".").endswith(f".{domain}"))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
