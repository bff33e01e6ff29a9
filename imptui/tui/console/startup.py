"""What happens once, after the first paint: the fleet begins to work, and screens are loaded ahead."""

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

SOON = ("widgets.dialogs", "screens.help", "screens.device", "screens.code", "screens.deployments", "screens.compare")
"""Modules that the next keys will most likely need."""

BREATH_S = 0.2
"""How long nothing is loaded after the first paint: keys that were typed before it are answered first."""

FIRST_PASS_S = 60
"""How long the first command waits for the first pass over the account."""


class Startup:
    """Begins the work of the fleet.

    Args:
        app: Has the first paint, and runs workers.
        fleet: Begins to work.
        notifier: Says what is wrong with the settings, and which reviews are unfinished.
        dispatcher: Runs the first command.
        keymap: Is checked.
        warnings: Sentences that a person should see.

    Attributes:
        load: Loads, in a thread, what the fleet needs for its first call; None: it is loaded.
        first_command: Runs at the beginning, as if it were typed after `:`.
        begun: Set once the fleet works in the background, and what its calls need is loaded.
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

    def set_out(self) -> None:
        """Begin, after loading what is not loaded yet."""
        if self.load is None:
            self._begin()
        else:
            self._app.run_beside(partial(self._load_and_begin, self.load), group="begin")

    async def _load_and_begin(self, load: Callable[[], None]) -> None:
        await self._app.first_paint.painted.wait()  # a start is looked at first
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
            self._notifier.say(self._warnings[0])
        else:
            self._app.run_beside(self.tell_unfinished, group="unfinished")
        if self._keymap.overrides:
            self._check_keys()

    def _check_keys(self) -> None:
        screens = {
            name: [CommandKeys(each.id, each.keys, each.panes) for each in commands] for name, commands in all_commands().items()
        }
        for text in self._keymap.problems(screens):
            self._notifier.record(text)
            self._notifier.say(text)

    async def run_first(self, typed: str) -> None:
        """Run the first command as soon as there is something that it can be about."""
        for _ in range(FIRST_PASS_S * 10):
            if self._fleet.sync.synced_at is not None:
                break
            await asyncio.sleep(0.1)
        await self._dispatcher.run_typed(typed)

    async def tell_unfinished(self) -> None:
        """Say which reviews were begun and not deployed, so that nobody forgets them."""
        found = await self._fleet.drafts.unfinished()
        if found:
            from imptui.tui.present.review import unfinished_words

            self._notifier.say(unfinished_words(found))


def _load_screens() -> None:
    """Load the modules of `SOON`, so that the next keys need not wait for them; in a thread."""
    for name in SOON:
        import_module(f"imptui.tui.{name}")
