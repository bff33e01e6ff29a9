"""Finds deployments at the service by what they were made from."""

from msgspec import Struct

from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import Refused
from imptui.domain.ids import GroupId
from imptui.fleet.deployments.creation_record import CreationRecord


class Twins(Struct, frozen=True):
    """Further deployments that one request made, because the network delivered it more than once."""

    found: tuple[Deployment, ...] = ()
    unknown_because: str | None = None
    """The reason why nobody could look for them, in a sentence; None: they were looked for."""


class CreationLookup:
    """Compares the deployments of a group with a creation."""

    def __init__(self, central: Central) -> None:
        self._central = central

    async def find(self, group_id: GroupId, programs: Programs, record: CreationRecord) -> Deployment | None:
        """Return the deployment that a creation made: newer than the base, with the same programs and words; else None.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        async for page in self._central.deployments.pages(group_id=group_id):
            for each in page.items:
                if record.base_created_at is not None and each.created_at <= record.base_created_at:
                    return None
                if not _has_words(each, record):
                    continue
                found, its_programs = await self._central.deployments.get(each.id)
                if its_programs == programs:
                    return found
        return None

    async def twins(self, group_id: GroupId, made: Deployment, record: CreationRecord) -> Twins:
        """Return the twins of a deployment. It raises nothing, for the deployment stands."""
        try:
            async for page in self._central.deployments.pages(group_id=group_id, sha=made.sha, priority=Priority.ACTION):
                return Twins(tuple(each for each in page.items if _is_twin(each, made, record)))
        except (NoAnswer, Refused) as error:
            return Twins(unknown_because=str(error))
        return Twins()


def _has_words(each: Deployment, record: CreationRecord) -> bool:
    return (each.description or "") == record.description and each.origin == record.origin


def _is_twin(each: Deployment, made: Deployment, record: CreationRecord) -> bool:
    is_newer = record.base_created_at is None or each.created_at > record.base_created_at
    return each.id != made.id and each.sha == made.sha and is_newer and _has_words(each, record)
