"""Deployments: immutable pairs of programs."""

import re
from datetime import datetime

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

CODE_LIMIT_BYTES = 4 * 1024 * 1024
"""Largest size of one program in UTF-8, in bytes. Source: primer, "Deployment Endpoints"; contract 12.2."""

TAGS_LIMIT_CHARACTERS = 500
"""Largest total length of a deployment's tags, in characters. Source: contract 12.2."""

TAG = re.compile(r"[A-Za-z0-9_*.-]+")
"""Characters that a tag may consist of. Source: contract 12.2."""


class Deployment(Struct, frozen=True):
    """An immutable pair of programs made for one device group. Source: primer, "Deployments"; contract 12."""

    id: DeploymentId
    sha: str
    description: str | None
    origin: str | None
    is_flagged: bool
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime | None
    group_id: GroupId | None
    """None: the group was deleted, and the deployment is a zombie."""
    group_type: GroupType | str | None
    product_id: ProductId | None
    creator_id: AccountId | None
    owner_id: AccountId | None
    flagger_id: AccountId | None = None


class Programs(Struct, frozen=True):
    """The two programs of a deployment."""

    agent_code: str
    device_code: str

    def of(self, program: str) -> str:
        """Return the program called `agent` or `device`.

        Raises:
            KeyError: `program` is neither `agent` nor `device`.
        """
        return {"agent": self.agent_code, "device": self.device_code}[program]
