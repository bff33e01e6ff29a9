"""A list of deployments, one in each row."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual.message import Message

from imptui.domain.ids import DeploymentId
from imptui.domain.review_mark import description_of, own_tags
from imptui.fleet.deployments.history import DeploymentRecord
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.present.elapsed import span
from imptui.tui.present.look import Look, Piece
from imptui.tui.present.marks import WIDTH, mark_cell, mark_word
from imptui.tui.present.safe import safe, width
from imptui.tui.widgets.piece_pane import PiecePane
from imptui.tui.widgets.theme_access import look_of

WIDE_FROM = 110
"""The width in cells from which origin and creator have columns."""

LEAST_TAGS = 8
"""The least width in cells of the column for tags."""


class DeploymentList(PiecePane):
    """Lists deployments, newest first, with their status on the service."""

    class Opened(Message):
        """The user pressed Enter on a deployment."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.deployments: Sequence[DeploymentRow] = ()
        self.pasts: Mapping[DeploymentId, DeploymentRecord] = {}
        self.side: DeploymentId | None = None
        self._is_of_group = True
        self._has_marks = False
        self._now: datetime | None = None

    @property
    def current(self) -> DeploymentRow | None:
        """The deployment under the cursor."""
        return self.deployments[self.cursor] if self.cursor < len(self.deployments) else None

    def show_deployments(
        self,
        deployments: Sequence[DeploymentRow],
        now: datetime,
        *,
        is_of_group: bool,
        pasts: Mapping[DeploymentId, DeploymentRecord] | None = None,
    ) -> None:
        """Show deployments; the cursor stays on its deployment.

        Args:
            deployments: Newest first.
            now: The time from which ages are computed.
            is_of_group: True if all belong to one group, so that no column is needed for it.
            pasts: Running time and number of devices of each, as far as known.
        """
        self.pasts = pasts or {}
        was = self.current.deployment.id if self.current is not None else None
        self.deployments, self._is_of_group, self._now = deployments, is_of_group, now
        self.pieces.why_empty = "Nothing was deployed here yet, or it was not read yet."
        self._has_marks = any(mark_word(row.deployment) for row in deployments)
        places = {row.deployment.id: index for index, row in enumerate(deployments)}
        if was in places:
            self.cursor = places[was]
        self.paint_rows()

    def paint_rows(self) -> None:
        """Render the rows again, after an age, a mark or the width changed."""
        if self._now is None or not self.is_mounted:
            return
        look, now = look_of(self), self._now
        self.put([self._line(row, now, look) for row in self.deployments])

    def on_resize(self) -> None:
        """Choose the columns for the new width."""
        self.paint_rows()

    @property
    def heads(self) -> str:
        """Return the headings of the columns."""
        look = look_of(self)
        words = [("", 2), ("made", 7), ("", 1)]
        words += [("ran", 6), ("", 1), ("runs on", 7), ("", 1)] if self.pasts else []
        words += [("sha", self._sha_cells), ("", 1), ("", 8), ("", 4), ("", 5)]
        words += [("review", WIDTH), ("", 1)] if self._has_marks else []
        words += [] if self._is_of_group else [("group", 20), ("", 1)]
        words += [("description", self._description_cells), ("", 1)]
        words += [("by", 12), ("", 1), ("origin", 14), ("", 1)] if self._is_wide else []
        right = ("made", "ran", "runs on")
        heads = "".join(look.fit(word, cells, right=word in right) for word, cells in words)
        return heads + "tags" if len(heads) + LEAST_TAGS <= self.size.width else heads.rstrip()

    @property
    def _is_wide(self) -> bool:
        return self.size.width >= WIDE_FROM

    @property
    def _sha_cells(self) -> int:
        return 12 if self._is_wide or not self.pasts else 8

    @property
    def _description_cells(self) -> int:
        return 34 if self._is_wide else 26

    def _line(self, row: DeploymentRow, now: datetime, look: Look) -> list[Piece]:
        made = row.deployment
        pieces: list[Piece] = [
            ("= " if made.id == self.side else "  ", "marked"),
            (look.fit(span((now - made.created_at).total_seconds()), 7, right=True), "dim"),
            (" ", ""),
            *(self._past(made.id, look) if self.pasts else ()),
            (look.fit(made.sha[: self._sha_cells], self._sha_cells), "icon"),
            (" ", ""),
            self._standing(row, look),
            ("min " if row.is_current and row.is_minimum else "    ", "online"),
            ("flag " if made.is_flagged else "     ", "marked"),
        ]
        pieces += [mark_cell(made, look.glyphs), (" ", "")] if self._has_marks else []
        if not self._is_of_group:
            pieces += [(look.fit(row.group_name or "(group is gone)", 20), ""), (" ", "")]
        pieces += [(look.fit(description_of(made) or "-", self._description_cells), ""), (" ", "")]
        if self._is_wide:
            pieces += [
                (look.fit(row.creator_name or "-", 12), "dim"),
                (" ", ""),
                (look.fit(made.origin or "-", 14), "dim"),
                (" ", ""),
            ]
        if sum(width(text) for text, _ in pieces) + LEAST_TAGS <= self.size.width:
            pieces.append((safe(" ".join(own_tags(made.tags))), "dim"))
        return pieces

    def _standing(self, row: DeploymentRow, look: Look) -> Piece:
        if row.is_current or row.is_minimum:
            return look.fit("current" if row.is_current else "minimum", 8), "online"
        past = self.pasts.get(row.deployment.id)
        return look.fit("too old" if past is not None and past.is_below_minimum else "", 8), "weak"

    def _past(self, deployment_id: DeploymentId, look: Look) -> list[Piece]:
        past = self.pasts.get(deployment_id)
        ran = span(past.ran_s) if past is not None else ""
        running = "?" if past is None or past.running is None else f"{past.running:,}" if past.running else ""
        return [(look.fit(ran, 6, right=True), "dim"), (" ", ""), (look.fit(running, 7, right=True), ""), (" ", "")]

    def action_open(self) -> None:
        """Open the deployment under the cursor."""
        self.post_message(self.Opened())
