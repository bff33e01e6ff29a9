"""Refusals: one vocabulary for the engine, which raises them, and the client, which rebuilds them from replies.

    Refused
    ├── Invalid        the request makes no sense: a name is too long, code does not compile
    ├── Conflict       the request contradicts the present state: a flagged deployment, a group with devices
    ├── Forbidden      the request needs other rights: no unbond key, read-only, protected
    ├── NotFound       the object does not exist, or this account cannot see it
    ├── Unauthorized   nobody is logged in, or the login ended
    └── TooFast        the request budget is spent

The terminal treats refusals of engine and service alike. Source: contract 2.
"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct


class Rule(StrEnum):
    """The rule that refused. The wire has a status, code and title for each. Source: contract 2.5."""

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
    """Either `agent` or `device`."""
    row: int
    column: int
    kind: str
    """Either `error` or `warning`."""
    text: str


class Refused(Exception):
    """A rule of the field or the service refused a request.

    Attributes:
        rule: The rule that refused; `Rule.OTHER` if the client does not know the service's reason.
        reason: One sentence for the user: what cannot be done, why, and what to do if that is known.
        subject: Id of the refused object if a call concerned several objects; else None.
        parts: For a bulk call, one refusal for each refused object.
        compile_messages: The messages of the compiler, if the compiler refused.
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
    """The request makes no sense in any state."""

    default_rule = Rule.INVALID_ATTRIBUTE


class Conflict(Refused):
    """The request contradicts the present state."""


class Forbidden(Refused):
    """The account or the context lacks the right."""


class NotFound(Refused):
    """The object does not exist, or this account cannot see it."""

    default_rule = Rule.NOT_FOUND


class Unauthorized(Refused):
    """No valid access token, or wrong credentials."""

    default_rule = Rule.TOKEN


class OtpRequired(Forbidden):
    """The password was right, and the account also requires a one-time password. Source: contract 5.2."""

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
