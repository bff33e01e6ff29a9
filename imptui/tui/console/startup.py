"""Work that runs once, after the first paint: start the fleet's background work, and load screens in advance."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from imptui.config.keys import CommandKeys, Keymap
from imptui.tui.commands.catalogue import all_commands
from imptui.tui.console.dispatcher import ASKING, Dispatcher
from imptui.tui.console.notifier import Notifier
from imptui.tui.terminal.cell_diff_app import CellDiffApp

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

SOON = (
    "widgets.dialogs.question",
    "widgets.dialogs.command_line",
    "screens.help",
    "screens.device",
    "screens.code",
    "screens.deployments",
    "screens.compare",
)
"""Modules that the next keys most likely need."""

BREATH_S = 0.2
"""The pause after the first paint before modules are loaded, in which keys typed earlier are handled."""

FIRST_PASS_S = 60
"""The time that the first command waits for the first pass over the account."""


class Startup:
    """Starts the background work of the fleet.

    Args:
        app: Has the first paint, and runs workers.
        fleet: Starts its background work.
        notifier: Shows problems of the settings, and unfinished reviews.
        dispatcher: Runs the first command.
        keymap: The keymap, which is checked.
        warnings: Sentences that the user must see.

    Attributes:
        load: Loads, in a thread, modules for the fleet's first call; None: they are loaded.
        first_command: A command that runs at the start, as if it were typed after `:`.
        begun: Set once the background work runs and the modules that its calls need are loaded.
    """

    def __init__(
        self,
        app: CellDiffApp,
        fleet: "Fleet",
        notifier: Notifier,
        dispatcher: Dispatcher,
        keymap: Keymap,
        warnings: Sequence[str],
    ) -> None:
        self._app = app
        self._fleet = fleet
        self._notifier = notifier
        self._dispatcher = dispatcher
        self._keymap = keymap
        self._warnings = tuple(warnings)
        self.load: Callable[[], None] | None = None
        self.first_command: str | None = None
        self.begun = asyncio.Event()

    def start(self) -> None:
        """Load what the fleet needs, then start its background work."""
        if self.load is None:
            self._begin()
        else:
            self._app.run_beside(partial(self._load_and_begin, self.load), group="begin")

    async def _load_and_begin(self, load: Callable[[], None]) -> None:
        await self._app.first_paint.painted.wait()  # Keys that follow the first paint come before loading.
        await asyncio.sleep(BREATH_S)
        await asyncio.to_thread(load)
        self._begin()
        await asyncio.to_thread(_load_screens)

    def _begin(self) -> None:
        self._fleet.start()
        self.begun.set()
        if self.first_command is not None:
            self._app.run_beside(partial(self.run_first, self.first_command), group=ASKING)
        for text in self._warnings:
            self._notifier.record(text)
        if self._warnings:
            self._notifier.show_message(self._warnings[0])
        else:
            self._app.run_beside(self.show_unfinished, group="unfinished")
        if self._keymap.overrides:
            self._check_keys()

    def _check_keys(self) -> None:
        screens = {
            name: [CommandKeys(each.id, each.keys, each.panes) for each in commands] for name, commands in all_commands().items()
        }
        for text in self._keymap.problems(screens):
            self._notifier.record(text)
            self._notifier.show_message(text)

    async def run_first(self, typed: str) -> None:
        """Run the first command as soon as there is data for it."""
        for _ in range(FIRST_PASS_S * 10):
            if self._fleet.sync.synced_at is not None:
                break
            await asyncio.sleep(0.1)
        await self._dispatcher.run_typed(typed)

    async def show_unfinished(self) -> None:
        """Show which reviews were begun and not deployed, so that nobody forgets them."""
        found = await self._fleet.drafts.unfinished()
        if found:
            from imptui.tui.present.review import unfinished_words

            self._notifier.show_message(unfinished_words(found))


def _load_screens() -> None:
    """Load the modules of `SOON` in a thread, so that the next keys need not wait for them."""
    for name in SOON:
        import_module(f"imptui.tui.{name}")
