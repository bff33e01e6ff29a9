"""Navigation between device lists: the shown list, and those before and after it."""

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.worker import Worker

from imptui.domain.ids import DeviceId
from imptui.query.regular_expression import PatternTooLong
from imptui.tui.screens.fleet_body import FleetBody
from imptui.tui.screens.visited_lists import ListHistory, VisitedList

if TYPE_CHECKING:
    from imptui.tui.screens.page import Page


class ListNavigation:
    """Shows lists, and holds the view that is shown.

    Attributes:
        view: The list that is shown, or is shown once its rows are loaded.
    """

    def __init__(self, page: "Page") -> None:
        self.view = VisitedList()
        self._page = page
        self._opened = self.view
        self._history = ListHistory()
        self._body: FleetBody | None = None
        self._is_stale = False
        self._is_catching_up = False

    def open(self, body: FleetBody, view: VisitedList) -> None:
        """Show the first list of the session."""
        self._body, self.view, self._opened = body, view, view
        self.show(None)

    @property
    def is_as_opened(self) -> bool:
        """Whether the first list is shown."""
        return self.view == self._opened

    @property
    def here(self) -> VisitedList:
        """Return the shown list with the device under the cursor."""
        current = self._body.table.current if self._body is not None else None
        return replace(self.view, cursor=current.device.id if current else None)

    def go(self, view: VisitedList, *, keep: DeviceId | None = None, is_step: bool = True) -> None:
        """Show another list, with the cursor on the device `keep`; the history records the present one if `is_step`."""
        here = self.here
        if is_step and view != self.view:
            self._history.step(here)
        self._history.last = here
        self.view = view
        if self._body is not None:
            self._body.bar.put(view.text)
        self.show(keep)

    def show(self, keep: DeviceId | None) -> None:
        """Load the rows of the view; the list before stays until then. A newer call cancels an older one."""
        # A worker takes a function, because a cancelled worker would never await a coroutine.
        _: Worker[None] = self._page.run_worker(partial(self._show, keep), group="list", exclusive=True)

    async def _show(self, keep: DeviceId | None) -> None:
        if self._body is None:
            return
        try:
            await self._body.table.show(self.view.query(), keep)
        except PatternTooLong as error:  # The old rows stay.
            self._body.bar.explain(error.reason)

    # History

    def back(self) -> str | None:
        """Go back to the list before; return a sentence if there is none."""
        return self._arrive(self._history.back(self.here))

    def forward(self) -> str | None:
        """Go forward to the list after this one; return a sentence if there is none."""
        return self._arrive(self._history.forward(self.here))

    def last(self) -> str | None:
        """Go to the list that was shown last; return a sentence if there is none."""
        return self._arrive(self._history.last)

    def _arrive(self, view: VisitedList | None) -> str | None:
        if view is None:
            return "There is nothing further in this direction."
        if replace(view, cursor=None) == replace(self.view, cursor=None):
            return "The list before was the same."
        if self._body is not None:
            self._body.tree.go_to(view.scope)
        self.go(replace(view, cursor=None), keep=view.cursor, is_step=False)
        return None

    # What changes from outside

    def refresh(self) -> None:
        """Read visible rows again, one reading at a time; changes during a reading cause another one."""
        self._is_stale = True
        if not self._is_catching_up:
            _: Worker[None] = self._page.run_worker(self._catch_up, group="catch-up")

    async def _catch_up(self) -> None:
        if self._body is None:
            return
        self._is_catching_up = True
        try:
            while self._is_stale:
                self._is_stale = False
                try:
                    await self._body.table.catch_up()
                except PatternTooLong as error:
                    self._body.bar.explain(error.reason)
        finally:
            self._is_catching_up = False
