"""Errors of the way to the service and back: calls without a usable answer.

    NoAnswer
    ├── Unreachable   no connection, or a broken one
    ├── TimedOut      no answer in time
    ├── Malformed     the answer is not one of the API
    └── Failed        the service reports trouble of its own (5xx)

A refusal of the service is not in this tree: `codec.refusals` rebuilds it as an `imptui.domain.errors.Refused`.
Texts of the service stay as they came, shortened; the code that shows them makes them safe.
"""


class NoAnswer(Exception):
    """A call ended without a usable answer.

    Attributes:
        attempt: The call, as in "read device 5000…".
        endpoint: The base that was called.
        why: The problem, in a few words.
        hint: Advice for a person.
        sent: True if the service may have carried the call out: look before you repeat it. If False, repeating it is safe.
        is_done: True if the call was a change that was carried out, and only its result is lost here.
        is_outcome_unknown: True if the call was a change that may have been carried out; `Session.change` sets it.
    """

    def __init__(self, attempt: str, endpoint: str, why: str, hint: str, *, sent: bool) -> None:
        super().__init__(f"Could not {attempt} at {endpoint}: {why}. {hint}")
        self.attempt = attempt
        self.endpoint = endpoint
        self.why = why
        self.hint = hint
        self.sent = sent
        self.is_outcome_unknown = False
        self.is_done = False


class Unreachable(NoAnswer):
    """No connection to the service, or it broke before the answer was complete."""


class TimedOut(NoAnswer):
    """The service did not connect or answer in time."""


class Malformed(NoAnswer):
    """The answer is not one of the API.

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
    """The service reports trouble of its own.

    Attributes:
        status: The HTTP status, 500 to 599.
        retry_after_s: Seconds after which the service wants to be asked again; None: it does not say.
    """

    def __init__(
        self, attempt: str, endpoint: str, status: int, why: str, *, retry_after_s: float | None = None
    ) -> None:
        hint = "Try again later." if retry_after_s is None else f"Try again in {retry_after_s:.0f} s."
        super().__init__(attempt, endpoint, f"the service failed with {status}: {why}", hint, sent=True)
        self.status = status
        self.retry_after_s = retry_after_s
