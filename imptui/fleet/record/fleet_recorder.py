"""Records what the fleet does: transactions of the cache, announcements, forgotten orders."""

from msgspec import to_builtins
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.fleet.background import IN_BACKGROUND
from imptui.fleet.fleet import Fleet
from imptui.fleet.record.event_log import EventLog
from imptui.fleet.status import Status


class FleetRecorder:
    """Listens to a fleet and its cache from now on. Without one, a fleet records nothing and pays nothing.

    Args:
        fleet: Announces news.
        cache: The cache of that fleet.
        log: Receives the events.
    """

    def __init__(self, fleet: Fleet, cache: Cache, log: EventLog) -> None:
        self._fleet = fleet
        self._log = log
        self._status: Status | None = None
        cache.tap(self._committed)
        fleet.changes.listen(self._announced)
        fleet.look.on_resort = self._resorted
        self._announced()

    def _committed(self, statements: tuple[str, ...]) -> None:
        self._log.write("batch", is_background=IN_BACKGROUND.get(), statements=statements)

    def _announced(self) -> None:
        status = replace(self._fleet.status, generation=0)
        if status != self._status or IN_BACKGROUND.get():
            self._status = status
            self._log.write("news", status=to_builtins(status))

    def _resorted(self) -> None:
        if IN_BACKGROUND.get():
            self._log.write("resort")
