"""How far passes over the service came: kept in the file, so that a pass that was cut goes on where it was.

Of a pass over devices it is also kept whom it met, a bit for each row: without that the end of a resumed pass could not
say who is missing. A few kilobytes for a small fleet, 125 for a million devices, written every few seconds.
"""

from datetime import datetime

from msgspec import Struct

from imptui.cache.connections import Connections
from imptui.cache.ingest.device_ingest import IngestPass
from imptui.cache.times import at_us, us


class SavedPass(Struct, frozen=True):
    """A pass that is under way, or was cut."""

    kind: str
    """`devices` or `deployments`."""
    page: int
    """The first page that was not stored yet, from 1."""
    counted: int
    """How many things the pages before it held."""
    began_at: datetime
    saved_at: datetime
    walk: IngestPass | None = None
    """Whom it met; for devices."""


class PassTable:
    """The passes that are not over yet, one of a kind."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def one(self, kind: str) -> SavedPass | None:
        """How far the pass of a kind came; None: none is under way."""
        with self._connections.reading() as reader:
            row = reader.execute(
                "SELECT page, counted, began_at, saved_at, last_n, seen FROM pass WHERE kind = ?", (kind,)
            ).fetchone()
        if row is None:
            return None
        page, counted, began_us, saved_us, last_n, seen = row
        walk = None if seen is None else IngestPass(int(last_n), bytearray(seen))
        return SavedPass(kind, int(page), int(counted), at_us(began_us), at_us(saved_us), walk)

    def save(self, saved: SavedPass) -> None:
        """Keep this instead of what was kept of its kind."""
        walk = saved.walk
        last_n, seen = (0, None) if walk is None else (walk.last_n, bytes(walk.seen))
        with self._connections.writing() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO pass (kind, page, counted, began_at, saved_at, last_n, seen)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (saved.kind, saved.page, saved.counted, us(saved.began_at), us(saved.saved_at), last_n, seen),
            )

    def drop(self, kind: str) -> None:
        """The pass of a kind is over."""
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM pass WHERE kind = ?", (kind,))
