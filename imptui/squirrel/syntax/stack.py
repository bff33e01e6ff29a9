"""Deep recursion on fresh stacks, without changing the recursion limit of the interpreter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def on_fresh_stack(work: Callable[[], _T]) -> _T:
    """Return or raise the result of `work`, computed on a new stack.

    Python limits the stack of each thread separately, so deeply nested work continues in short-lived threads, one inside the
    other. Only one of them runs at a time.
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
