"""The field says no: one vocabulary for the engine that refuses and the console that is refused.

    Refused
    ├── Invalid        what was asked makes no sense: a name too long, code that does not compile
    ├── Conflict       it makes sense, but not in this state: a flagged deployment, a group with devices
    ├── Forbidden      it would work for somebody else: no unbond key, read-only, protected
    ├── NotFound       there is no such thing, or not for this account
    ├── Unauthorized   nobody is logged in, or no longer
    └── TooFast        the request budget is spent

The engine raises them; the client rebuilds them from a reply; the terminal treats both alike.
Source: contract 2.
"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct


class Rule(StrEnum):
    """Which rule refused. The wire knows a status, code and title for each. Source: contract 2.5."""

    DUPLICATE_PRODUCT_NAME = "a product's name is unique for its owner"
    DUPLICATE_GROUP_NAME = "a group's name is unique in its product"
    PRODUCT_HAS_GROUPS = "a product with device groups stays"
    DEPLOYMENT_FLAGGED = "a flagged deployment stays"
    GROUP_HAS_FLAGGED = "a group with flagged deployments stays"
    GROUP_HAS_DEVICES = "a group with devices stays"
    GROUP_IS_TARGET = "a group that is a target stays"
    DEPLOYMENT_IN_USE = "the minimum supported deployment and newer ones stay"
    DEVICE_ASSIGNED = "an assigned device stays in the account"
    DEVICE_UNASSIGNED = "an unassigned device cannot be restarted"
    WRONG_KIND_FOR_GROUP = "a device goes only to groups of its kind"
    WRONG_MINIMUM = "the minimum supported deployment only moves forward"
    LOGIN_KEY_LIMIT = "an account has at most ten login keys"
    COMPILATION = "code that does not compile is not deployed"
    INVALID_URL = "a webhook has a valid address"
    INVALID_ATTRIBUTE = "attributes have their form"
    ATTRIBUTE_NOT_FOR_TYPE = "some attributes are for some group types only"
    INVALID_QUERY = "filters and pages have their form"
    TYPE_MISMATCH = "a resource is what it is said to be"
    CODE_TOO_LARGE = "a program weighs at most 4 MB"
    CONTENT_TYPE = "bodies are JSON"
    BODY_TOO_SLOW = "a body arrives within its time"
    WRONG_HOST = "the Host header names the engine"
    MALFORMED = "bodies are well-formed documents"
    NO_PRODUCTION_PERMISSION = "production work needs the permission"
    WRONG_PASSWORD_HEADER = "login keys are changed with the password"  # noqa: S105 - a sentence, not a password
    UNBOND_KEY = "leaving a production group takes the unbond key"
    OTP_REQUIRED = "this account asks for a one-time password"
    CREDENTIALS = "user name and password must fit"
    TOKEN = "calls carry a living access token"  # noqa: S105 - a sentence, not a token
    NOT_FOUND = "things that are not there cannot be used"
    METHOD = "a path has its verbs"
    RATE_LIMIT = "requests come within the budget"
    READ_ONLY = "a read-only context changes nothing"
    PROTECTED = "a protected object is not changed"
    NOT_APPROVED = "production code is approved by a second person where the context says so"
    OTHER = "the service has its own reasons"


class CompileMessage(Struct, frozen=True):
    """One message of the compiler. Rows and columns count from 1. Source: contract 12.4."""

    program: str
    """`agent` or `device`."""
    row: int
    column: int
    kind: str
    """`error` or `warning`."""
    text: str


class Refused(Exception):
    """The field, or the service, said no.

    Attributes:
        rule: Which rule refused; `Rule.OTHER` when the service's reason is not one we know.
        reason: One sentence for a person: what cannot be done and why, with what to do where that is known.
        subject: Identifier of what was refused, where a call spoke of several things; else None.
        parts: For a bulk call, one refusal per thing that was refused.
        compile_messages: What the compiler said, when it was the compiler.
    """

    default_rule = Rule.OTHER

    def __init__(
        self,
        reason: str,
        rule: Rule | None = None,
        *,
        subject: str | None = None,
        parts: "Sequence[Refused]" = (),
        compile_messages: Sequence[CompileMessage] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.rule = rule or self.default_rule
        self.subject = subject
        self.parts = tuple(parts)
        self.compile_messages = tuple(compile_messages)


class Invalid(Refused):
    """What was asked makes no sense, whatever the state."""

    default_rule = Rule.INVALID_ATTRIBUTE


class Conflict(Refused):
    """What was asked contradicts the present state."""


class Forbidden(Refused):
    """This account, or this context, may not."""


class NotFound(Refused):
    """There is no such thing, or not for this account."""

    default_rule = Rule.NOT_FOUND


class Unauthorized(Refused):
    """No valid access token, or wrong credentials."""

    default_rule = Rule.TOKEN


class OtpRequired(Forbidden):
    """The password was right; a one-time password is asked for as well. Source: contract 5.2."""

    default_rule = Rule.OTP_REQUIRED

    def __init__(self, reason: str, login_token: str, expires_at: str) -> None:
        super().__init__(reason)
        self.login_token = login_token
        self.expires_at = expires_at


class TooFast(Refused):
    """The request budget of the account is spent."""

    default_rule = Rule.RATE_LIMIT

    def __init__(self, reason: str, retry_after_s: float) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
