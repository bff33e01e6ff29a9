"""What changed since when.

Every transaction that changed something takes the next generation and leaves one row: the kind of thing, and the numbers
of the devices concerned. Screens remember a generation and ask what came after it.
"""

import sqlite3
import struct
from collections.abc import Sequence

from msgspec import Struct

from imptui.cache.connections import Connections
from imptui.domain.ids import DeviceId

KEPT = 2_000
"""Generations that are remembered; who asks from before them is told "everything"."""

NAMED = 2_000
"""Devices that are named one by one; more of them are "everything"."""


class Changes(Struct, frozen=True):
    """What came after one generation, up to `generation`."""

    generation: int
    devices: frozenset[DeviceId] | None
    """None: too many to name, or a group or product shows differently in their lines; take it as everything."""
    kinds: frozenset[str]
    """Of `device`, `reading`, `group`, `product`, `deployment`, `account`."""


def next_generation(writer: sqlite3.Connection, kind: str, numbers: Sequence[int] | None = ()) -> int:
    """Take the next generation, within the transaction that changed something.

    Args:
        writer: In a transaction.
        kind: What sort of thing changed.
        numbers: Row numbers of the devices that changed or whose line did; None for everything.
    """
    packed = None if numbers is None or len(numbers) > NAMED else struct.pack(f">{len(numbers)}I", *numbers)
    found = writer.execute("INSERT INTO generation (kind, devices) VALUES (?, ?)", (kind, packed)).lastrowid
    assert found is not None, "an INSERT has a row"  # noqa: S101 - sqlite3 types it as optional
    if found % 64 == 0:
        writer.execute("DELETE FROM generation WHERE n <= ?", (found - KEPT,))
    return found


def upcoming(writer: sqlite3.Connection) -> int:
    """The generation that the running transaction will take."""
    return int(writer.execute("SELECT coalesce(max(n), 0) + 1 FROM generation").fetchone()[0])


def generation_of(connections: Connections) -> int:
    """The newest generation."""
    with connections.reading() as reader:
        return int(reader.execute("SELECT coalesce(max(n), 0) FROM generation").fetchone()[0])


def changed_since(connections: Connections, generation: int) -> Changes:
    """What came after `generation`; see `Changes`. A forgotten device is not named: everything changed then."""
    with connections.reading() as reader:
        newest, oldest = reader.execute("SELECT coalesce(max(n), 0), coalesce(min(n), 1) FROM generation").fetchone()
        rows = reader.execute("SELECT kind, devices FROM generation WHERE n > ? AND n <= ?", (generation, newest)).fetchall()
        kinds = frozenset(str(row[0]) for row in rows)
        if generation < oldest - 1 or any(row[1] is None for row in rows):
            return Changes(newest, None, kinds)
        numbers = {number for row in rows for (number,) in struct.iter_unpack(">I", row[1])}
        if len(numbers) > NAMED:
            return Changes(newest, None, kinds)
        found = reader.execute(f"SELECT id FROM device WHERE n IN ({','.join(map(str, numbers))})")
        return Changes(newest, frozenset(DeviceId(row[0]) for row in found), kinds)
