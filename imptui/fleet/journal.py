"""The journal: every change, with user, time, values before and after, and the service's answer."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.client.change import ChangeOutcome, ChangeRecord
from imptui.domain.rows import JournalEntry
from imptui.fleet.background import failure_of

RETRY_S = 2.0
"""Seconds between two attempts to save an entry."""

LAST_ATTEMPTS = 3
"""Attempts to save an entry at the end of the console."""


class JournalFilter(Struct, frozen=True):
    """A filter for entries of the journal; None or empty means any."""

    since: datetime | None = None
    until: datetime | None = None
    """The end of the range, exclusive."""
    kinds: tuple[str, ...] = ()
    """Kinds of things, `deployment`, `group`, ...: the last word of the action."""
    context: str | None = None
    is_refused: bool | None = None

    def has(self, entry: JournalEntry) -> bool:
        """Return True if an entry matches the filter."""
        return (
            (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
            and (not self.kinds or any(entry.verb.endswith(kind) for kind in self.kinds))
            and self.context in (None, entry.context)
            and self.is_refused in (None, entry.is_refused)
        )


class JournalWriter:
    """Receives changes from the client and saves them in the cache, in order, outside the event loop.

    An entry that cannot be saved is tried again until it is saved; `trouble` says so meanwhile.

    Args:
        cache: The cache.
        sleep: Waits for some seconds.
    """

    def __init__(self, cache: Cache, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._cache = cache
        self._sleep = sleep
        self._waiting: deque[JournalEntry] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_ending = False
        self._why: Exception | None = None
        self.trouble: str | None = None

    def __call__(self, change: ChangeRecord) -> None:
        """Save one change; returns at once."""
        self._waiting.append(entry_of(change))
        self._begin()

    def _begin(self) -> "asyncio.Task[None]":
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._save_all())
        return self._task

    async def _save_all(self) -> None:
        """Save the entries in order; try each again until it is saved, unless the console ends."""
        failures = 0
        while self._waiting:
            try:
                await asyncio.to_thread(self._cache.journal.add, self._waiting[0])
            except Exception as error:  # noqa: BLE001 - the outermost loop of a task
                failures += 1
                self.trouble = f"{failure_of('Writing the journal', error)} Waiting entries of the journal: {len(self._waiting)}."
                self._why = error
                if self._is_ending and failures >= LAST_ATTEMPTS:
                    return
                await self._sleep(RETRY_S)
            else:
                self._waiting.popleft()
                failures, self.trouble, self._why = 0, None, None

    async def flush(self) -> None:
        """Wait until all entries are saved; from now on each entry gets `LAST_ATTEMPTS` attempts.

        Raises:
            CacheUnreadable: The cache still cannot be written after some attempts.
        """
        self._is_ending = True
        await self._begin()
        if self._why is not None:
            raise self._why


def entry_of(change: ChangeRecord) -> JournalEntry:
    """Return a change as an entry of the journal."""
    label = f" ({change.label})" if change.label and change.label != change.subject else ""
    return JournalEntry(
        at=change.began_at,
        who=change.who,
        context=change.context,
        verb=f"{change.verb} {change.kind}",
        subject=f"{change.subject}{label}",
        before=_text(change.before),
        after=_text(change.after),
        answer=change.answer,
        is_refused=change.outcome is not ChangeOutcome.DONE,
    )


def _text(facts: object) -> str | None:
    return None if facts is None else json.dumps(facts, ensure_ascii=False, default=str)
