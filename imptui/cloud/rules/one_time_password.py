"""Checks time-based one-time passwords. Source: RFC 6238, with the parameters that phone apps know."""

import base64
import hashlib
import hmac
from datetime import datetime

STEP_S = 30
DIGITS = 6
_STEPS_ASIDE = 1
"""Clocks differ: the password of the step before and after is taken too. Source: RFC 6238, 5.2."""


def step_of(at: datetime) -> int:
    """The number of the time step."""
    return int(at.timestamp()) // STEP_S


def password(secret: str, step: int) -> str:
    """The one-time password of a step.

    Args:
        secret: Base 32, as shown to the phone.
        step: From `step_of`.
    """
    key = base64.b32decode(secret.upper())
    digest = hmac.new(key, step.to_bytes(8), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_that_fits(secret: str, given: str, at: datetime, last_step: int) -> int | None:
    """The step of which `given` is the password, None when it is of none near `at`, or of one that was used up."""
    now = step_of(at)
    for step in range(now - _STEPS_ASIDE, now + _STEPS_ASIDE + 1):
        if step > last_step and hmac.compare_digest(password(secret, step).encode(), given.encode("utf-8", "replace")):
            return step
    return None
