"""The status of a fleet, for the header of the console: context, freshness, trouble."""

from datetime import datetime

from msgspec import Struct

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused, Unauthorized


class Context(Struct, frozen=True):
    """Which account on which endpoint, and what may be done there."""

    name: str
    endpoint: str
    """Base URL including `/v5`, or `embedded` for the engine in this process."""
    username: str | None
    is_embedded: bool = False
    theme: str | None = None
    is_locked: bool = False
    """True if the context is read-only whatever the user asks for."""


class PassProgress(Struct, frozen=True):
    """The progress of a pass over the service."""

    what: str
    """`products`, `groups`, `devices` or `deployments`."""
    done: int
    total: int | None
    """As many as the service says, or as the last complete pass saw; None before the first."""
    started_at: datetime
    since_at: datetime | None = None
    """When this part of the pass began here; None: with the pass."""
    since_done: int = 0
    """The number that was done then: a resumed pass does not begin at 0."""

    def left_s(self, now: datetime) -> float | None:
        """Seconds until this part is done at the pace so far; None as long as that cannot be told."""
        taken_s = (now - (self.since_at or self.started_at)).total_seconds()
        if self.total is None or self.done <= self.since_done or taken_s < 1:
            return None
        return max(0, self.total - self.done) * taken_s / (self.done - self.since_done)


class Status(Struct, frozen=True):
    """Freshness and trouble in one value; two equal values need no repaint."""

    generation: int
    synced_at: datetime | None
    """When the last complete pass ended; None before the first."""
    progress: PassProgress | None
    """The pass that is running, if one is."""
    is_reachable: bool
    """False after a call that found no service; True again after one that did."""
    trouble: str | None
    """One sentence about the last failure; None when all is well."""
    budget_remaining: int | None
    """Requests left in the window of the service's rate limit, None when it does not tell."""
    budget_limit: int | None
    is_paused: bool
    """True if the user paused live polling."""
    read_only_because: str | None
    """Why nothing may be changed ("started with --readonly"); None when changes are allowed."""
    needs_login: bool = False
    """True if the service accepts neither token nor key any longer, so that somebody must sign in."""


class Reachability:
    """The reachability of the service, as the last call found it.

    Attributes:
        trouble: One sentence about the last failure of a call that nobody waits for; None once one went well again.
        is_reachable: Whether the last call got an answer at all.
        failures: How many calls in a row got no answer.
        needs_login: Whether the last call was refused for want of a valid token.
        failed_tasks: One sentence per background task that failed for a reason of this machine or program, by task.
    """

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.is_reachable = True
        self.failures = 0
        self.needs_login = False
        self.failed_tasks: dict[str, str] = {}

    def worked(self) -> None:
        """A call went well."""
        self.trouble, self.is_reachable, self.failures = None, True, 0
        self.needs_login = False

    def failed(self, error: NoAnswer | Refused) -> None:
        """A call got no answer, or a no."""
        self.trouble = str(error)
        self.needs_login = isinstance(error, Unauthorized)
        if isinstance(error, NoAnswer):
            self.is_reachable = False
            self.failures += 1
        else:
            self.is_reachable = True
            self.failures = 0

    def broke(self, trouble: str) -> None:
        """Something here does not work; it has nothing to do with the service."""
        self.trouble = trouble
        self.failures += 1

    def stopped(self, task: str, trouble: str) -> None:
        """Note that a background task failed; it is started again after `pause_s`.

        Only `recovered` clears the sentence, so that another task that works does not hide it.
        """
        self.failures += 1
        self.failed_tasks[task] = f"{trouble} imptui tries again in {self.pause_s:.0f} s."

    def recovered(self, task: str) -> None:
        """Note that a background task works again."""
        self.failed_tasks.pop(task, None)

    @property
    def local_trouble(self) -> str | None:
        """The sentence about a background task that failed; None: all of them work."""
        return next(iter(self.failed_tasks.values()), None)

    @property
    def pause_s(self) -> float:
        """Seconds until the next attempt: 2, twice as long after each failure, at most 60."""
        return min(60.0, float(2 << min(self.failures, 5)))
