"""Closing a cache while other threads still read."""

import threading
from pathlib import Path

from imptui.cache.connections import Connections
from imptui.cache.errors import SearchInterrupted

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_searches_end_before_their_connections_close(tmp_path: Path) -> None:
    """Closing a cache during four searches ends each of them with `SearchInterrupted`; the process survives."""
    connections = Connections(tmp_path / "cache.sqlite")
    begun, ends = threading.Barrier(5), []

    def search() -> None:
        try:
            with connections.searching(None) as reader:
                begun.wait(10)
                reader.execute(ENDLESS).fetchone()
        except SearchInterrupted:
            ends.append("stopped")

    threads = [threading.Thread(target=search) for _ in range(4)]
    for each in threads:
        each.start()
    begun.wait(10)
    connections.close()
    for each in threads:
        each.join(10)
    assert ends == ["stopped"] * 4
