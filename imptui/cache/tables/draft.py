"""The table of drafts, which survive a broken connection or a closed console."""

from imptui.cache.connections import Connections
from imptui.cache.search.conditions import bindable
from imptui.cache.times import at_us, us
from imptui.domain.rows import SavedDraft


class DraftTable:
    """Saved drafts by their keys."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def one(self, key: str) -> SavedDraft | None:
        """Return the draft under `key`; None if there is none."""
        return next((draft for draft in self.all() if draft.key == key), None)

    def all(self) -> list[SavedDraft]:
        """Return all drafts, the last saved first."""
        with self._connections.read_connection() as reader:
            rows = reader.execute("SELECT key, body, saved_at FROM draft ORDER BY saved_at DESC, key").fetchall()
        return [SavedDraft(row[0], row[1], at_us(row[2])) for row in rows]

    def keys(self) -> list[str]:
        """Return the keys of all drafts, without reading their bodies, which may hold 8 MB of code each."""
        with self._connections.read_connection() as reader:
            return [str(row[0]) for row in reader.execute("SELECT key FROM draft ORDER BY key")]

    def save(self, draft: SavedDraft) -> None:
        """Save a draft in place of the one under its key."""
        with self._connections.writing() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO draft (key, body, saved_at) VALUES (?, ?, ?)",
                (draft.key, bindable(draft.body), us(draft.saved_at)),
            )

    def set_aside(self, key: str) -> None:
        """Move the draft under `key` to a key that no other draft uses."""
        with self._connections.writing() as writer:
            writer.execute("UPDATE OR REPLACE draft SET key = 'aside ' || saved_at || ' ' || key WHERE key = ?", (key,))

    def drop(self, key: str) -> None:
        """Delete the draft under `key` if there is one."""
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM draft WHERE key = ?", (key,))
