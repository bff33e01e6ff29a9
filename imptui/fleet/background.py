"""Supervision of background tasks: a task that fails is reported in the status and started again.

The outermost loop of a task is the only place that catches every exception. Without it, a mistake of this program would
leave the console running with a task that does nothing, and no sentence would say so.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from imptui.cache.errors import CacheUnreadable
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.status import Reachability

CALM_S = 10.0
"""Seconds that a restarted task must run before its failure counts as over."""

LONGEST_REASON = 200

_USER = re.compile(r"//[^/@\s]*@")
"""User and password in an address."""


def reason_of(error: BaseException) -> str:
    """Return the kind of an unforeseen error and the first line of its text, without passwords in addresses."""
    lines = str(error).splitlines()
    text = _USER.sub("//", lines[0].strip())[:LONGEST_REASON].rstrip(".") if lines else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def failure_of(attempt: str, error: BaseException) -> str:
    """Return the sentence about an unforeseen error: "Reading the account failed (ValueError: ...)."."""
    return str(error) if isinstance(error, CacheUnreadable) else f"{attempt} failed ({reason_of(error)})."


async def keep_alive(
    name: str,
    attempt: str,
    run: Callable[[], Coroutine[Any, Any, None]],
    reach: Reachability,
    changes: ChangeFeed,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Run a task for ever; after a failure report it, wait, and start the task again.

    Args:
        name: The task, for the status.
        attempt: The work of the task, as the subject of a sentence: "Reading the account".
        run: Starts the task.
        reach: Receives the sentence.
        changes: Notified after each failure.
        sleep: Waits for some seconds.
    """
    while True:
        calm = asyncio.get_running_loop().call_later(CALM_S, reach.recovered, name)
        try:
            await run()
        except Exception as error:  # noqa: BLE001 - the outermost loop of a task
            calm.cancel()
            reach.stopped(name, failure_of(attempt, error))
            changes.announce()
            await sleep(reach.pause_s)
        else:
            return
        finally:
            calm.cancel()
