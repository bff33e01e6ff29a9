"""Refusals of the service, rebuilt from its replies.

The status selects the class of `Refused`, the code selects the rule; where several rules share a code, title or detail
decides. An unknown code becomes `Rule.OTHER`, with the service's own words.

Source: contract 2.2 to 2.5, 5.2, 9.4, 12.4.
"""

from collections.abc import Sequence

from imptui.client.codec.decode import compile_messages
from imptui.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    OtpRequired,
    Refused,
    Rule,
    TooFast,
    Unauthorized,
)
from imptui.jsonapi.errors import ErrorObject, errors_in

TEXT_LIMIT = 2000
"""The longest text of the service that we keep, in characters."""

PARTS_NAMED = 3
"""The number of refusals of a bulk call that the sentence names; `parts` holds all."""

_RULES = {
    "CX001": Rule.DUPLICATE_PRODUCT_NAME,
    "CX002": Rule.PRODUCT_HAS_GROUPS,
    "CX003": Rule.DEPLOYMENT_FLAGGED,
    "CX004": Rule.GROUP_HAS_FLAGGED,
    "CX005": Rule.COMPILATION,
    "CX006": Rule.LOGIN_KEY_LIMIT,
    "CX007": Rule.GROUP_HAS_DEVICES,
    "CX008": Rule.GROUP_IS_TARGET,
    "CX009": Rule.DEPLOYMENT_IN_USE,
    "CX010": Rule.DEVICE_ASSIGNED,
    "CX011": Rule.DEVICE_UNASSIGNED,
    "CX012": Rule.WRONG_KIND_FOR_GROUP,
    "CX013": Rule.WRONG_MINIMUM,
    "CX014": Rule.TYPE_MISMATCH,
    "PX001": Rule.NO_PRODUCTION_PERMISSION,
    "PX002": Rule.UNBOND_KEY,
    "PX003": Rule.PROTECTED,  # not READ_ONLY: that rule is ours, and means that nothing was sent
    "PX100": Rule.CREDENTIALS,
    "PX101": Rule.TOKEN,
    "PX200": Rule.OTP_REQUIRED,
    "PX429": Rule.RATE_LIMIT,
    "NF001": Rule.NOT_FOUND,
    "VX001": Rule.INVALID_URL,
    "VX002": Rule.INVALID_ATTRIBUTE,
    "VX003": Rule.ATTRIBUTE_NOT_FOR_TYPE,
    "VX004": Rule.INVALID_QUERY,
    "VX005": Rule.MALFORMED,
    "VX006": Rule.CODE_TOO_LARGE,
    "VX007": Rule.CONTENT_TYPE,
    "VX008": Rule.METHOD,
    "VX009": Rule.BODY_TOO_SLOW,
    "VX010": Rule.WRONG_HOST,
}
"""Source: contract 2.5. Only CX005 and PX200 are certain, so a title that is known has the last word."""

_KNOWN_TITLES = {
    "Dependent Devicegroups Exist": Rule.PRODUCT_HAS_GROUPS,
    "Resource Flagged": Rule.DEPLOYMENT_FLAGGED,
    "Flagged Deployments Exist": Rule.GROUP_HAS_FLAGGED,
    "Compilation Error": Rule.COMPILATION,
    "Invalid URL": Rule.INVALID_URL,
    "Account Limit Reached": Rule.LOGIN_KEY_LIMIT,
}
_BY_STATUS = {
    401: Rule.TOKEN,
    404: Rule.NOT_FOUND,
    405: Rule.METHOD,
    413: Rule.CODE_TOO_LARGE,
    415: Rule.CONTENT_TYPE,
    429: Rule.RATE_LIMIT,
}
_KINDS: dict[int, type[Refused]] = {401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict}

_ADVICE = {
    Rule.TOKEN: " Log in again.",
    Rule.UNBOND_KEY: " Give the account's unbond key.",
    Rule.DEPLOYMENT_FLAGGED: "",
}


def refusal_in(
    status: int,
    body: bytes,
    attempt: str,
    *,
    retry_after_s: float = 1.0,
    refs: Sequence[str] = (),
    has_password: bool = False,
    has_token: bool = False,
) -> Refused | None:
    """Return the refusal in a reply with a 4xx status, or None if its body is no error document.

    Args:
        status: The HTTP status of the whole reply.
        body: Its body.
        attempt: The call, as in "delete product 5d0c…".
        retry_after_s: If the budget is spent, the seconds to wait.
        refs: The references of a bulk call; each entry then becomes a part.
        has_password: True if the call carried the account's password, as those about login keys do.
        has_token: True if the call carried an access token; the service has one code for a bad token and for a bad login.
    """
    errors = errors_in(body)
    if status == 429:
        reason = _words(errors[0]) if errors else "the request budget is spent"
        return TooFast(f"Could not {attempt}: {reason}", retry_after_s)
    if not errors:
        return None
    if refs and (len(errors) > 1 or errors[0].http_status not in (None, status) or status == 400):
        return _bulk(errors, status, attempt, refs)
    return _single(errors, status, attempt, has_password=has_password, has_token=has_token)


def _single(errors: Sequence[ErrorObject], status: int, attempt: str, *, has_password: bool, has_token: bool) -> Refused:
    first = errors[0]
    meta = first.meta if isinstance(first.meta, dict) else {}
    rule = _rule(first, status)
    if rule is Rule.NO_PRODUCTION_PERMISSION and has_password:
        rule = Rule.WRONG_PASSWORD_HEADER
    if rule is Rule.CREDENTIALS and has_token:
        rule = Rule.TOKEN
    reason = bounded(f"Could not {attempt}: {' '.join(map(_words, errors))}{_ADVICE.get(rule, '')}")
    token = meta.get("login_token")
    if rule is Rule.OTP_REQUIRED and isinstance(token, str) and token:
        return OtpRequired(reason, token, str(meta.get("expires_at") or ""))
    messages = [message for error in errors for message in compile_messages({"meta": error.meta})]
    return _kind(status)(reason, rule, compile_messages=messages)


def _bulk(errors: Sequence[ErrorObject], status: int, attempt: str, refs: Sequence[str]) -> Refused:
    parts = [_part(error, status, refs) for error in errors]
    kinds, rules = {type(part) for part in parts}, {part.rule for part in parts}
    kind = kinds.pop() if len(kinds) == 1 else Conflict
    first_reasons = " ".join(part.reason for part in parts[:PARTS_NAMED])
    rest = len(parts) - PARTS_NAMED
    more = f" And {rest} more." if rest > 0 else ""
    count = f"{len(parts)} of {len(refs)} refused. " if len(refs) > 1 else ""
    return kind(
        bounded(f"Could not {attempt}: {count}{first_reasons}{more}"),
        rules.pop() if len(rules) == 1 else Rule.OTHER,
        parts=parts,
    )


def _part(error: ErrorObject, status: int, refs: Sequence[str]) -> Refused:
    status = error.http_status or status
    return _kind(status)(_words(error), _rule(error, status), subject=_subject(error, refs))


def _subject(error: ErrorObject, refs: Sequence[str]) -> str | None:
    """Return the reference that an entry is about: from its `meta`, else from its words. Source: contract 9.4."""
    device_id = error.meta.get("device_id") if isinstance(error.meta, dict) else None
    if isinstance(device_id, str) and device_id:
        return bounded(device_id)
    words = _words(error).casefold()
    named = [ref for ref in refs if ref.casefold() in words]
    if len(named) == 1:
        return named[0]
    return refs[0] if len(refs) == 1 else None


def _kind(status: int) -> type[Refused]:
    return _KINDS.get(status, Invalid)


def _rule(error: ErrorObject, status: int) -> Rule:
    words = f"{error.title} {error.detail}".casefold()
    if (error.title or "") == "Duplicate Resource":
        return Rule.DUPLICATE_GROUP_NAME if "devicegroup" in words else Rule.DUPLICATE_PRODUCT_NAME
    known = _KNOWN_TITLES.get(error.title or "")
    return known or _RULES.get(str(error.code)) or _BY_STATUS.get(status, Rule.OTHER)


def _words(error: ErrorObject) -> str:
    text = error.detail or error.title or (f"error {error.code}" if error.code else "no reason was given")
    return bounded(text if text.rstrip().endswith((".", "!", "?")) else f"{text}.")


def bounded(text: str) -> str:
    """Return the text, cut at `TEXT_LIMIT`."""
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"
