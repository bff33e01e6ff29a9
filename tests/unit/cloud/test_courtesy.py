"""Background work and those who are being served."""

import contextvars
import threading
import time

from imptui.cloud.storage.backpressure import RESTS, SHORTEST_S, Backpressure


def work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def rest_s(courtesy: Backpressure, worked_s: float) -> float:
    """How long background work of so many seconds rests afterwards."""
    waited: list[float] = []

    def background() -> None:
        courtesy.give_way()
        work(worked_s)
        began = time.monotonic()
        courtesy.give_way()
        waited.append(time.monotonic() - began)

    thread = threading.Thread(target=background)
    thread.start()
    thread.join()
    return waited[0]


def test_work_rests_while_somebody_is_served() -> None:
    """While a request is being answered, background work rests for longer than it worked."""
    courtesy = Backpressure()
    with courtesy.serving():
        assert rest_s(courtesy, 0.05) >= RESTS * 0.05


def test_work_comes_forward_however_many_ask() -> None:
    """Under requests without end, the rest after little work is short."""
    courtesy = Backpressure()
    with courtesy.serving(), courtesy.serving():
        assert SHORTEST_S <= rest_s(courtesy, 0.0) < 50 * SHORTEST_S


def test_work_goes_on_where_nobody_asks() -> None:
    """Where nobody is being served, background work does not rest."""
    assert rest_s(Backpressure(), 0.05) < RESTS * 0.05


def test_a_great_request_is_not_waited_for() -> None:
    """Once a request has given way, others do not rest for its sake."""
    courtesy = Backpressure()
    with courtesy.serving():
        courtesy.give_way()
        time.sleep(0.01)
        assert rest_s(courtesy, 0.05) < RESTS * 0.05


def test_a_request_gives_way_in_another_thread() -> None:
    """The worker thread of a request gives way in the name of its request."""
    courtesy = Backpressure()
    with courtesy.serving():
        thread = threading.Thread(target=contextvars.copy_context().run, args=(courtesy.give_way,))
        thread.start()
        thread.join()
        time.sleep(0.01)
        assert rest_s(courtesy, 0.05) < RESTS * 0.05
