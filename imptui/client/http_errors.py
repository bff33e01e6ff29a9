"""Errors of httpx to errors of this room."""

from imptui.client.errors import NoAnswer, TimedOut, Unreachable
from imptui.client.lean_httpx import httpx

HTTPX_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)
"""Everything that httpx raises."""

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_SENT_HINT = "It may have been carried out all the same: look before trying again."
_PROXY_HINT = "Check the proxy and its variable, or list the host in NO_PROXY."
_NOT_SENT_HINT = "Check the network and the endpoint; nothing was sent."


def no_answer(error: Exception, attempt: str, endpoint: str, *, is_read: bool, proxy: str | None = None) -> NoAnswer:
    """Return the error of ours for an error of httpx, which holds the request and so must not become its cause.

    Args:
        error: The error of httpx.
        attempt: See `NoAnswer`.
        endpoint: See `NoAnswer`.
        is_read: True if the call changes nothing.
        proxy: The proxy on the way, see `proxy_label`.
    """
    request = getattr(error, "_request", None)
    is_renewal = isinstance(request, httpx.Request) and request.url.path.endswith("/auth/token")
    sent = not isinstance(error, _NOT_SENT) and not is_renewal
    hint = "Check the network and the endpoint." if is_read else _SENT_HINT if sent else _NOT_SENT_HINT
    if isinstance(error, httpx.ProxyError):
        return Unreachable(attempt, endpoint, _why(error, f"the {proxy or 'proxy'} refuses"), _PROXY_HINT, sent=sent)
    if proxy is not None and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable(attempt, endpoint, _why(error, f"no connection through the {proxy}"), _PROXY_HINT, sent=sent)
    if "WRONG_VERSION_NUMBER" in str(error) or "RECORD_LAYER_FAILURE" in str(error).replace(" ", "_").upper():
        words = "the port does not speak HTTPS"
        return Unreachable(attempt, endpoint, words, "If it speaks plain HTTP, write the endpoint with http://.", sent=False)
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        words = _why(error, "its certificate is not trusted")
        hint = "Name the file of the authority that signed it in SSL_CERT_FILE, or check the clock of this machine."
        return Unreachable(attempt, endpoint, words, hint, sent=False)
    if isinstance(error, httpx.TimeoutException):
        why = "no connection in time" if isinstance(error, httpx.ConnectTimeout) else "no answer in time"
        return TimedOut(attempt, endpoint, why, hint, sent=sent)
    if isinstance(error, httpx.ConnectError | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Unreachable(attempt, endpoint, _why(error, "no connection"), hint, sent=sent)
    return Unreachable(attempt, endpoint, _why(error, "the connection broke"), hint, sent=sent)


def _why(error: Exception, otherwise: str) -> str:
    if isinstance(error, httpx.LocalProtocolError):
        return "the request cannot be written"  # the details may show a header
    text = " ".join(str(error).split())[:200]
    return f"{otherwise} ({text})" if text else otherwise
