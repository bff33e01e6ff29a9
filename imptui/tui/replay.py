"""The console of a replay: input comes from the record, and nothing leaves the process."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from textual import events

from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.fleet.record.event_log import RecordedEvent
from imptui.fleet.record.replayed_fleet import ReplayedFleet
from imptui.tui.app import ImptuiApp, input_of
from imptui.tui.console.input_events import KeyPressed, Pasted
from imptui.tui.console.replayer import Outcomes, Replayer

LEAVING = frozenset({"q", "escape", "ctrl+c", "ctrl+q"})
"""Keys that end a replay at any time."""


class ReplayApp(ImptuiApp):
    """Plays a record as soon as the first screen is there.

    Args:
        fleet: Over a copy of the record's cache.
        outcomes: Answers calls from the record.
        record: The events.
        settings: Those of the record.
        locations: A temporary folder.
        environ: The environment, for what the terminal can do.
        speed: How many seconds of the record pass in one; None: as fast as the console answers.
        is_stepping: Any key plays the next input.

    Attributes:
        played: The task that plays; its exception is one of the program.
        last_screen: The text of the screen before the last input, or at the end of the record.
        was_left: Whether a command of the record, or a key, ended the console.
    """

    def __init__(
        self,
        fleet: ReplayedFleet,
        outcomes: Outcomes,
        record: Iterable[RecordedEvent],
        settings: Settings,
        *,
        locations: Locations,
        environ: Mapping[str, str],
        speed: float | None = None,
        is_stepping: bool = False,
    ) -> None:
        super().__init__(fleet, settings, locations=locations, environ=environ)
        self._record = record
        self._steps = asyncio.Semaphore(0)
        self.last_screen = ""
        self.was_left = False
        self.played: asyncio.Task[None] | None = None
        self._replayer = Replayer(
            self,
            fleet,
            outcomes,
            router=self.router,
            dispatcher=self.dispatcher,
            navigator=self.navigator,
            is_settled=lambda: self.is_settled,
            speed=speed,
            step=self._steps.acquire if is_stepping else None,
            before_input=self._note_screen,
        )

    def on_mount(self) -> None:
        """Begin to play."""
        self.played = asyncio.create_task(self._play())

    async def _play(self) -> None:
        await self.startup.begun.wait()
        await self._replayer.play(self._record)
        if self.is_running:
            self._note_screen()
            if not self.is_headless:
                self.show_message("The record has ended; q leaves.")

    def _note_screen(self) -> None:
        if self.screen_stack:
            self.last_screen = "\n".join(self.screen_text())

    async def on_event(self, event: events.Event) -> None:
        """Take no input but the keys that end the replay or step through it."""
        made = input_of(event)
        if isinstance(made, KeyPressed):
            self._control(made.key)
        elif not isinstance(made, Pasted) and not isinstance(event, events.MouseEvent):
            await super().on_event(event)

    def _control(self, key: str) -> None:
        if key in LEAVING:
            self.exit()
        else:
            self._steps.release()

    def send(self, sequence: str) -> bool:  # noqa: ARG002 - the shape of the method that it replaces
        """Send nothing: a replay leaves the clipboard of the person alone."""
        return True

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing."""

    async def on_unmount(self) -> None:
        """Stop playing."""
        if self.played is not None and self.played is not asyncio.current_task():
            self.played.cancel()

    def exit(self, *args: Any, **named: Any) -> None:
        """End, by the record or by a key."""
        self._note_screen()
        self.was_left = True
        super().exit(*args, **named)
