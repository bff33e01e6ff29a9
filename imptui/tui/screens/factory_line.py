"""The factory line screen, readable from some distance. No command on it changes anything."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import work
from textual.widget import Widget

from imptui.domain.factory_line import LinePicture, Unit
from imptui.domain.ids import GroupId
from imptui.tui.commands.command import Situation
from imptui.tui.commands.routes import DeviceRoute, LogsRoute
from imptui.tui.present.factory_line import events, facts, numbers, title, way
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.page import Page
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of

EVERY_S = 5.0
"""The pause between two readings; a unit is under test for longer than this."""

EVENTS = 100


class FactoryLinePage(Page):
    """Shows one factory line, from its fixtures to the production target."""

    page_name: ClassVar[str] = "line"

    def __init__(self, group_id: GroupId) -> None:
        super().__init__()
        self.group_id = group_id
        self.picture: LinePicture | None = None
        self._is_looking = False

    def compose_body(self) -> Iterable[Widget]:
        """Lay out a title and a text."""
        yield PaintedLine(id="list-title")
        yield LinesView(id="line")

    def opened(self) -> None:
        """Show the cached data, then read every few seconds."""
        self.line = self.fleet.line(self.group_id)
        self.focus_pane(self.query_one("#line"))
        self.load()
        self.look()
        self.set_interval(EVERY_S, self._due)

    def on_screen_resume(self) -> None:
        """Stop watching devices, because this screen shows no rows of them."""
        super().on_screen_resume()
        self.fleet.watch.look_at([])

    def _due(self) -> None:
        if self.app.screen is self and not self._is_looking and not self.fleet.status.is_paused:
            self.look()

    @work(group="line")
    async def look(self) -> None:
        """Fetch the events of the line from the service."""
        self._is_looking = True
        try:
            await self.line.look()
        finally:
            self._is_looking = False
        self.load()

    @work(exclusive=True, group="line-picture")
    async def load(self) -> None:
        """Read the line from the cache."""
        self.picture = await self.line.picture()
        self._paint()
        self.offer_hints()

    def fleet_changed(self) -> None:
        """Read the line again."""
        super().fleet_changed()
        self.load()

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Fit the names to the new width."""
        self._paint()

    def _paint(self) -> None:
        if not self.is_ready or len(self.query("#list-title, #line")) < 2:  # The screen was closed while the cache was read.
            return
        picture, view = self.picture, self.query_one("#line", LinesView)
        if picture is None:
            view.put([[(" This line is not known here; R reads everything again.", "dim")]])
            return
        glyphs = look_of(self).glyphs
        self.query_one("#list-title", PaintedLine).show_pieces([(f" {safe(title(picture))}", "title-focus")])
        head: list[Piece] = [(" Last events", "title-focus"), ("  newest first", "dim")]
        shown = [way(picture, glyphs), [], *numbers(picture), [], *facts(picture, glyphs), [], head]
        view.put([*shown, *events(picture, self.size.width, EVENTS)])

    @property
    def _unit(self) -> Unit | None:
        """The current unit: the one with the latest event."""
        return self.picture.events[0] if self.picture is not None and self.picture.events else None

    def situation(self, key: str | None = None) -> Situation:
        """Add the group of the line, without devices, because nothing here changes them."""
        situation = super().situation(key)
        return situation if self.picture is None else replace(situation, group=self.picture.group)

    def action_newest(self) -> None:
        """Open the current unit on its own screen."""
        if self._unit is None:
            self.host.show_message("No unit came down this line yet.")
        else:
            self.host.navigator.open(DeviceRoute(self._unit.device_id))

    def action_newest_log(self) -> None:
        """Open the log of the current unit."""
        if self._unit is None:
            self.host.show_message("No unit came down this line yet.")
        else:
            self.host.navigator.open(LogsRoute((self._unit.device_id,), self._unit.label))

    def action_stuck_logs(self) -> None:
        """Open the log of units that were not blessed, as many as one stream takes."""
        from imptui.tui.commands.devices import LOG_LIMIT

        stuck = self.picture.stuck[:LOG_LIMIT] if self.picture is not None else ()
        if stuck:
            self.host.navigator.open(LogsRoute(tuple(unit.device_id for unit in stuck), "units that were not blessed"))
        else:
            self.host.show_message("Every unit was blessed in time, or is still under test.")
