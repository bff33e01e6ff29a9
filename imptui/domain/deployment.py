"""Deployments: immutable pairs of programs."""

import re
from datetime import datetime

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

CODE_LIMIT_BYTES = 4 * 1024 * 1024
"""What one program may weigh in UTF-8. Source: primer, "Deployment Endpoints"; contract 12.2."""

TAGS_LIMIT_CHARACTERS = 500
"""What all tags of a deployment may measure together. Source: contract 12.2."""

TAG = re.compile(r"[A-Za-z0-9_*.-]+")
"""What a tag may be made of. Source: contract 12.2."""


class Deployment(Struct, frozen=True):
    """One pair of programs made for one device group, for ever. Source: primer, "Deployments"; contract 12."""

    id: DeploymentId
    sha: str
    description: str | None
    origin: str | None
    is_flagged: bool
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime | None
    group_id: GroupId | None
    """None for a zombie: its group is gone."""
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
        """The program called `agent` or `device`.

        Raises:
            KeyError: `program` is neither.
        """
        return {"agent": self.agent_code, "device": self.device_code}[program]
