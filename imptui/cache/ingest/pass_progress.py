"""Progress of passes over the service, saved in the file so that an interrupted pass can be resumed.

For a pass over devices, the met rows are saved as well, one bit each: without them the end of a resumed pass could not find the
missing devices. They take a few kilobytes for a small fleet, 125 for a million devices, and are written every few seconds.
"""

from datetime import datetime

from msgspec import Struct

from imptui.cache.connections import Connections
from imptui.cache.ingest.device_ingest import IngestPass
from imptui.cache.times import at_us, us


class SavedPass(Struct, frozen=True):
    """The progress of a pass that is running or was interrupted."""

    kind: str
    """Either `devices` or `deployments`."""
    page: int
    """The first page that was not stored yet, from 1."""
    counted: int
    """Number of entries on the pages before it."""
    began_at: datetime
    saved_at: datetime
    walk: IngestPass | None = None
    """The rows that it met; only for devices."""


class PassTable:
    """The unfinished passes, at most one of a kind."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def one(self, kind: str) -> SavedPass | None:
        """Return the progress of the pass of a kind; None if none is unfinished."""
        with self._connections.read_connection() as reader:
            row = reader.execute(
                "SELECT page, counted, began_at, saved_at, last_n, seen FROM pass WHERE kind = ?", (kind,)
            ).fetchone()
        if row is None:
            return None
        page, counted, began_us, saved_us, last_n, seen = row
        walk = None if seen is None else IngestPass(int(last_n), bytearray(seen))
        return SavedPass(kind, int(page), int(counted), at_us(began_us), at_us(saved_us), walk)

    def save(self, saved: SavedPass) -> None:
        """Save the progress of a pass in place of the last one of its kind."""
        walk = saved.walk
        last_n, seen = (0, None) if walk is None else (walk.last_n, bytes(walk.seen))
        with self._connections.writing() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO pass (kind, page, counted, began_at, saved_at, last_n, seen)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (saved.kind, saved.page, saved.counted, us(saved.began_at), us(saved.saved_at), last_n, seen),
            )

    def drop(self, kind: str) -> None:
        """Delete the progress of the pass of a kind, which is complete."""
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM pass WHERE kind = ?", (kind,))
