"""Deployments, one a line."""

from collections.abc import Sequence
from datetime import datetime

from textual.message import Message

from imptui.fleet.look import DeploymentRow
from imptui.model.ids import DeploymentId
from imptui.tui.present.age import span
from imptui.tui.present.look import Look, Piece
from imptui.tui.present.safe import safe
from imptui.tui.widgets.piece_pane import PiecePane
from imptui.tui.widgets.seen import look_of

WIDE_FROM = 110
"""Cells from which origin and creator have their columns."""


class DeploymentList(PiecePane):
    """Newest first, with what the service does with each."""

    class Opened(Message):
        """Enter."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.deployments: Sequence[DeploymentRow] = ()
        self.side: DeploymentId | None = None
        self._is_of_group = True
        self._now: datetime | None = None

    @property
    def current(self) -> DeploymentRow | None:
        """The deployment under the cursor."""
        return self.deployments[self.cursor] if self.cursor < len(self.deployments) else None

    def tell(self, deployments: Sequence[DeploymentRow], now: datetime, *, is_of_group: bool) -> None:
        """Show these; the cursor stays on its deployment.

        Args:
            deployments: Newest first.
            now: For the ages.
            is_of_group: Whether all are of one group, which then needs no column.
        """
        was = self.current.deployment.id if self.current is not None else None
        self.deployments, self._is_of_group, self._now = deployments, is_of_group, now
        self.why_empty = "Nothing was deployed here yet, or it was not read yet."
        places = {row.deployment.id: index for index, row in enumerate(deployments)}
        if was in places:
            self.cursor = places[was]
        self.paint_rows()

    def paint_rows(self) -> None:
        """The lines again: an age, a mark or the width changed."""
        if self._now is None or not self.is_mounted:
            return
        look, now = look_of(self), self._now
        self.put([self._line(row, now, look) for row in self.deployments])

    def on_resize(self) -> None:
        """More or fewer columns."""
        self.paint_rows()
        super().on_resize()

    def _line(self, row: DeploymentRow, now: datetime, look: Look) -> list[Piece]:
        made, is_wide = row.deployment, self.size.width >= WIDE_FROM
        pieces: list[Piece] = [
            ("= " if made.id == self.side else "  ", "marked"),
            (look.fit(span((now - made.created_at).total_seconds()), 7, right=True), "dim"),
            (" ", ""),
            (look.fit(made.sha[:12], 12), "icon"),
            (" ", ""),
            (look.fit("current" if row.is_current else "minimum" if row.is_minimum else "", 8), "online"),
            ("min " if row.is_current and row.is_minimum else "    ", "online"),
            ("flag " if made.is_flagged else "     ", "marked"),
        ]
        if not self._is_of_group:
            pieces += [(look.fit(row.group_name or "(group is gone)", 20), ""), (" ", "")]
        pieces += [(look.fit(made.description or "-", 34 if is_wide else 26), ""), (" ", "")]
        if is_wide:
            pieces += [
                (look.fit(row.creator_name or "-", 12), "dim"),
                (" ", ""),
                (look.fit(made.origin or "-", 14), "dim"),
                (" ", ""),
            ]
        pieces.append((safe(" ".join(made.tags)), "dim"))
        return pieces

    def action_open(self) -> None:
        """Read its programs."""
        self.post_message(self.Opened())
