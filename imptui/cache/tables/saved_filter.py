"""The table of saved filters."""

from imptui.cache.connections import Connections
from imptui.cache.search.conditions import bindable
from imptui.query.query import SavedFilter
from imptui.query.text_folding import natural_key


class SavedFilterTable:
    """The saved filters of one context."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def all(self) -> list[SavedFilter]:
        """Return all saved filters, sorted by name."""
        with self._connections.read_connection() as reader:
            found = [SavedFilter(row[0], row[1]) for row in reader.execute("SELECT name, text FROM saved_query")]
        return sorted(found, key=lambda saved: (natural_key(saved.name), saved.name))

    def save(self, saved: SavedFilter) -> None:
        """Save a filter in place of the one with that name."""
        with self._connections.writing() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO saved_query (name, text) VALUES (?, ?)", (bindable(saved.name), bindable(saved.text))
            )

    def rename(self, old: str, new: str) -> bool:
        """Rename a filter; return False if the old name does not exist or the new one does."""
        with self._connections.writing() as writer:
            sql = "UPDATE OR IGNORE saved_query SET name = ? WHERE name = ?"
            return writer.execute(sql, (bindable(new), bindable(old))).rowcount > 0

    def drop(self, name: str) -> bool:
        """Delete a filter; return False if there was none of that name."""
        with self._connections.writing() as writer:
            return writer.execute("DELETE FROM saved_query WHERE name = ?", (bindable(name),)).rowcount > 0
