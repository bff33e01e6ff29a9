"""Runs deep recursion on fresh stacks without changing Python's recursion limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def on_fresh_stack(work: Callable[[], _T]) -> _T:
    """Run `work` on a fresh stack and return or raise its result.

    Python bounds the stack of each thread on its own, so work nested deeply goes on in
    short-lived threads, one inside the other. Nothing runs at the same time.
    """
    answers: list[_T] = []
    raised: list[Exception] = []

    def run() -> None:
        try:
            answers.append(work())
        except Exception as error:  # noqa: BLE001 - outermost loop of its thread; raised again in the caller's
            raised.append(error)

    thread = threading.Thread(target=run, name="squirrel-stack", daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return answers[0]
