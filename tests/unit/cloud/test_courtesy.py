"""Background work and those who are being served."""

import contextvars
import threading

import pytest

from imptui.cloud.storage import backpressure
from imptui.cloud.storage.backpressure import RESTS, SHORTEST_S, Backpressure


class HandClock:
    """Stands in for the module `time`; only work and sleeps move it."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._own = threading.local()

    def monotonic(self) -> float:
        return self.now_s

    def thread_time(self) -> float:
        return getattr(self._own, "worked_s", 0.0)

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def work(self, seconds: float) -> None:
        """Use processor time in this thread."""
        self._own.worked_s = self.thread_time() + seconds
        self.now_s += seconds


@pytest.fixture(autouse=True)
def hand_clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """The clock of the background work."""
    clock = HandClock()
    monkeypatch.setattr(backpressure, "time", clock)
    return clock


def rest_s(courtesy: Backpressure, worked_s: float) -> float:
    """How long background work of so many seconds rests afterwards."""
    clock, waited = backpressure.time, []

    def background() -> None:
        courtesy.give_way()
        clock.work(worked_s)
        began = clock.monotonic()
        courtesy.give_way()
        waited.append(clock.monotonic() - began)

    thread = threading.Thread(target=background)
    thread.start()
    thread.join()
    return waited[0]


def test_work_rests_while_somebody_is_served() -> None:
    """While a request is being answered, background work rests for longer than it worked."""
    courtesy = Backpressure()
    with courtesy.serving():
        assert rest_s(courtesy, 0.05) >= RESTS * 0.05 - 1e-6


def test_work_comes_forward_however_many_ask() -> None:
    """Under requests without end, the rest after little work is short."""
    courtesy = Backpressure()
    with courtesy.serving(), courtesy.serving():
        assert SHORTEST_S <= rest_s(courtesy, 0.0) < 50 * SHORTEST_S


def test_work_goes_on_where_nobody_asks() -> None:
    """Where nobody is being served, background work does not rest."""
    assert rest_s(Backpressure(), 0.05) < RESTS * 0.05


def test_a_great_request_is_not_waited_for(hand_clock: HandClock) -> None:
    """Once a request has given way, others do not rest for its sake."""
    courtesy = Backpressure()
    with courtesy.serving():
        courtesy.give_way()
        hand_clock.sleep(0.01)
        assert rest_s(courtesy, 0.05) < RESTS * 0.05


def test_a_request_gives_way_in_another_thread(hand_clock: HandClock) -> None:
    """The worker thread of a request gives way in the name of its request."""
    courtesy = Backpressure()
    with courtesy.serving():
        thread = threading.Thread(target=contextvars.copy_context().run, args=(courtesy.give_way,))
        thread.start()
        thread.join()
        hand_clock.sleep(0.01)
        assert rest_s(courtesy, 0.05) < RESTS * 0.05
