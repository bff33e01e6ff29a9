"""Settings of the interpreter."""

import gc
from collections.abc import Iterator

import pytest

from imptui import runtime


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.enable()


def test_a_pause_ends_with_its_context() -> None:
    """The collector is off inside a pause and on after it, also when the work fails."""
    with runtime.CollectorPaused():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), runtime.CollectorPaused():
        1 / 0  # noqa: B018
    assert gc.isenabled()


def test_a_nested_pause_leaves_the_collector_off() -> None:
    """The end of an inner pause does not turn the collector on for the outer one."""
    with runtime.CollectorPaused():
        with runtime.CollectorPaused():
            pass
        assert not gc.isenabled()


def test_the_console_collects_rarely() -> None:
    """The console's collector starts later than Python's own, and never scans what was loaded before."""
    runtime.pause_collector()
    runtime.use_console_collector()
    assert gc.isenabled()
    assert gc.get_threshold()[0] == runtime.CONSOLE_THRESHOLDS[0]
    assert gc.get_freeze_count() > 0
