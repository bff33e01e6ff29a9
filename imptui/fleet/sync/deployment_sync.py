"""The pass over all deployments: some pages for most accounts, thousands for an account that deploys by script.

The service lists deployments newest first, so after an interruption the new ones are in front. The pass reads pages until one
has a known deployment, then continues one page before the interruption. Deleted deployments leave the cache only at the end of
an uninterrupted pass, because only that has seen every page.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from imptui.cache.ingest.pass_progress import SavedPass
from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.domain.ids import DeploymentId
from imptui.fleet.status import PassProgress
from imptui.fleet.sync.device_sync import OVERLAP, RESUMABLE, SAVE_EVERY

KIND = "deployments"


class DeploymentsPass:
    """Reads the deployments of an account into the cache."""

    def __init__(self, cache: Cache, central: Central, now: Callable[[], datetime], told: Callable[[PassProgress], None]) -> None:
        self._cache, self._central, self._now, self._told = cache, central, now, told
        self._seen: list[DeploymentId] = []

    async def run(self, started_at: datetime) -> None:
        """Read from the first page, or from the interruption of an earlier pass, to the last page.

        Raises:
            NoAnswer: The service was not reached; everything read is kept, and the next pass continues there.
            Refused: The service refused.
        """
        saved = await asyncio.to_thread(self._cache.passes.one, KIND)
        if saved is not None and self._now() - saved.saved_at > RESUMABLE:
            saved = None
        if saved is not None:
            await self._read_news(saved.page)
        at = saved or SavedPass(KIND, 1, 0, started_at, started_at)
        await self._read(at, started_at)
        if saved is None:
            await asyncio.to_thread(self._cache.deployments.forget_absent, self._seen)
        await asyncio.to_thread(self._cache.passes.drop, KIND)

    async def _read_news(self, upto: int) -> None:
        async for page in self._central.deployments.pages():
            changed = await asyncio.to_thread(self._cache.deployments.store, page.items)
            if len(changed) < len(page.items) or page.number >= upto:
                break

    async def _read(self, at: SavedPass, started_at: datetime) -> None:
        began_at, before = self._now(), at.counted
        self._told(PassProgress(KIND, before, None, started_at, began_at, before))
        first = at.page
        written_at = began_at
        try:
            async for page in self._central.deployments.pages(start_page=max(1, first - OVERLAP)):
                await asyncio.to_thread(self._cache.deployments.store, page.items)
                self._seen += [each.id for each in page.items]
                counted = at.counted + (len(page.items) if page.number >= first else 0)
                at = replace(at, page=page.number + 1, counted=counted)
                if self._now() - written_at >= SAVE_EVERY:
                    written_at = self._now()
                    await self._save(at)
                self._told(PassProgress(KIND, counted, page.total, started_at, began_at, before))
        except BaseException:
            await asyncio.shield(self._save(at))
            raise

    async def _save(self, at: SavedPass) -> None:
        if at.page > 1:
            await asyncio.to_thread(self._cache.passes.save, replace(at, saved_at=self._now()))
