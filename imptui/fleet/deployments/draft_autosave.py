"""Saves a draft while somebody writes it, so that an end of the console at any moment loses next to nothing."""

import asyncio

from imptui.fleet.deployments.draft import Draft
from imptui.fleet.deployments.draft_store import DraftStore

KEPT_AFTER_S = 0.3
"""So long after the last letter the draft is kept: with programs of 4 MB that is no matter of every letter."""


class DraftAutosave:
    """Saves the draft of one review, a moment after each change. Use it on the event loop."""

    def __init__(self, drafts: DraftStore) -> None:
        self._drafts = drafts
        self._as_kept: Draft | None = None
        self._pending: Draft | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, draft: Draft) -> None:
        """This is how it was before anybody wrote: nothing needs to be kept of it."""
        self.stop()
        self._as_kept = draft

    def write(self, draft: Draft) -> None:
        """Keep it soon, unless it reads as what was kept last."""
        if draft == (self._pending or self._as_kept):
            return
        self.stop()
        self._pending = draft
        self._task = asyncio.get_running_loop().create_task(self._soon(draft))

    async def _soon(self, draft: Draft) -> None:
        await asyncio.sleep(KEPT_AFTER_S)
        await self._keep(draft)

    async def _keep(self, draft: Draft) -> None:
        self._as_kept, self._pending = draft, None
        await self._drafts.save(draft)

    async def flush(self) -> None:
        """Keep now what was to be kept soon."""
        draft = self._pending
        self.stop()
        if draft is not None:
            await self._keep(draft)

    def stop(self) -> None:
        """Keep nothing any more: it is being deployed, or was discarded."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._pending = None
