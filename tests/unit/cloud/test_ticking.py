"""The world goes on while an application runs."""

import threading
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
    for _ in range(3000):
        with world.view() as view:
            if view.schedule.next(clock.now()) is None:
                break
        threading.Event().wait(0.01)
    else:
        raise AssertionError("Nothing happened.")
    ticking.stop()


def test_stopping_is_quick(world, monkeypatch):
    """Leaving the block of a running application takes no longer than the step under way, however long the period is."""
    monkeypatch.setattr(Ticker.__init__, "__defaults__", (3600.0,))

    def run() -> None:
        with running(build_app(world)):
            pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
