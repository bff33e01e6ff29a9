"""A failure as one sentence."""

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused, TooFast


def sentence(attempt: str, error: Exception) -> str:
    """Return a sentence with the attempt and the reason why it failed. Holds foreign text."""
    if isinstance(error, TooFast):
        return f"{attempt}: the request budget is spent; try again in {error.retry_after_s:.0f} s."
    if isinstance(error, Refused):
        # Most reasons name the attempt themselves.
        return error.reason if error.reason.startswith(("Could not ", "Cannot ")) else f"{attempt}: {error.reason}"
    if isinstance(error, NoAnswer):
        ending = " It may have been carried out all the same; look before you try again." if error.sent else ""
        return f"{attempt}: {error.why}. {error.hint}{ending}"
    return f"{attempt}: {error}"
