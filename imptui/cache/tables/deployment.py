"""The tables of deployments and of their code.

The code of a deployment never changes, so cached code is always right. It is fetched at first use and compressed; beyond a cap,
the least recently used code is deleted.
"""

import json
import re
import sqlite3
import zlib
from collections.abc import Collection, Iterable
from time import monotonic
from typing import NamedTuple

from imptui.cache.connections import Connections
from imptui.cache.device_row import group_type_of
from imptui.cache.generations import next_generation
from imptui.cache.search.conditions import bindable
from imptui.cache.tables.group import save_deployed_at
from imptui.cache.times import at_us, from_us, to_us, us
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId
from imptui.domain.rows import CodeHit
from imptui.query.regular_expression import PatternTooLong, RegularExpression

CODE_CAP_BYTES = 256 * 1024 * 1024
"""Largest total size of compressed code in the file, in bytes."""

PATTERN_PATIENCE_S = 10.0
"""Longest time, in seconds, for a pattern on one deployment."""

LINE_SEARCHED = 10_000
"""Number of characters of a line that a search reads."""


class StoredDeployment(NamedTuple):
    """A row of `SELECT_DEPLOYMENTS`: the columns of a deployment."""

    id: str
    sha: str
    description: str | None
    origin: str | None
    is_flagged: int
    tags: str
    """A list in JSON."""
    created_at: int
    updated_at: int | None
    group_id: GroupId | None
    group_type: str | None
    product_id: ProductId | None
    creator_id: AccountId | None
    owner_id: AccountId | None
    flagger_id: AccountId | None


DEPLOYMENT_COLUMNS = StoredDeployment._fields
SELECT_DEPLOYMENTS = f"SELECT {', '.join(DEPLOYMENT_COLUMNS)} FROM deployment"
Listed = list[Deployment]
Ids = list[DeploymentId]
Hits = list[CodeHit]
"""Aliases, because a method of the class below is called `list`."""

_NEWEST_FIRST = "ORDER BY created_at DESC, n DESC LIMIT ? OFFSET ?"
_SHA_PREFIX = re.compile(r"[0-9a-f]{6,64}", re.IGNORECASE)


def deployment_of(row: StoredDeployment) -> Deployment:
    """Decode a row into a deployment."""
    return Deployment(
        id=DeploymentId(row.id),
        sha=row.sha,
        description=row.description,
        origin=row.origin,
        is_flagged=bool(row.is_flagged),
        tags=tuple(json.loads(row.tags)),
        created_at=at_us(row.created_at),
        updated_at=from_us(row.updated_at),
        group_id=row.group_id,
        group_type=group_type_of(row.group_type),
        product_id=row.product_id,
        creator_id=row.creator_id,
        owner_id=row.owner_id,
        flagger_id=row.flagger_id,
    )


def row_of(deployment: Deployment) -> StoredDeployment:
    """Encode a deployment as a row."""
    return StoredDeployment(
        id=deployment.id,
        sha=deployment.sha,
        description=None if deployment.description is None else bindable(deployment.description),
        origin=None if deployment.origin is None else bindable(deployment.origin),
        is_flagged=int(deployment.is_flagged),
        tags=json.dumps(deployment.tags),
        created_at=us(deployment.created_at),
        updated_at=to_us(deployment.updated_at),
        group_id=deployment.group_id,
        group_type=None if deployment.group_type is None else str(deployment.group_type),
        product_id=deployment.product_id,
        creator_id=deployment.creator_id,
        owner_id=deployment.owner_id,
        flagger_id=deployment.flagger_id,
    )


class DeploymentTable:
    """The deployments that the cache knows, and their code."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def list(
        self, group_id: GroupId | None = None, product_id: ProductId | None = None, limit: int = 500, offset: int = 0
    ) -> Listed:
        """Return deployments of a group, a product, or all; newest first."""
        where, values = _of(group_id, product_id)
        return self._select(f"{where} {_NEWEST_FIRST}", (*values, limit, offset))

    def count(self, group_id: GroupId | None = None, product_id: ProductId | None = None) -> int:
        """Count the deployments of a group, a product, or all."""
        where, values = _of(group_id, product_id)
        with self._connections.read_connection() as reader:
            return int(reader.execute(f"SELECT count(*) FROM deployment {where}", values).fetchone()[0])

    def one(self, deployment_id: DeploymentId) -> Deployment | None:
        """Return one deployment; None if it is unknown."""
        return next(iter(self._select("WHERE id = ?", (deployment_id,))), None)

    def find(self, text: str) -> Listed:
        """Find deployments by id, by the beginning of a sha (six digits or more), or by tag; newest first."""
        wanted = bindable(text.strip())
        if found := self._select("WHERE id = ?", (wanted.lower(),)):
            return found
        if _SHA_PREFIX.fullmatch(wanted):
            low = wanted.lower()
            if found := self._select(f"WHERE sha >= ? AND sha < ? {_NEWEST_FIRST}", (low, low + "g", 20, 0)):
                return found
        tagged = f"WHERE tags <> '[]' AND ? IN (SELECT value FROM json_each(tags)) {_NEWEST_FIRST}"
        return self._select(tagged, (wanted, 20, 0)) if wanted else []

    def with_sha(self, group_id: GroupId, sha: str) -> Listed:
        """Return the deployments of a group with exactly this code; newest first."""
        return self._select(f"WHERE sha = ? AND group_id = ? {_NEWEST_FIRST}", (sha, group_id, 500, 0))

    def before(self, deployment: Deployment) -> Deployment | None:
        """Return the deployment of its group before this one; None for the first, and for a zombie."""
        where = f"WHERE group_id = ? AND created_at < ? {_NEWEST_FIRST}"
        return next(iter(self._select(where, (deployment.group_id, us(deployment.created_at), 1, 0))), None)

    def _select(self, where: str, values: tuple[object, ...]) -> Listed:
        with self._connections.read_connection() as reader:
            return [deployment_of(StoredDeployment._make(row)) for row in reader.execute(f"{SELECT_DEPLOYMENTS} {where}", values)]

    def store(self, deployments: Iterable[Deployment]) -> Ids:
        """Insert and update deployments in one transaction; return the ids of those that changed."""
        changed = []
        setting = ", ".join(f"{column} = ?" for column in DEPLOYMENT_COLUMNS)
        with self._connections.writing() as writer:
            for deployment in deployments:
                row = row_of(deployment)
                if writer.execute(f"{SELECT_DEPLOYMENTS} WHERE id = ?", (deployment.id,)).fetchone() == row:
                    continue
                changed.append(deployment.id)
                writer.execute("INSERT OR IGNORE INTO deployment (id) VALUES (?)", (deployment.id,))
                writer.execute(f"UPDATE deployment SET {setting} WHERE id = ?", (*row, deployment.id))
            _finish_change(writer, changed)
        return changed

    def forget_absent(self, seen: Collection[DeploymentId], group_id: GroupId | None = None) -> Ids:
        """Delete deployments that a *complete* reading of all, or of one group's, did not contain."""
        where, values = _of(group_id, None)
        with self._connections.read_connection() as reader:
            known = [DeploymentId(row[0]) for row in reader.execute(f"SELECT id FROM deployment {where}", values)]
        kept = frozenset(seen)
        return self.forget([deployment_id for deployment_id in known if deployment_id not in kept])

    def forget(self, ids: Iterable[DeploymentId]) -> Ids:
        """Delete these deployments and their code."""
        gone = []
        with self._connections.writing() as writer:
            for deployment_id in ids:
                if writer.execute("DELETE FROM deployment WHERE id = ?", (deployment_id,)).rowcount:
                    gone.append(deployment_id)
                writer.execute("DELETE FROM code WHERE deployment_id = ?", (deployment_id,))
            _finish_change(writer, gone)
        return gone

    def programs(self, deployment_id: DeploymentId) -> Programs | None:
        """Return the code of a deployment; None if it is not in the cache."""
        with self._connections.read_connection() as reader:
            row = reader.execute("SELECT agent, device FROM code WHERE deployment_id = ?", (deployment_id,)).fetchone()
        if row is None:
            return None
        with self._connections.writing() as writer:
            writer.execute(_USE, (deployment_id,))
        return Programs(_unpacked(row[0]), _unpacked(row[1]))

    def store_programs(self, deployment_id: DeploymentId, programs: Programs) -> None:
        """Save the code of a deployment, and delete the least recently used code beyond the cap."""
        agent, device = _packed(programs.agent_code), _packed(programs.device_code)
        with self._connections.writing() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO code (deployment_id, agent, device, size, used) VALUES (?, ?, ?, ?, 0)",
                (deployment_id, agent, device, len(agent) + len(device)),
            )
            writer.execute(_USE, (deployment_id,))
        self.cap_programs()

    def cap_programs(self, cap_bytes: int = CODE_CAP_BYTES) -> int:
        """Delete the least recently used code beyond `cap_bytes`; return the number of deployments concerned."""
        with self._connections.writing() as writer:
            return writer.execute(
                "DELETE FROM code WHERE deployment_id IN (SELECT deployment_id FROM"
                " (SELECT deployment_id, sum(size) OVER (ORDER BY used DESC) AS upto FROM code) WHERE upto > ?)",
                (cap_bytes,),
            ).rowcount

    def ids_with_code(self) -> Ids:
        """Return the deployments whose code is in the cache, most recently used first."""
        with self._connections.read_connection() as reader:
            return [DeploymentId(row[0]) for row in reader.execute("SELECT deployment_id FROM code ORDER BY used DESC")]

    def ids_without_code(self) -> Ids:
        """Return the deployments whose code is not in the cache, newest first."""
        sql = "SELECT id FROM deployment WHERE id NOT IN (SELECT deployment_id FROM code) ORDER BY created_at DESC, n DESC"
        with self._connections.read_connection() as reader:
            return [DeploymentId(row[0]) for row in reader.execute(sql)]

    def search_code(self, deployment_id: DeploymentId, pattern: RegularExpression, limit: int = 200) -> Hits:
        """Return lines of one deployment's cached code that match `pattern`, agent first; this does not count as use of the code.

        4 MB take some 30 ms for a text and 200 for a pattern. A line is searched up to `LINE_SEARCHED` characters.

        Raises:
            PatternTooLong: The pattern takes too long on a line, or on all lines together; the error names the deployment.
        """
        with self._connections.read_connection() as reader:
            row = reader.execute("SELECT agent, device FROM code WHERE deployment_id = ?", (deployment_id,)).fetchone()
        over_at = monotonic() + PATTERN_PATIENCE_S
        found: Hits = []
        for program, packed in zip(("agent", "device"), row or (), strict=False):
            for number, line in enumerate(_unpacked(packed).split("\n"), 1):
                try:
                    is_here = pattern.is_in(line, LINE_SEARCHED)
                except PatternTooLong as error:
                    raise PatternTooLong(f"line {number:,} of the {program} code of {deployment_id}") from error
                if is_here:
                    found.append(CodeHit(deployment_id, program, number, line[:200]))
                    if len(found) >= limit:
                        return found
                if not number % 64 and monotonic() > over_at:
                    raise PatternTooLong(f"the {program} code of {deployment_id}")
        return found


_USE = "UPDATE code SET used = (SELECT coalesce(max(used), 0) + 1 FROM code) WHERE deployment_id = ?"


def _finish_change(writer: sqlite3.Connection, changed: Ids) -> None:
    """Recount pending devices of groups whose current deployment came, changed or went, and take a generation."""
    if not changed:
        return
    current = writer.execute("SELECT current_deployment_id, id FROM grp WHERE current_deployment_id IS NOT NULL").fetchall()
    concerned = frozenset(changed)
    for deployment_id, group_id in current:
        if deployment_id in concerned:
            save_deployed_at(writer, group_id)
    next_generation(writer, "deployment")


def _of(group_id: GroupId | None, product_id: ProductId | None) -> tuple[str, tuple[str, ...]]:
    wanted = [(name, value) for name, value in (("group_id", group_id), ("product_id", product_id)) if value is not None]
    where = "WHERE " + " AND ".join(f"{name} = ?" for name, _ in wanted) if wanted else ""
    return where, tuple(value for _, value in wanted)


def _packed(code: str) -> bytes:
    return zlib.compress(code.encode("utf-8", "surrogatepass"), 3)


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")
