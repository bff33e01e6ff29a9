"""No usable answer: what can go wrong on the way to the service and back.

    NoAnswer
    ├── Unreachable   no connection, or it broke
    ├── TimedOut      nothing came in time
    ├── Malformed     an answer came, and it is not what the API speaks
    └── Failed        the service answered that it is itself in trouble (5xx)

A no of the service is no member of this tree: it is `imptui.domain.errors.Refused`, rebuilt by `refusals`.
Text of the service is kept as it came, shortened; whoever shows it makes it safe.
"""


class NoAnswer(Exception):
    """A call ended without a usable answer.

    Attributes:
        attempt: What was attempted, as in "read device 5000…".
        endpoint: Whose answer was awaited.
        why: What went wrong, in a few words.
        hint: What a person can do about it.
        sent: Whether the request may have been carried out. When False, repeating it is safe; when True, look first.
    """

    def __init__(self, attempt: str, endpoint: str, why: str, hint: str, *, sent: bool) -> None:
        super().__init__(f"Could not {attempt} at {endpoint}: {why}. {hint}")
        self.attempt = attempt
        self.endpoint = endpoint
        self.why = why
        self.hint = hint
        self.sent = sent


class Unreachable(NoAnswer):
    """No connection to the service, or it broke before the answer was complete."""


class TimedOut(NoAnswer):
    """The service did not connect or answer in time."""


class Malformed(NoAnswer):
    """An answer came that is not what the API speaks.

    Attributes:
        where: Place in the document, such as `$.data[3].attributes.created_at`; empty for the whole of it.
    """

    def __init__(self, attempt: str, endpoint: str, why: str, *, where: str = "", sent: bool = True) -> None:
        super().__init__(
            attempt,
            endpoint,
            f"the answer makes no sense{f' at {where}' if where else ''}: {why}",
            "Check that the endpoint is an impCentral API, version 5, and not a proxy's page.",
            sent=sent,
        )
        self.where = where


class Failed(NoAnswer):
    """The service says that it is in trouble.

    Attributes:
        status: The HTTP status, 500 to 599.
    """

    def __init__(self, attempt: str, endpoint: str, status: int, why: str) -> None:
        super().__init__(attempt, endpoint, f"the service failed with {status}: {why}", "Try again later.", sent=True)
        self.status = status
