"""Every call that changed something, written down: who, when, before, after, answer."""

import asyncio
import json
from datetime import datetime

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.client.change import ChangeOutcome, ChangeRecord
from imptui.domain.rows import JournalEntry


class Wanted(Struct, frozen=True):
    """Which entries of the journal are asked for; what is None or empty does not narrow."""

    since: datetime | None = None
    until: datetime | None = None
    """Not including it."""
    kinds: tuple[str, ...] = ()
    """`deployment`, `group`, ...: the last word of what was done."""
    context: str | None = None
    is_refused: bool | None = None

    def has(self, entry: JournalEntry) -> bool:
        """Whether an entry is asked for."""
        return (
            (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
            and (not self.kinds or any(entry.verb.endswith(kind) for kind in self.kinds))
            and self.context in (None, entry.context)
            and self.is_refused in (None, entry.is_refused)
        )


class JournalWriter:
    """Receives changes from the client and keeps them in the cache, in order, off the event loop."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._writing: set[asyncio.Future[int]] = set()

    def __call__(self, change: ChangeRecord) -> None:
        """Keep one change; returns at once."""
        future = asyncio.get_running_loop().run_in_executor(None, self._cache.journal.add, entry_of(change))
        self._writing.add(future)
        future.add_done_callback(self._writing.discard)

    async def flush(self) -> None:
        """Wait until everything is written."""
        await asyncio.gather(*self._writing)


def entry_of(change: ChangeRecord) -> JournalEntry:
    """A change as the journal keeps it."""
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
