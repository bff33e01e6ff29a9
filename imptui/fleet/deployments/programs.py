"""The programs of deployments, read through the cache."""

import asyncio
from typing import TYPE_CHECKING

from imptui.cache.store import Cache
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import CompileMessage
from imptui.domain.ids import DeploymentId
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.write_through import store_answer

if TYPE_CHECKING:
    from imptui.client.central import Central


class ProgramReader:
    """Reads programs from the cache, else from the service, and saves them; they never change."""

    def __init__(self, cache: Cache, central: "Central", changes: ChangeFeed) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes

    async def of(self, deployment_id: DeploymentId) -> Programs:
        """Return both programs of a deployment.

        Raises:
            NotFound: There is no such deployment.
            NoAnswer: It is not in the cache and the service was not reached.
        """
        known = await asyncio.to_thread(self._cache.deployments.programs, deployment_id)
        if known is not None:
            return known
        deployment, programs = await self._central.deployments.get(deployment_id)
        await self.save(deployment, programs)
        return programs

    async def save(self, deployment: Deployment, programs: Programs) -> None:
        """Save a deployment that the service returned, with its programs."""
        await store_answer(self._cache.deployments.store, [deployment])
        await store_answer(self._cache.deployments.store_programs, deployment.id, programs)
        self._changes.announce()


async def check(programs: Programs) -> tuple[CompileMessage, ...]:
    """Return what a compiler refuses in two programs, before anything is sent; empty when both compile."""
    return await asyncio.to_thread(_check, programs)


def _check(programs: Programs) -> tuple[CompileMessage, ...]:
    from imptui.squirrel.syntax.checker import check as check_program

    found = []
    for program in ("agent", "device"):
        error = check_program(programs.of(program))
        if error is not None:
            found.append(CompileMessage(program, error.row, error.column, "error", error.message))
    return tuple(found)
