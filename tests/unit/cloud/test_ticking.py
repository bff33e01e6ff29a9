"""The world goes on while an application runs."""

import time
from datetime import timedelta

from imptui.cloud.api.application import build_app, running
from imptui.cloud.simulation.ticker import Ticker


def test_what_is_due_happens(world, clock):
    """A running application does what is due in its world, and stops when it is told to."""
    with world.change() as tx:
        tx.schedule.add(tx.now + timedelta(seconds=5), "no such errand", "nobody")
    clock.advance(timedelta(minutes=1))
    ticking = Ticker(world, period_s=0.01)
    ticking.start()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with world.view() as view:
            if view.schedule.next(clock.now()) is None:
                break
        time.sleep(0.01)
    else:
        raise AssertionError("Nothing happened.")
    ticking.stop()


def test_stopping_is_quick(world):
    """Leaving the block of a running application takes no longer than the step under way."""
    started = time.monotonic()
    with running(build_app(world)):
        pass
    assert time.monotonic() - started < 1
