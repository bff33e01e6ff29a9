"""Fixtures from the clock up: clock → chance → world."""

from collections.abc import Iterator

import pytest

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.world import World

CHEAP_PASSWORDS = 4
"""scrypt's work factor in tests."""


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands until it is moved."""
    return ManualClock()


@pytest.fixture
def chance() -> Chance:
    """The same ids and secrets in every run."""
    return Chance("tests", has_predictable_secrets=True)


@pytest.fixture
def world(clock: ManualClock, chance: Chance) -> Iterator[World]:
    """An empty world in memory."""
    world = World.open(clock=clock, chance=chance, password_cost_log2=CHEAP_PASSWORDS, replay=ProgramReplay())
    yield world
    world.close()
