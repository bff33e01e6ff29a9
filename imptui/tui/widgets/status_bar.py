"""The header line as a widget."""

from datetime import datetime

from imptui.domain.rows import Tally
from imptui.fleet.status import Context, Status
from imptui.tui.present.header import header
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of


class StatusBar(PaintedLine):
    """Shows context, write access, age of the data, and failures."""

    role = "header"

    def show_status(self, context: Context, status: Status, total: Tally, now: datetime) -> None:
        """Show the status; nothing is painted if the line does not change."""
        self.show_pieces(header(context, status, total, now, max(1, self.size.width), look_of(self).glyphs))
