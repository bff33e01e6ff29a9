"""Stores deployments and their programs, in separate tables so that lists never read code."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from imptui.cloud.environment.clock import from_ms, to_ms, to_ms_or_none
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.cloud.storage.records import DeploymentScope
from imptui.cloud.storage.type_numbers import TYPE_NUMBER, TYPE_OF
from imptui.domain.deployment import TAGS_LIMIT_CHARACTERS, Deployment, Programs
from imptui.domain.ids import AccountId, DeploymentId, GroupId

_COLUMNS = (
    "id, sha, description, origin, is_flagged, tags, created_ms, updated_ms, group_id, group_type, product_id,"
    " creator_id, owner_id, flagger_id"
)


class PackedPrograms(Struct, frozen=True):
    """Two compressed programs; compressed outside of any transaction, because 4 MB take a while."""

    agent: bytes
    device: bytes


class CompileContext(Struct, frozen=True):
    """Group and product as programs see them, fixed at compile time. Source: contract 8.5, 16."""

    env_vars: Mapping[str, str | int | float]
    group_name: str
    product_name: str


_ADD_PROGRAM = """INSERT INTO program (deployment_seq, agent, device, surroundings) VALUES (?, ?, ?,
  (SELECT json_array(g.env_vars, g.name, p.name) FROM device_group g JOIN product p ON p.id = g.product_id
   WHERE g.id = ?))"""


def pack(programs: Programs) -> PackedPrograms:
    """Compress programs for storage."""
    return PackedPrograms(*(zlib.compress(code.encode(), 1) for code in (programs.agent_code, programs.device_code)))


def sha_of(programs: Programs, owner_id: str) -> str:
    """Return the 256-bit SHA of both programs and the owner's id, in hexadecimal.

    Source: primer, "Deployments"; contract 12.3.
    """
    texts = (programs.device_code, programs.agent_code, owner_id)
    return hashlib.sha256(b"\0".join(text.encode() for text in texts)).hexdigest()


class DeploymentRepository:
    """Repository of the deployments of all accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, deployment_id: str | None) -> Deployment | None:
        """Return the deployment with this id, of any owner; None for None."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM deployment WHERE id = ?", (deployment_id,)).fetchone()
        return None if row is None else _deployment(row)

    def programs(self, deployment_id: DeploymentId) -> Programs | None:
        """Return the two programs of a deployment; None: there is no such deployment."""
        sql = "SELECT p.agent, p.device FROM program p JOIN deployment d ON d.seq = p.deployment_seq WHERE d.id = ?"
        row = self._connection.execute(sql, (deployment_id,)).fetchone()
        return None if row is None else Programs(zlib.decompress(row[0]).decode(), zlib.decompress(row[1]).decode())

    def surroundings(self, deployment_id: DeploymentId) -> CompileContext | None:
        """Return the compile-time context of a deployment; None if it was not stored."""
        sql = "SELECT p.surroundings FROM program p JOIN deployment d ON d.seq = p.deployment_seq WHERE d.id = ?"
        row = self._connection.execute(sql, (deployment_id,)).fetchone()
        if row is None or row[0] is None:
            return None
        env_vars, group_name, product_name = json.loads(row[0])
        return CompileContext(json.loads(env_vars), group_name, product_name)

    def page(self, owner_ids: Sequence[AccountId], scope: DeploymentScope, paging: Paging) -> ListPage[Deployment]:
        """Return a page of the deployments of these accounts within the scope, newest first."""
        if sum(map(len, scope.tags)) > TAGS_LIMIT_CHARACTERS:
            return ListPage([], has_next=False)  # more than a deployment can carry
        conditions = [f"owner_id IN ({', '.join('?' * len(owner_ids))})"]
        values: list[object] = [*owner_ids]
        wanted = {
            "owner_id": scope.owner_id,
            "creator_id": scope.creator_id,
            "product_id": scope.product_id,
            "group_id": scope.group_id,
            "sha": scope.sha,
            "flagger_id": scope.flagger_id,
        }
        for column, value in wanted.items():
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if scope.is_flagged is not None:
            conditions.append("is_flagged" if scope.is_flagged else "NOT is_flagged")
        for tag in dict.fromkeys(scope.tags):
            conditions.append("seq IN (SELECT deployment_seq FROM deployment_tag WHERE tag = ?)")
            values.append(tag)
        sql = (
            f"SELECT {_COLUMNS} FROM deployment WHERE {' AND '.join(conditions)}"
            " ORDER BY created_ms DESC, seq DESC LIMIT ? OFFSET ?"
        )
        rows = self._connection.execute(sql, (*values, paging.size + 1, paging.offset)).fetchall()
        return page_of([_deployment(row) for row in rows], paging)

    def has_flagged(self, group_id: GroupId) -> bool:
        """Return True if a flagged deployment belongs to the group."""
        sql = "SELECT EXISTS (SELECT 1 FROM deployment WHERE group_id = ? AND is_flagged)"
        return bool(self._connection.execute(sql, (group_id,)).fetchone()[0])

    def add(self, deployment: Deployment, programs: PackedPrograms) -> None:
        """Store a new deployment."""
        self._connection.execute(ADD_DEPLOYMENT, deployment_values(deployment))
        (seq,) = self._connection.execute("SELECT last_insert_rowid()").fetchone()
        self._connection.execute(_ADD_PROGRAM, (seq, programs.agent, programs.device, deployment.group_id))
        self._tag(seq, deployment.tags)

    def annotate(self, deployment: Deployment) -> None:
        """Store the new description, tags and flag of a deployment; its other attributes never change."""
        sql = """UPDATE deployment SET description = ?, tags = ?, is_flagged = ?, flagger_id = ?, updated_ms = ?
          WHERE id = ? RETURNING seq"""
        values = (
            deployment.description,
            json.dumps(deployment.tags),
            deployment.is_flagged,
            deployment.flagger_id,
            to_ms_or_none(deployment.updated_at),
            deployment.id,
        )
        for (seq,) in self._connection.execute(sql, values).fetchall():
            self._connection.execute("DELETE FROM deployment_tag WHERE deployment_seq = ?", (seq,))
            self._tag(seq, deployment.tags)

    def delete(self, deployment_id: DeploymentId) -> None:
        """Delete a deployment and its programs."""
        self._delete_where("id = ?", deployment_id)

    def delete_of_group(self, group_id: GroupId) -> None:
        """Delete the deployments of a group. Source: contract 8.7."""
        self._delete_where("group_id = ?", group_id)

    def _delete_where(self, condition: str, value: str) -> None:
        seqs = f"(SELECT seq FROM deployment WHERE {condition})"
        self._connection.execute(f"DELETE FROM program WHERE deployment_seq IN {seqs}", (value,))
        self._connection.execute(f"DELETE FROM deployment_tag WHERE deployment_seq IN {seqs}", (value,))
        self._connection.execute(f"DELETE FROM deployment WHERE {condition}", (value,))

    def _tag(self, seq: int, tags: Sequence[str]) -> None:
        self._connection.executemany("INSERT OR IGNORE INTO deployment_tag VALUES (?, ?)", [(tag, seq) for tag in tags])


ADD_DEPLOYMENT = f"INSERT INTO deployment ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def deployment_values(deployment: Deployment) -> tuple[object, ...]:
    """Return a deployment as the row that `ADD_DEPLOYMENT` takes."""
    created, updated = to_ms(deployment.created_at), to_ms_or_none(deployment.updated_at)
    return (
        deployment.id,
        deployment.sha,
        deployment.description,
        deployment.origin,
        deployment.is_flagged,
        json.dumps(deployment.tags),
        created,
        created if updated is None else updated,
        deployment.group_id,
        None if deployment.group_type is None else TYPE_NUMBER[deployment.group_type],
        deployment.product_id,
        deployment.creator_id,
        deployment.owner_id,
        deployment.flagger_id,
    )


def _deployment(row: tuple[Any, ...]) -> Deployment:
    return Deployment(
        id=row[0],
        sha=row[1],
        description=row[2],
        origin=row[3],
        is_flagged=bool(row[4]),
        tags=tuple(json.loads(row[5])),
        created_at=from_ms(row[6]),
        updated_at=from_ms(row[7]),
        group_id=row[8],
        group_type=TYPE_OF[row[9]],
        product_id=row[10],
        creator_id=row[11],
        owner_id=row[12],
        flagger_id=row[13],
    )
