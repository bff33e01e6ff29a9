"""A client that is loaded by the first call: a start shows what is known, and what calls need takes as long again to load."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imptui.client.guard import Guard
from imptui.client.pace import Pace

if TYPE_CHECKING:
    from imptui.client.central import Central


class LaterCentral:
    """Stands for a `Central`, whose methods and attributes it has; what the header asks is answered without one.

    Args:
        make: Makes the client, with the guard and the pace that it shall have.
        guard: What may be changed.
    """

    def __init__(self, make: "Callable[[Guard, Pace], Central]", guard: Guard) -> None:
        self._make = make
        self._guard = guard
        self._made: Central | None = None
        self.pace = Pace()

    @property
    def guard(self) -> Guard:
        """What may be changed here."""
        return self._guard

    @guard.setter
    def guard(self, guard: Guard) -> None:
        self._guard = guard
        if self._made is not None:
            self._made.guard = guard

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make(self._guard, self.pace)
        return getattr(self._made, name)

    async def close(self) -> None:
        """Let go of all connections, if there ever was one."""
        if self._made is not None:
            await self._made.close()
