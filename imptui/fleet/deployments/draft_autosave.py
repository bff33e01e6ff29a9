"""Saves a draft while the user edits it, so that a sudden end of the console loses at most the last keystrokes."""

import asyncio

from imptui.fleet.deployments.draft import Draft
from imptui.fleet.deployments.draft_store import DraftStore

SAVE_DELAY_S = 0.3
"""Seconds between the last keystroke and the save. Programs take up to 4 MB, so not every keystroke saves."""


class DraftAutosave:
    """Saves the draft of one review shortly after each change. Use it on the event loop."""

    def __init__(self, drafts: DraftStore) -> None:
        self._drafts = drafts
        self._as_kept: Draft | None = None
        self._pending: Draft | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, draft: Draft) -> None:
        """Take this draft as the unedited one, which needs no save."""
        self.stop()
        self._as_kept = draft

    def write(self, draft: Draft) -> None:
        """Schedule a save, unless the draft equals the last saved one."""
        if draft == (self._pending or self._as_kept):
            return
        self.stop()
        self._pending = draft
        self._task = asyncio.get_running_loop().create_task(self._soon(draft))

    async def _soon(self, draft: Draft) -> None:
        await asyncio.sleep(SAVE_DELAY_S)
        await self._keep(draft)

    async def _keep(self, draft: Draft) -> None:
        self._as_kept, self._pending = draft, None
        await self._drafts.save(draft)

    async def flush(self) -> None:
        """Save a scheduled draft now."""
        draft = self._pending
        self.stop()
        if draft is not None:
            await self._keep(draft)

    def stop(self) -> None:
        """Stop saving, because the draft is being deployed or was discarded."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._pending = None
