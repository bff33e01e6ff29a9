"""What the header of the console says: where we are, how old it is, and what is wrong."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Context:
    """Which account on which endpoint, and what may be done there."""

    name: str
    endpoint: str
    """Base URL including `/v5`, or `embedded` for the engine in this process."""
    username: str | None
    is_embedded: bool = False
    read_only_because: str | None = None
    """Why nothing may be changed ("started with --readonly"); None when changes are allowed."""
    theme: str | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether the choke point refuses changes."""
        return self.read_only_because is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass over the service is."""

    what: str
    """`products`, `groups`, `devices` or `deployments`."""
    done: int
    total: int | None
    """None while nobody knows; the service does not count."""
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """Everything about freshness, in one value; compare to know whether to repaint."""

    generation: int
    synced_at: datetime | None
    """When the last complete pass ended; None before the first."""
    progress: Progress | None
    """The pass that is running, if one is."""
    is_reachable: bool
    """False after a call that found no service; True again after one that did."""
    trouble: str | None
    """One sentence about the last failure; None when all is well."""
    budget_remaining: int | None
    """Requests left in the window of the service's rate limit, None when it does not tell."""
    budget_limit: int | None
    is_paused: bool
    """Whether live polling is paused by the user."""
