"""The header line."""

from datetime import datetime

from imptui.domain.rows import Tally
from imptui.fleet.status import Context, Status
from imptui.tui.present.header import header
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of


class StatusBar(PaintedLine):
    """Where we are, whether it may be changed, how old it is, what is wrong."""

    role = "header"

    def tell(self, context: Context, status: Status, total: Tally, now: datetime) -> None:
        """Say how things are; nothing is painted when it reads as before."""
        self.say(header(context, status, total, now, max(1, self.size.width), look_of(self).glyphs))
