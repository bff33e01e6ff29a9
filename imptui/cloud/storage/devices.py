"""Stores devices, up to millions of them.

A page costs the same whatever the size of the fleet: every way of listing has an index that ends in the order of
listing, the conditions of a list are first reduced to the one that such an index answers (rules guarantee that a
device has the owner, product and type of its group), and nothing is counted.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from imptui.cloud.environment.clock import to_ms, to_ms_or_none
from imptui.cloud.storage.device_rows import (
    DEVICE_FROM,
    DEVICE_SELECT,
    IMP_FROM,
    IMP_SELECT,
    STATE_COLUMNS,
    ListedDevice,
    imp_of,
    state_values,
)
from imptui.cloud.storage.page_bookmarks import MILESTONES_APART, PageBookmarks
from imptui.cloud.storage.paging import ListPage, Paging
from imptui.cloud.storage.records import DeviceScope, Imp
from imptui.cloud.storage.type_numbers import TYPE_NUMBER
from imptui.domain.ids import AccountId, DeploymentId, DeviceId, GroupId, device_id_of, is_agent_id, mac_address_of

_TURN = "device_turn"


class DeviceRepository:
    """Repository of the devices of all accounts."""

    def __init__(self, connection: sqlite3.Connection, bookmarks: PageBookmarks) -> None:
        self._connection = connection
        self._bookmarks = bookmarks

    def get(self, device_id: str) -> Imp | None:
        """Return the device with this id, of any owner."""
        return self._one("d.id = ?", device_id)

    def find(self, reference: str) -> Imp | None:
        """Return the device with a reference: id, MAC address in any spelling, or agent id while assigned.

        Source: contract 4.3.
        """
        device_id, mac_address = device_id_of(reference), mac_address_of(reference)
        found = self._one("d.id = ?", device_id) if device_id else None
        found = found or (self._one("d.mac_address = ?", mac_address) if mac_address else None)
        if found is None and is_agent_id(reference):
            found = self._one("d.agent_id = ? AND d.group_seq IS NOT NULL", reference)
        return found

    def page(self, owner_ids: Sequence[AccountId], scope: DeviceScope, paging: Paging) -> ListPage[ListedDevice]:
        """Return a page of the devices of these accounts within the scope, in the order of their creation."""
        listing = self._listing(owner_ids, scope)
        if listing is None:
            return ListPage([], has_next=False)
        seqs = self._window(listing, paging)
        if not seqs:
            return ListPage([], has_next=False)
        shown = seqs[: paging.size]
        sql = f"SELECT {DEVICE_SELECT} FROM {DEVICE_FROM} WHERE d.seq IN ({', '.join('?' * len(shown))}) ORDER BY d.seq"
        rows = self._connection.execute(sql, shown).fetchall()
        return ListPage([ListedDevice._make(row) for row in rows], len(seqs) > paging.size)

    def has_any_in(self, group_id: GroupId) -> bool:
        """Return True if a device is assigned to the group."""
        sql = f"SELECT EXISTS (SELECT 1 FROM device WHERE group_seq = {_SEQ_OF_GROUP})"
        return bool(self._connection.execute(sql, (group_id,)).fetchone()[0])

    def in_group(self, group_id: GroupId, after: DeviceId | None, at_most: int) -> list[Imp]:
        """Return the next devices of a group after one of them, to walk a group in batches."""
        sql = f"""SELECT {IMP_SELECT} FROM {IMP_FROM} WHERE d.group_seq = {_SEQ_OF_GROUP}
          AND d.seq > ifnull((SELECT seq FROM device WHERE id = ?), 0) ORDER BY d.seq LIMIT ?"""
        return [imp_of(row) for row in self._connection.execute(sql, (group_id, after, at_most))]

    def running_in(self, group_id: GroupId) -> list[DeploymentId]:
        """Return the deployments that devices of a group run."""
        sql = f"""SELECT id FROM deployment WHERE seq IN
          (SELECT DISTINCT running_seq FROM device WHERE group_seq = {_SEQ_OF_GROUP})"""
        return [DeploymentId(row[0]) for row in self._connection.execute(sql, (group_id,))]

    def due(self, until: datetime, at_most: int) -> list[Imp]:
        """Return the devices whose next simulated event is due by then, earliest first."""
        sql = f"SELECT {IMP_SELECT} FROM {IMP_FROM} WHERE d.due_ms <= ? ORDER BY d.due_ms, d.seq LIMIT ?"
        return [imp_of(row) for row in self._connection.execute(sql, (to_ms(until), at_most))]

    def add(self, imp: Imp) -> None:
        """Store a new device."""
        columns = ("id", "mac_address", "agent_id", *STATE_COLUMNS)
        names = f"{', '.join(columns)}, {', '.join(_REFERENCES)}"
        values = f"{', '.join('?' * len(columns))}, {', '.join(_REFERENCES.values())}"
        device = imp.device
        self._connection.execute(
            f"INSERT INTO device ({names}) VALUES ({values})",
            (device.id, device.mac_address, imp.agent_id, *state_values(imp), *_reference_values(imp)),
        )
        self._turn()

    def put(self, imps: Iterable[Imp]) -> None:
        """Store the new state of devices: everything but their ids, MAC addresses and agent ids."""
        settings = ", ".join([*(f"{name} = ?" for name in STATE_COLUMNS), *(f"{n} = {v}" for n, v in _REFERENCES.items())])
        self._connection.executemany(
            f"UPDATE device SET {settings} WHERE id = ?",
            [(*state_values(imp), *_reference_values(imp), imp.device.id) for imp in imps],
        )

    def put_started(self, imps: Iterable[Imp]) -> None:
        """Store only the values that a start, a connection or a disconnection changes: quicker than `put`."""
        self._connection.executemany(
            """UPDATE device SET is_online = ?, state_changed_ms = ?, is_agent_running = ?, agent_state_changed_ms = ?,
              is_restart_pending = ?, running_seq = (SELECT seq FROM deployment WHERE id = ?) WHERE id = ?""",
            [
                (
                    imp.device.is_online,
                    to_ms_or_none(imp.device.state_changed_at),
                    imp.device.is_agent_running,
                    to_ms_or_none(imp.device.agent_state_changed_at),
                    imp.is_restart_pending,
                    imp.running_deployment_id,
                    imp.device.id,
                )
                for imp in imps
            ],
        )

    def put_due(self, imp: Imp) -> None:
        """Store a device's presence and the time of its next simulated event."""
        values = (imp.presence, to_ms_or_none(imp.due_at), imp.device.id)
        self._connection.execute("UPDATE device SET presence = ?, due_ms = ? WHERE id = ?", values)

    def put_moved(self, imp: Imp) -> None:
        """Store the new state of a device that changed its group or owner."""
        self.put([imp])
        self._turn()

    def delete(self, device_id: DeviceId) -> None:
        """Delete a device with its log lines and its history."""
        for table in ("log_line", "enrolment", "start"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE device_seq = (SELECT seq FROM device WHERE id = ?)", (device_id,)
            )
        self._connection.execute("DELETE FROM device WHERE id = ?", (device_id,))
        self._turn()

    def _one(self, condition: str, value: str) -> Imp | None:
        row = self._connection.execute(f"SELECT {IMP_SELECT} FROM {IMP_FROM} WHERE {condition}", (value,)).fetchone()
        return None if row is None else imp_of(row)

    def _listing(self, owner_ids: Sequence[AccountId], scope: DeviceScope) -> tuple["_Strand", ...] | None:
        """Return the scope as one indexed condition per owner; None: no device can satisfy it."""
        owners = set(owner_ids)
        for wanted in (scope.owner_id, scope.group_owner_id):
            owners &= {wanted} if wanted is not None else owners
        if not owners:
            return None
        if scope.is_unassigned:
            if scope.product_id or scope.group_id or scope.group_owner_id or scope.group_type:
                return None
            return self._per_owner(owners, (None,))
        type_number = None if scope.group_type is None else TYPE_NUMBER[scope.group_type]
        if scope.group_id is not None or scope.product_id is not None:
            return self._within(owners, scope, type_number)
        if type_number is not None:
            return self._per_owner(owners, (type_number,))
        return self._per_owner(owners, () if scope.group_owner_id is None else tuple(TYPE_NUMBER.values()))

    def _within(self, owners: set[AccountId], scope: DeviceScope, type_number: int | None) -> tuple["_Strand", ...] | None:
        if scope.group_id is not None:
            sql = "SELECT seq, owner_id, product_id, type FROM device_group WHERE id = ?"
            row = self._connection.execute(sql, (scope.group_id,)).fetchone()
            fits = row is not None and row[1] in owners and scope.product_id in (None, row[2]) and type_number in (None, row[3])
            return (("group_seq = ?", (row[0],)),) if fits else None
        row = self._connection.execute("SELECT seq, owner_id FROM product WHERE id = ?", (scope.product_id,)).fetchone()
        if row is None or row[1] not in owners:
            return None
        if type_number is None:
            return (("product_seq = ?", (row[0],)),)
        return (("product_seq = ? AND group_type = ?", (row[0], type_number)),)

    def _per_owner(self, owners: set[AccountId], types: tuple[int | None, ...]) -> tuple["_Strand", ...] | None:
        """Strands for the devices of owners: all, or those in groups of these types, None standing for unassigned."""
        marks = ", ".join("?" * len(owners))
        rows = self._connection.execute(f"SELECT seq FROM account WHERE id IN ({marks})", sorted(owners))
        seqs = sorted(seq for (seq,) in rows)
        if len(seqs) > _OWNERS_MERGED:  # SQLite merges only so many strands; for such a crowd the page is sorted
            crowd, conditions = f"owner_seq IN ({', '.join('?' * len(seqs))})", " OR ".join("group_type IS ?" for _ in types)
            return ((f"{crowd} AND ({conditions})" if types else crowd, (*seqs, *types)),)
        if not types:
            return tuple(("owner_seq = ?", (seq,)) for seq in seqs) or None
        return tuple(("owner_seq = ? AND group_type IS ?", (seq, kind)) for seq in seqs for kind in types) or None

    def _window(self, listing: tuple["_Strand", ...], paging: Paging) -> list[int]:
        """Places of a page's entries and of the one after it, from where the page before ended if that is known."""
        (turn,) = self._connection.execute(f"SELECT ifnull((SELECT value FROM fact WHERE name = '{_TURN}'), 0)").fetchone()
        # Strands of several owners are merged by SQLite as it goes, each from its own index: nothing is sorted.
        sql = " UNION ALL ".join(f"SELECT seq FROM device WHERE {condition} AND seq > ?" for condition, _ in listing)
        sql += " ORDER BY seq LIMIT ? OFFSET ?"

        def some(after: int, count: int, skipped: int) -> list[int]:
            values = [value for _, bound in listing for value in (*bound, after)]
            return [seq for (seq,) in self._connection.execute(sql, (*values, count, skipped))]

        passed, after = self._bookmarks.before(turn, listing, paging.offset)
        while paging.offset - passed >= MILESTONES_APART:
            milestone = some(after, 1, MILESTONES_APART - 1)
            if not milestone:
                return []
            passed, after = passed + MILESTONES_APART, milestone[0]
            self._bookmarks.put(turn, listing, passed, after)
        seqs = some(after, paging.size + 1, paging.offset - passed)
        if len(seqs) > paging.size:
            self._bookmarks.put(turn, listing, paging.offset + paging.size, seqs[paging.size - 1])
        return seqs

    def _turn(self) -> None:
        """Invalidate the bookmarks of lists, because devices were added, removed or moved."""
        sql = "INSERT INTO fact VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1"
        self._connection.execute(sql, (_TURN,))


_OWNERS_MERGED = 60

_Strand = tuple[str, tuple[int | None, ...]]
"""A condition that one index answers in the order of listing, and its values."""

_SEQ_OF_GROUP = "(SELECT seq FROM device_group WHERE id = ?)"

_REFERENCES = {
    "owner_seq": "(SELECT seq FROM account WHERE id = ?)",
    "group_seq": _SEQ_OF_GROUP,
    "product_seq": "(SELECT seq FROM product WHERE id = ?)",
    "running_seq": "(SELECT seq FROM deployment WHERE id = ?)",
    "fixture_seq": "(SELECT seq FROM device WHERE id = ?)",
    "target_seq": _SEQ_OF_GROUP,
}


def _reference_values(imp: Imp) -> tuple[str | None, ...]:
    device = imp.device
    return (
        device.owner_id,
        device.group_id,
        device.product_id,
        imp.running_deployment_id,
        imp.fixture_id,
        imp.target_group_id,
    )
