"""The results of a code search, one in each row: place and line."""

from collections.abc import Sequence

from textual.message import Message

from imptui.fleet.deployments.code_search import CodeFound
from imptui.tui.present.look import Look, Piece
from imptui.tui.present.safe import fit_ends
from imptui.tui.widgets.piece_pane import PiecePane
from imptui.tui.widgets.theme_access import look_of


class FoundList(PiecePane):
    """Lists the lines that a code search found; grows during the search."""

    class Opened(Message):
        """The user pressed Enter on a line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.found: list[CodeFound] = []
        self.deployments = 0

    @property
    def current(self) -> CodeFound | None:
        """The line under the cursor."""
        return self.found[self.cursor] if self.cursor < len(self.found) else None

    def begin(self) -> None:
        """Empty the list for a new search."""
        self.found, self.deployments, self.pieces.rows = [], 0, []
        self.cursor, self.viewport.top = 0, (0, 0)
        self.explain_empty("Looking.")

    def add(self, found: Sequence[CodeFound]) -> None:
        """Append the results of one more deployment."""
        if not found:
            return
        self.deployments += 1
        self.found += found
        look = look_of(self)
        self.pieces.rows += [self._line(each, look) for each in found]
        self.renew()
        self.post_message(self.Updated())

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        look = look_of(self)
        self.pieces.rows = [self._line(each, look) for each in self.found]

    @property
    def _group_cells(self) -> int:
        return 36 if self.size.width >= 110 else 18

    @property
    def heads(self) -> str:
        """Return the headings of the columns."""
        return f"{'* group':<{self._group_cells + 3}}{'sha':<9}{'program:line':>12}  * is the current one of its group"

    def _line(self, each: CodeFound, look: Look) -> list[Piece]:
        group = self._group_cells
        place = f"{each.hit.program}:{each.hit.line}"
        return [
            ("* " if each.row.is_current else "  ", "online"),
            (fit_ends(each.row.group_name or "(group is gone)", group, look.glyphs.ellipsis), ""),
            (" ", ""),
            (look.fit(each.row.deployment.sha[:8], 8), "icon"),
            (" ", ""),
            (look.fit(place, 12, right=True), "line-number"),
            ("  ", ""),
            (each.hit.text.strip("\r").expandtabs(4), ""),
        ]

    def action_open(self) -> None:
        """Open the code at the line under the cursor."""
        self.post_message(self.Opened())
