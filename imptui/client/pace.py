"""The request budget."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first when the budget is short."""

    ACTION = 0
    """The user did something and waits."""
    LOOK = 1
    """The user opened something and waits."""
    WATCH = 2
    """What is visible is kept fresh."""
    SYNC = 3
    """The rest of the fleet is read."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the service last said about our requests."""

    limit: int
    remaining: int
    resets_at: datetime
