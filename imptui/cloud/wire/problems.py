"""Encodes refusals: one table from the rule that refused to status, code and title.

Clients match titles and details of the rows that are marked "known" in contract 2.5 to the letter; the details come
with the refusal (most of them from `model.may`), the rest stands here. Source: contract 2.2 to 2.5.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from imptui.domain.errors import (
    CompileMessage,
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

Json = dict[str, Any]


class Problem(Struct, frozen=True):
    """Status, code and title of one rule's refusal."""

    status: int
    code: str
    """Two letters of the family (`VX` validation, `CX` constraint, `NF`, `PX` permission) and a number."""
    title: str


_RESOURCE = "Duplicate Resource"
_ATTRIBUTE = "Invalid Attribute"
_PERMISSION = "Invalid Permission"

PROBLEMS: dict[Rule, Problem] = {
    Rule.DUPLICATE_PRODUCT_NAME: Problem(409, "CX001", _RESOURCE),
    Rule.DUPLICATE_GROUP_NAME: Problem(409, "CX001", _RESOURCE),
    Rule.PRODUCT_HAS_GROUPS: Problem(409, "CX002", "Dependent Devicegroups Exist"),
    Rule.DEPLOYMENT_FLAGGED: Problem(409, "CX003", "Resource Flagged"),
    Rule.GROUP_HAS_FLAGGED: Problem(409, "CX004", "Flagged Deployments Exist"),
    Rule.COMPILATION: Problem(400, "CX005", "Compilation Error"),
    Rule.LOGIN_KEY_LIMIT: Problem(409, "CX006", "Account Limit Reached"),
    Rule.GROUP_HAS_DEVICES: Problem(409, "CX007", "Devices Assigned"),
    Rule.GROUP_IS_TARGET: Problem(409, "CX008", "Devicegroup Targeted"),
    Rule.DEPLOYMENT_IN_USE: Problem(409, "CX009", "Deployment In Use"),
    Rule.DEVICE_ASSIGNED: Problem(409, "CX010", "Device Assigned"),
    Rule.DEVICE_UNASSIGNED: Problem(409, "CX011", "Device Unassigned"),
    Rule.WRONG_KIND_FOR_GROUP: Problem(409, "CX012", "Invalid Assignment"),
    Rule.WRONG_MINIMUM: Problem(409, "CX013", "Invalid Minimum Supported Deployment"),
    Rule.TYPE_MISMATCH: Problem(409, "CX014", "Resource Mismatch"),
    Rule.INVALID_URL: Problem(400, "VX001", "Invalid URL"),
    Rule.INVALID_ATTRIBUTE: Problem(400, "VX002", _ATTRIBUTE),
    Rule.ATTRIBUTE_NOT_FOR_TYPE: Problem(400, "VX003", _ATTRIBUTE),
    Rule.INVALID_QUERY: Problem(400, "VX004", "Invalid Query"),
    Rule.MALFORMED: Problem(400, "VX005", "Invalid Document"),
    Rule.CODE_TOO_LARGE: Problem(413, "VX006", "Too Large"),
    Rule.CONTENT_TYPE: Problem(415, "VX007", "Unsupported Content Type"),
    Rule.BODY_TOO_SLOW: Problem(408, "VX009", "Request Timeout"),
    Rule.WRONG_HOST: Problem(421, "VX010", "Misdirected Request"),
    Rule.METHOD: Problem(405, "VX008", "Method Not Allowed"),
    Rule.NO_PRODUCTION_PERMISSION: Problem(403, "PX001", _PERMISSION),
    # 401 would make clients fetch a new token and repeat (contract 6.3), so a wrong password is a matter of permission.
    Rule.WRONG_PASSWORD_HEADER: Problem(403, "PX001", _PERMISSION),
    Rule.UNBOND_KEY: Problem(403, "PX002", "Invalid Unbond Key"),
    Rule.READ_ONLY: Problem(403, "PX003", _PERMISSION),
    Rule.PROTECTED: Problem(403, "PX003", _PERMISSION),
    Rule.CREDENTIALS: Problem(401, "PX100", "Invalid Credentials"),
    Rule.TOKEN: Problem(401, "PX100", "Invalid Credentials"),
    Rule.OTP_REQUIRED: Problem(403, "PX200", "OTP Required"),
    Rule.RATE_LIMIT: Problem(429, "PX429", "Rate Limit Exceeded"),
    Rule.NOT_FOUND: Problem(404, "NF001", "Not Found"),
}

_BY_KIND: tuple[tuple[type[Refused], Problem], ...] = (
    (NotFound, PROBLEMS[Rule.NOT_FOUND]),
    (Unauthorized, PROBLEMS[Rule.TOKEN]),
    (Forbidden, PROBLEMS[Rule.NO_PRODUCTION_PERMISSION]),
    (TooFast, PROBLEMS[Rule.RATE_LIMIT]),
    (Conflict, Problem(409, "CX000", "Conflict")),
    (Invalid, PROBLEMS[Rule.INVALID_ATTRIBUTE]),
)

INTERNAL = Problem(500, "XX001", "Internal Server Error")
UNAVAILABLE = Problem(503, "XX002", "Service Unavailable")
FULL = Problem(507, "XX003", "Insufficient Storage")


def problem_of(refusal: Refused) -> Problem:
    """Status, code and title for a refusal: by its rule, else by its kind."""
    found = PROBLEMS.get(refusal.rule)
    if found is not None:
        return found
    return next((problem for kind, problem in _BY_KIND if isinstance(refusal, kind)), Problem(400, "VX000", "Refused"))


def status_of(refusal: Refused) -> int:
    """Status of the whole answer: 400 for a bulk call, whatever its entries say. Source: contract 9.4."""
    return 400 if refusal.parts else problem_of(refusal).status


def errors_of(refusal: Refused) -> list[Json]:
    """Return the `errors` array: never empty, every entry with status, code, title and detail. Source: contract 2.3."""
    if refusal.parts:
        return [error_entry(problem_of(part), part.reason, _device_meta(part)) for part in refusal.parts]
    return [error_entry(problem_of(refusal), refusal.reason, _meta_of(refusal))]


def error_entry(problem: Problem, detail: str, meta: Json | list[Json] | None = None) -> Json:
    """Return one entry of an `errors` array. Its `meta` is never empty: a client prints nothing else. Source: contract 2.3."""
    said = meta or [{"type": "error", "text": detail}]
    return {"status": str(problem.status), "code": problem.code, "title": problem.title, "detail": detail, "meta": said}


def warning_entry(status: int, messages: Sequence[CompileMessage]) -> Json:
    """Encode compiler warnings for the `meta` of a successful answer. Source: contract 2.6."""
    detail = f"{len(messages)} {'warning' if len(messages) == 1 else 'warnings'} about the code: {messages[0].text}."
    return error_entry(Problem(status, "WA001", "Compilation Warning"), detail, _compiler_meta(messages))


def _meta_of(refusal: Refused) -> Json | list[Json] | None:
    """An array for the compiler (contract 12.4), an object for the login token (5.2)."""
    if refusal.compile_messages:
        return _compiler_meta(refusal.compile_messages)
    if isinstance(refusal, OtpRequired):
        return {"login_token": refusal.login_token, "expires_at": refusal.expires_at}
    return None


def _compiler_meta(messages: Sequence[CompileMessage]) -> list[Json]:
    return [
        {"file": f"{said.program}_code", "row": said.row, "column": said.column, "type": said.kind, "text": said.text}
        for said in messages
    ]


def _device_meta(refusal: Refused) -> Json | None:
    """Return the pointer to the device that an entry of a bulk call is about. Source: contract 9.4."""
    return None if refusal.subject is None else {"device_id": refusal.subject}
