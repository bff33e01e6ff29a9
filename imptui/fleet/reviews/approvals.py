"""Marks that colleagues see: approve a deployment, or object to it.

Marks live in the deployment's tags and description (`imptui.domain.review_mark`). The service replaces the whole list of tags and
knows no condition on a change (contract 12.2), so two people who mark at once can overwrite one another: between our
reading and our writing there is always a moment that nobody guards. What is done about it: read, write, wait, read again,
and write again as long as any mark that was ever seen is missing. Each console looks after its own mark that way, so a
mark is lost only when another program that knows nothing of marks writes old tags after all of that.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain.deployment import Deployment
from imptui.domain.errors import Conflict, Invalid
from imptui.domain.ids import DeploymentId
from imptui.domain.review_mark import ReviewMark, Verdict, description_of, marks_of, own_tags, short, with_marks
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.write_through import store_answer

SETTLE_S = 0.7
"""How long after writing is looked again; whoever read before our writing has written by then."""

ROUNDS = 6
"""How often is written before it is given up."""

_VERBS = {Verdict.APPROVED: "approve", Verdict.OBJECTED: "object to"}


class Reviews:
    """What people think of deployments."""

    def __init__(self, cache: Cache, central: Central, changes: ChangeFeed, *, settle_s: float = SETTLE_S) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self.settle_s = settle_s

    async def mark(self, deployment_id: DeploymentId, verdict: Verdict, reason: str = "") -> Deployment:
        """Put one's mark on a deployment, in place of one's earlier one; those of others stay.

        Returns:
            The deployment as the service told it last, with all marks.

        Raises:
            Invalid: An objection without reason, or no room for the mark; nothing was sent.
            Conflict: Others kept writing over it.
            Refused, NoAnswer: As for every change; asking again replaces what may have been written.
        """
        if verdict is Verdict.OBJECTED and not reason.strip():
            raise Invalid("An objection needs a reason: what would have to change?")
        me = await self._central.accounts.me()
        found = await self._read(deployment_id)
        at = self._changes.now().replace(microsecond=0)
        mine = ReviewMark(verdict, me.username, short(me.id), _after(found, short(me.id), at), short(found.sha), reason)
        wanted = {mine.account: mine}
        for number in range(ROUNDS):
            _gather(wanted, found)
            await self._write(found, tuple(wanted.values()), _VERBS[verdict])
            await asyncio.sleep(self.settle_s * (1 + number * int(mine.account, 36) % 97 / 97))  # never in step with others
            found = await self._read(deployment_id)
            if not _missing(wanted, found):
                return await self._keep(found)
        raise Conflict(f"Others keep writing over the tags of {found.sha[:12]}; the mark is not there. Look, and try again.")

    async def describe(self, deployment_id: DeploymentId, words: str, tags: Sequence[str]) -> Deployment:
        """Describe and tag a deployment; the marks on it stay.

        Raises:
            Invalid: A tag has the form of a mark, or there is no room.
            Refused, NoAnswer: As for every change.
        """
        if len(own_tags(tags)) != len(tags):
            raise Invalid("A tag has the form of a review mark; approve or object instead.")
        found = await self._read(deployment_id)
        description, all_tags = with_marks(words, tags, marks_of(found))
        return await self._keep(await self._send(found, description, all_tags, "update"))

    async def _write(self, found: Deployment, marks: Sequence[ReviewMark], verb: str) -> None:
        description, tags = with_marks(description_of(found), own_tags(found.tags), marks)
        try:
            await self._send(found, description, tags, verb)
        except NoAnswer as error:
            if not error.sent:
                raise  # else it may have been written: the look that follows tells

    async def _send(self, found: Deployment, description: str, tags: Sequence[str], verb: str) -> Deployment:
        before = {"description": found.description, "tags": found.tags}
        is_same = description == (found.description or "")
        names = await asyncio.to_thread(self._names, found)
        return await self._central.deployments.update(
            found.id,
            description=None if is_same else description,
            tags=tags,
            verb=verb,
            about=About(found.sha[:12], before, names),
        )

    def _names(self, found: Deployment) -> tuple[str, ...]:
        group = self._cache.groups.one(found.group_id) if found.group_id is not None else None
        return (group.name,) if group is not None else ()

    async def _read(self, deployment_id: DeploymentId) -> Deployment:
        """The deployment as it is now; by a list where that is possible, which carries no programs."""
        known = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        if known is not None:
            async for page in self._central.deployments.pages(sha=known.sha, priority=Priority.LOOK):
                for each in page.items:
                    if each.id == deployment_id:
                        return each
        return (await self._central.deployments.get(deployment_id))[0]

    async def _keep(self, found: Deployment) -> Deployment:
        await store_answer(self._cache.deployments.store, [found])
        self._changes.announce()
        return found


def _after(found: Deployment, account: str, at: datetime) -> datetime:
    """A time after one's earlier mark: of two marks by one person the later counts, whatever this clock says."""
    earlier = [mark.at + timedelta(seconds=1) for mark in marks_of(found) if mark.account == account]
    return max([at, *earlier])


def _gather(wanted: dict[str, ReviewMark], found: Deployment) -> None:
    """What was ever seen is wanted, of each person the latest."""
    for mark in marks_of(found):
        known = wanted.get(mark.account)
        if known is None or known.at < mark.at:
            wanted[mark.account] = mark


def _missing(wanted: dict[str, ReviewMark], found: Deployment) -> bool:
    there = {mark.account: mark for mark in marks_of(found)}
    return any(account not in there or there[account].at < mark.at for account, mark in wanted.items())
