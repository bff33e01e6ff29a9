"""Plays the events of a record on a console: input, clock, sizes, news of the cache, outcomes of calls."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from time import monotonic
from typing import Any, Protocol

from imptui.fleet.record.event_log import RecordedEvent
from imptui.fleet.record.replayed_fleet import ReplayedFleet
from imptui.tui.console.dispatcher import Dispatcher
from imptui.tui.console.input_events import KeyPressed, Pasted, Scanned
from imptui.tui.console.input_router import InputRouter
from imptui.tui.console.navigator import Navigator
from imptui.tui.terminal.cell_diff_app import CellDiffApp
from imptui.tui.widgets.overlay import Overlay

REST_S = 2.0
"""The limit for the effect of an event at full speed; then the next event is played."""

MEETING_S = 1.0
"""The limit that an outcome waits for its call, and a transaction for its command."""

LOOK_S = 0.01

FRAME_S = 0.05
"""The step by which the clock of the record moves, in its own seconds."""

INPUT = frozenset({"key", "secret", "paste", "scan", "resize"})

PLACEHOLDER = "x"
"""The character typed in place of each character of a secret."""


class Outcomes(Protocol):
    """The transport of a replay."""

    @property
    def is_awaited(self) -> bool:
        """True if a call waits for its outcome."""

    def awaits(self, name: str) -> bool:
        """True if a caller waits for the outcome of this call."""

    def give(self, outcome: Mapping[str, Any]) -> None:
        """Give an outcome to the call that waits for it, or will."""

    def give_chunk(self, name: str, text: str, *, is_last: bool) -> None:
        """Give a part of an event stream."""

    def end(self) -> None:
        """Answer nothing from now on."""


class Replayer:
    """Plays a record from its beginning to its end.

    Args:
        app: The console; its clock becomes that of the record.
        fleet: Takes news and transactions.
        outcomes: Takes outcomes of calls.
        router: Takes keys, scans and pastes.
        dispatcher: Knows whether a command is running.
        navigator: Knows the page in front.
        is_settled: Whether nothing is being read for the screen.
        speed: How many seconds of the record pass in one; None: as fast as the console answers.
        step: Awaited before each input; None: nobody steps.
        before_input: Called before each input.
    """

    def __init__(
        self,
        app: CellDiffApp,
        fleet: ReplayedFleet,
        outcomes: Outcomes,
        *,
        router: InputRouter,
        dispatcher: Dispatcher,
        navigator: Navigator,
        is_settled: Callable[[], bool],
        speed: float | None,
        step: Callable[[], Awaitable[object]] | None = None,
        before_input: Callable[[], None],
    ) -> None:
        self._app = app
        self._fleet = fleet
        self._outcomes = outcomes
        self._router = router
        self._dispatcher = dispatcher
        self._navigator = navigator
        self._is_settled = is_settled
        self._speed = speed
        self._step = step
        self._before_input = before_input
        self._batches = 0
        app.monotonic = fleet.clock.monotonic

    async def play(self, events: Iterable[RecordedEvent]) -> None:
        """Play the events in their order, until the console ends or the record does."""
        await self._rest()
        for event in events:
            await self._pace(event)
            if not self._app.is_running:
                return
            await self._play(event)
        self._outcomes.end()
        await self._rest()

    async def _pace(self, event: RecordedEvent) -> None:
        """Wait until it is time for an event, and move the clock."""
        clock = self._fleet.clock
        if self._step is not None:
            if event.kind in INPUT:
                await self._rest()
                await self._step()
        elif self._speed is not None:
            while (left_s := event.s - clock.s) > 0:
                part_s = min(left_s, FRAME_S * self._speed)
                await asyncio.sleep(part_s / self._speed)
                clock.move(clock.s + part_s)
        clock.move(event.s, event.at)

    async def _play(self, event: RecordedEvent) -> None:
        fields = event.fields
        match event.kind:
            case kind if kind in INPUT:
                self._before_input()
                await self._input(kind, fields)
            case "batch" if fields["is_background"]:
                await self._fleet.apply(fields["statements"])
            case "batch":
                self._batches += 1
                await self._until(lambda: self._fleet.own_batches >= self._batches, MEETING_S)
                self._batches = min(self._batches, self._fleet.own_batches)
            case "call":
                await self._until(lambda: self._outcomes.awaits(fields["request"]), MEETING_S)
                self._outcomes.give(fields)
            case "chunk":
                self._outcomes.give_chunk(fields["request"], fields["text"], is_last=fields["is_last"])
            case "news":
                self._fleet.show_news(fields["status"])
            case "resort":
                self._fleet.look.resort()
            case "clock":
                self._tick()
        if event.kind not in ("clock", "begin", "end"):
            await self._rest()

    async def _input(self, kind: str, fields: Mapping[str, Any]) -> None:
        at = self._app.monotonic()
        match kind:
            case "key":
                await self._take(KeyPressed(fields["key"], fields["character"], at, fields["burst"]))
            case "secret" if fields["is_pasted"]:
                await self._take(Pasted(PLACEHOLDER * fields["count"], at))
            case "secret":
                for _ in range(fields["count"]):
                    await self._take(KeyPressed(PLACEHOLDER, PLACEHOLDER, at, fields["burst"]))
            case "paste":
                await self._take(Pasted(fields["text"] if "text" in fields else PLACEHOLDER * fields["count"], at))
            case "scan":
                await self._take(Scanned(fields["text"], at))
            case "resize":
                self._app.imitate_size(fields["columns"], fields["lines"])

    async def _take(self, event: KeyPressed | Pasted | Scanned) -> None:
        """Hand an input to the router in the application's own task, where real input comes, too."""
        done = asyncio.Event()

        async def taken() -> None:
            try:
                await self._router.take_routed(event)
            finally:
                done.set()

        self._app.call_later(taken)
        await self._until(done.is_set, REST_S)

    def _tick(self) -> None:
        page = self._navigator.page
        if page is not None and page.is_ready:
            page.tick()

    async def _rest(self) -> None:
        """At full speed and in steps, wait for the effect of the last event."""
        if self._speed is not None and self._step is None:
            return
        quiet, end = 0, monotonic() + REST_S
        while quiet < 3 and monotonic() < end and self._app.is_running:
            await asyncio.sleep(LOOK_S)
            quiet = quiet + 1 if self._is_quiet() else 0

    def _is_quiet(self) -> bool:
        if self._outcomes.is_awaited:
            return True
        if not self._app.screen_stack or not self._router.is_idle:
            return False
        screen = self._app.screen
        is_asking = isinstance(screen, Overlay) and screen.is_open
        return self._is_settled() and (is_asking or not self._dispatcher.is_busy())

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        end = monotonic() + seconds
        while not holds():
            if monotonic() > end or not self._app.is_running:
                return
            await asyncio.sleep(LOOK_S)
