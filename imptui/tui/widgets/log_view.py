"""The log of one or several devices, oldest first, following the newest entry or not."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.tui.present.log_choice import LogChoice
from imptui.tui.widgets.log_rows import TIME_FORMATS, LogItem, LogRows
from imptui.tui.widgets.piece_pane import PiecePane

ROW_LIMIT = 20_000
"""The limit of rows; older ones are dropped."""

SLACK_ROWS = 2_000
"""The number of rows above the limit that are dropped together."""


class LogView(PiecePane):
    """Shows log entries, and remarks between them.

    Attributes:
        is_following: True if the cursor stays on the newest row.
    """

    def __init__(self, names: Mapping[DeviceId, str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.is_following = True
        self._items: list[LogItem] = []
        self._log_rows = LogRows(names)

    @property
    def choice(self) -> LogChoice:
        """The choice of entries that are shown."""
        return self._log_rows.choice

    @property
    def entries(self) -> list[LogEntry]:
        """The log entries in memory, hidden ones included."""
        return [each for each in self._items if isinstance(each, LogEntry)]

    def add(self, entries: Iterable[LogEntry]) -> None:
        """Append entries, in order of time."""
        self._append(list(entries))

    def remark(self, at: datetime, text: str) -> None:
        """Append a remark: a mark, a gap, a failure."""
        self._append([(at, text)])

    def _append(self, items: list[LogEntry] | list[tuple[datetime, str]]) -> None:
        if not items:
            return
        self._items += items
        first = self.row_count
        self.pieces.rows += self._log_rows.of(items)
        if max(len(self._items), self.row_count) > ROW_LIMIT + SLACK_ROWS:
            self._drop_oldest()
        else:
            self.search.extend(first)
        self.renew()
        self._follow()
        self.post_message(self.Updated())

    def _drop_oldest(self) -> None:
        self._items = self._items[-ROW_LIMIT:]
        before = self.row_count
        self._log_rows.restart()
        self.pieces.rows = self._log_rows.of(self._items)[-ROW_LIMIT:]
        gone = max(0, before - self.row_count)
        self.cursor, self.viewport.top = max(0, self.cursor - gone), (max(0, self.viewport.top[0] - gone), 0)
        self.find_again()

    def clear(self) -> None:
        """Drop everything, for a new stream."""
        self._items.clear()
        self.pieces.rows = []
        self._log_rows.restart()
        self.explain_empty("Reading.")

    def choose(self, choice: LogChoice) -> None:
        """Show the chosen entries only; hidden ones stay in memory."""
        self._log_rows.choice = choice
        self._rebuild()

    def _rebuild(self) -> None:
        self._log_rows.restart()
        self.pieces.rows = self._log_rows.of(self._items)
        self.explain_empty("Nothing of what was logged is chosen; F chooses.")
        self.find_again()
        self._follow()
        self.post_message(self.Updated())

    def _follow(self) -> None:
        if self.is_following:
            self.go(self.row_count - 1)

    def action_follow(self) -> None:
        """Follow the newest row, or stop following."""
        self.is_following = not self.is_following
        self._follow()
        self.post_message(self.Updated())

    def action_times(self) -> None:
        """Show times of day, times with the date, or none."""
        self._log_rows.times = (self._log_rows.times + 1) % len(TIME_FORMATS)
        self._rebuild()

    def go(self, row: int, *, column: int | None = None, middle: bool = False) -> None:
        """Move the cursor. Moving up ends following, because the user reads there."""
        if self.row_count and row < self.cursor:
            self.is_following = False
        super().go(row, column=column, middle=middle)

    def action_bottom(self) -> None:
        """Move to the newest row, and follow."""
        self.is_following = True
        super().action_bottom()
