"""Save the state of the user interface for the next session: lists, filters, hints that were shown."""

import asyncio
from collections.abc import Callable

from imptui.config.filter_history import load_filters, save_filters, with_filter
from imptui.config.locations import Locations
from imptui.config.state import SessionState, load_state, save_state
from imptui.tui.console.notifier import Notifier
from imptui.tui.terminal.cell_diff_app import CellDiffApp


class SessionStore:
    """The saved state of the user interface.

    Args:
        app: Runs the workers that write.
        notifier: Reports a file that cannot be written.
        locations: The paths of the files; None: nothing is saved.

    Attributes:
        state: The state of lists when they were left; `save_state` changes it.
    """

    def __init__(self, app: CellDiffApp, notifier: Notifier, locations: Locations | None) -> None:
        self._app = app
        self._notifier = notifier
        self._locations = locations
        self._writing = asyncio.Lock()
        self._filters: tuple[str, ...] | None = None
        self.state = load_state(locations.state) if locations is not None else SessionState()

    def save_state(self, state: SessionState) -> None:
        """Save the state of lists for the next session."""
        self.state = state
        if self._locations is not None:
            path = self._locations.state
            self._write(lambda: save_state(path, self.state), "Remember how the list was left")

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters of this session and of earlier ones, newest first."""
        if self._filters is None:
            self._filters = load_filters(self._locations.filter_history) if self._locations is not None else ()
        return self._filters

    def save_filter(self, text: str) -> None:
        """Save a filter among those that were used."""
        self._filters = with_filter(self.filters, text)
        if self._locations is not None:
            path = self._locations.filter_history
            self._write(lambda: save_filters(path, self.filters), "Remember the filter")

    def hint_once(self, name: str, text: str) -> None:
        """Show a hint that is shown only once per user."""
        if name not in self.state.hints_shown:
            self._notifier.show_message(text)
            self.save_state(self.state.with_hint_shown(name))

    def _write(self, write: Callable[[], None], attempt: str) -> None:
        """Write in a thread, one file after the other; `write` saves the state at the time it runs."""

        async def written() -> None:
            async with self._writing:
                try:
                    await asyncio.to_thread(write)
                except OSError as error:
                    self._notifier.fail(attempt, error)

        self._app.run_beside(written, group="habits")
