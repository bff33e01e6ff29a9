"""Log lines of one or several devices, oldest first, following the newest one or not."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.tui.present.log_choice import LogChoice
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import fit, safe
from imptui.tui.widgets.piece_pane import PiecePane

KEPT_ROWS = 20_000
"""Older lines are let go."""

SLACK_ROWS = 2_000

TIMES = ("%H:%M:%S", "%Y-%m-%d %H:%M:%S", "")
"""Of day, with the date, none."""


class LogView(PiecePane):
    """Rows are lines of log entries and what is said between them."""

    def __init__(self, names: Mapping[DeviceId, str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._names = names
        self._said: list[LogEntry | tuple[datetime, str]] = []
        self.is_following = True
        self.times = 0
        self.choice = LogChoice()
        self._day: date | None = None
        self.why_empty = "Reading."

    @property
    def entries(self) -> list[LogEntry]:
        """The log entries that are kept."""
        return [each for each in self._said if isinstance(each, LogEntry)]

    def add(self, entries: Iterable[LogEntry]) -> None:
        """More entries, in order of time."""
        self._more(list(entries))

    def remark(self, at: datetime, text: str) -> None:
        """Something that is no log line: a mark, a gap, trouble."""
        self._more([(at, text)])

    def _more(self, said: list[LogEntry] | list[tuple[datetime, str]]) -> None:
        if not said:
            return
        self._said += said
        first = len(self.rows)
        self.rows += self._shown(said)
        if len(self._said) > KEPT_ROWS + SLACK_ROWS or len(self.rows) > KEPT_ROWS + SLACK_ROWS:
            self._let_go()
        elif self.pattern is not None:
            self.hits += [
                (row, each.start()) for row in range(first, len(self.rows)) for each in self.pattern.finditer(self.text_of(row))
            ]
        self.renew()
        if self.is_following:
            self.go(len(self.rows) - 1)
        self.post_message(self.Told())

    def _let_go(self) -> None:
        self._said = self._said[-KEPT_ROWS:]
        before = len(self.rows)
        self._day = None
        self.rows = self._shown(self._said)[-KEPT_ROWS:]
        gone = max(0, before - len(self.rows))
        self.cursor, self.top = max(0, self.cursor - gone), (max(0, self.top[0] - gone), 0)
        self.search_again()

    def clear(self) -> None:
        """Begin anew."""
        self._said.clear()
        self.rows, self._day = [], None
        self.why_empty = "Reading."
        self.renew()

    def choose(self, choice: LogChoice) -> None:
        """Show these lines and no others; what is hidden is kept."""
        self.choice = choice
        self._anew()

    def _anew(self) -> None:
        self._day = None
        self.rows = self._shown(self._said)
        self.why_empty = "Nothing of what was logged is chosen; F chooses."
        self.renew()
        self.search_again()
        if self.is_following:
            self.go(self.row_count - 1)
        self.post_message(self.Told())

    def _shown(self, said: Iterable[LogEntry | tuple[datetime, str]]) -> list[list[Piece]]:
        """The rows of what is chosen, with the day above those of another day."""
        found: list[list[Piece]] = []
        for each in said:
            if isinstance(each, LogEntry) and not self.choice.shows(each):
                continue
            day = (each.at if isinstance(each, LogEntry) else each[0]).astimezone().date()
            if day != self._day:
                self._day = day
                found.append([(f"--- {day:%Y-%m-%d, %A} ---", "dim")])
            found += self._rows(each)
        return found

    def _rows(self, said: LogEntry | tuple[datetime, str]) -> list[list[Piece]]:
        shape = TIMES[self.times]
        if isinstance(said, tuple):
            at, text = said
            when = f"{at.astimezone():{shape}} " if shape else ""
            return [[(f"{when}{safe(text)}", "marked")]]
        when = f"{said.at.astimezone():{shape}} " if shape else ""
        role = "log-error" if "error" in said.kind else "log-agent" if said.kind.startswith("agent") else ""
        role = role or ("" if said.kind == "server.log" else "log-status")
        head: list[Piece] = [(when, "dim")]
        if len(self._names) > 1:
            head.append((fit(self._names.get(said.device_id, said.device_id), 16) + " ", self._role_of_device(said.device_id)))
        head.append((f"{fit(said.kind, 12)} ", role or "dim"))
        first, *rest = said.text.replace("\r\n", "\n").split("\n")
        blanks: list[Piece] = [(" " * sum(len(text) for text, _ in head), "")]
        return [[*head, (first, role)], *[[*blanks, (line, role)] for line in rest]]

    def _role_of_device(self, device_id: DeviceId) -> str:
        roles = ("icon", "pending", "online", "code-number", "code-string")
        places = list(self._names)
        return roles[places.index(device_id) % len(roles)] if device_id in self._names else "dim"

    def action_follow(self) -> None:
        """Follow the newest line, or stay."""
        self.is_following = not self.is_following
        if self.is_following:
            self.go(self.row_count - 1)
        self.post_message(self.Told())

    def action_times(self) -> None:
        """Times of day, with the date, none."""
        self.times = (self.times + 1) % len(TIMES)
        self._anew()

    def go(self, row: int, *, column: int | None = None, middle: bool = False) -> None:
        """Whoever goes up wants to read and stays there; whoever reaches the end follows again."""
        if self.row_count and row < self.cursor:
            self.is_following = False
        super().go(row, column=column, middle=middle)

    def action_bottom(self) -> None:
        """The newest line, and follow."""
        self.is_following = True
        super().action_bottom()
