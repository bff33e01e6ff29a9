"""The two lanes of the suite, and fixtures from the clock up: clock → chance → world.

`python -m pytest` without a path runs the quick lane, `python -m pytest --thorough` the rest, both on all cores.
With a path, pytest runs the tests of that path in one process, whatever their lane.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.world import World

CHEAP_PASSWORDS = 4
"""scrypt's work factor in tests."""

THOROUGH_FOLDERS = {"snapshots", "property", "terminal"}
"""Folders whose tests all belong to the thorough lane; `pytest.mark.thorough` adds single tests to it."""

LANE = pytest.StashKey[str | None]()

WORKERS_PER_CORE = 2
"""Tests wait for screens and sockets more than they compute."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that chooses the lane."""
    text = "run the thorough lane: snapshots, property, terminal, and tests marked `thorough`"
    parser.addoption("--thorough", action="store_true", help=text)


def pytest_configure() -> None:
    """Let examples take as long as a busy machine needs: no result may depend on the time."""
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Choose the lane, and run a whole lane on all cores unless `-n` or a debugger was asked for."""
    if hasattr(config, "workerinput"):  # a worker gets its lane from the main process and must not start workers itself
        config.stash[LANE] = config.workerinput["lane"]
        return
    is_whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    config.stash[LANE] = "thorough" if config.option.thorough else "quick" if is_whole else None
    is_free = config.pluginmanager.hasplugin("xdist") and config.option.numprocesses is None
    if is_whole and is_free and not config.option.usepdb and not config.option.collectonly:
        config.option.numprocesses = WORKERS_PER_CORE * len(os.sched_getaffinity(0))
        config.option.dist = "worksteal"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Hand the lane to a worker of pytest-xdist."""
    node.workerinput["lane"] = node.config.stash[LANE]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare the quick lane the imports of the thorough folders."""
    is_in_tests = collection_path.parent == Path(__file__).parent
    return True if config.stash[LANE] == "quick" and is_in_tests and collection_path.name in THOROUGH_FOLDERS else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the other lane."""
    lane = config.stash[LANE]
    if lane is None:
        return
    wants_thorough = lane == "thorough"
    chosen = [item for item in items if _is_thorough(item) is wants_thorough]
    config.hook.pytest_deselected(items=[item for item in items if _is_thorough(item) is not wants_thorough])
    items[:] = chosen


def _is_thorough(item: pytest.Item) -> bool:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return folder in THOROUGH_FOLDERS or item.get_closest_marker("thorough") is not None


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
