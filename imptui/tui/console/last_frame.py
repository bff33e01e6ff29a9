"""Save the fleet screen as it opens, for the first paint of the next start."""

import asyncio
from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING

from imptui.tui.console.appearance import Appearance
from imptui.tui.console.navigator import Navigator
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.terminal.cell_diff_app import CellDiffApp

if TYPE_CHECKING:
    from imptui.tui.terminal.cells import Shadow
    from imptui.tui.terminal.frame import Frame


class LastFrame:
    """The last painting of the fleet screen in the state in which a start shows it.

    Args:
        app: Has the painted cells.
        navigator: Has the screen in front.
        appearance: Has the theme.

    Attributes:
        save: Saves a frame for the next start, in a thread; None: nothing is saved.
    """

    def __init__(self, app: CellDiffApp, navigator: Navigator, appearance: Appearance) -> None:
        self._app = app
        self._navigator = navigator
        self._appearance = appearance
        self._kept: tuple[Shadow, int] | None = None
        self.save: Callable[[Frame | None], None] | None = None

    def note(self) -> None:
        """Store what the terminal shows, if it is the fleet screen as it opens."""
        if not self._app.screen_stack:
            return
        screen = self._navigator.screen
        if isinstance(screen, FleetPage) and screen.is_as_opened and self._appearance.is_first:
            cells = self._app.painted_cells()
            if cells is not None:
                self._kept = (cells, int(time()))

    def frame(self) -> "Frame | None":
        """Return the stored frame; None: there is none."""
        return self._kept[0].frame(self._kept[1]) if self._kept is not None else None

    async def note_and_save(self) -> None:
        """Store what the terminal shows, and save it."""
        self.note()
        save = self.save
        if save is not None and self._kept is not None:
            await asyncio.to_thread(lambda: save(self.frame()))
