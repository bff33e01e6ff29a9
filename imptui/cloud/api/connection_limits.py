"""Limits how many connections a server waits for, so that strangers can take neither its memory nor its sockets."""

from typing import Protocol

CONNECTIONS = 8_192
"""Connections at a time, unless the system allows fewer."""

UNFINISHED_HEADS = 1_000
"""Unfinished heads of requests at a time; each may take 16 KB."""


class _Closable(Protocol):
    def drop(self) -> None:
        """Disconnect the client."""
        ...


class ConnectionLimits:
    """The connections of one server that wait for a client, the longest first. Used on one event loop.

    When there are too many, the one that has waited longest is dropped: a client that says quickly what it wants is
    always served.
    """

    def __init__(self, connections: int = CONNECTIONS, unfinished_heads: int = UNFINISHED_HEADS) -> None:
        self._connections = connections
        self._unfinished_heads = unfinished_heads
        self._idle: dict[_Closable, None] = {}
        self._heads: dict[_Closable, None] = {}

    def has_room(self, connections: int) -> bool:
        """Return True if there may be so many connections; the longest idle one is dropped if that makes room."""
        if connections <= self._connections:
            return True
        for waiting in (self._idle, self._heads):
            if waiting:
                self._drop_first(waiting)
                return True
        return False

    def wait(self, connection: _Closable, *, has_begun: bool) -> None:
        """Count a connection that waits for a head, or for the rest of one that has begun."""
        if not has_begun:
            self._idle.setdefault(connection)
            return
        self._idle.pop(connection, None)
        self._heads.setdefault(connection)
        if len(self._heads) > self._unfinished_heads:
            self._drop_first(self._heads)

    def forget(self, connection: _Closable) -> None:
        """Stop counting a connection: it has sent a head, or has gone."""
        self._idle.pop(connection, None)
        self._heads.pop(connection, None)

    @staticmethod
    def _drop_first(waiting: dict[_Closable, None]) -> None:
        first = next(iter(waiting))
        del waiting[first]
        first.drop()
