"""The groups of a product and the ways of their code: a graph if there is room, else a list. One group is chosen."""

from datetime import datetime

from textual.message import Message

from imptui.domain.ids import GroupId
from imptui.fleet.deployments.lineage import Lineage, LineageNode
from imptui.tui.present.lineage import GRAPH_FROM, Drawn, graph, listing
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.theme_access import look_of


class LineageView(LinesView, inherit_bindings=False):
    """Shows a lineage; keys move from group to group."""

    class Opened(Message):
        """The user pressed Enter on a group."""

    class Chosen(Message):
        """The user moved to another group."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.lineage: Lineage | None = None
        self.chosen: GroupId | None = None
        self.wants_list = False
        self._drawn: Drawn | None = None
        self._now: datetime | None = None

    @property
    def node(self) -> LineageNode | None:
        """The chosen group with its deployment."""
        return self.lineage.node(self.chosen) if self.lineage is not None and self.chosen is not None else None

    @property
    def is_graph(self) -> bool:
        """True if the groups are drawn as boxes."""
        return self.size.width >= GRAPH_FROM and not self.wants_list

    def show_lineage(self, lineage: Lineage, now: datetime) -> None:
        """Show a lineage; the chosen group stays chosen."""
        self.lineage, self._now = lineage, now
        if lineage.nodes and self.node is None:
            self.chosen = lineage.nodes[0].group.id
        self.paint()

    def paint(self) -> None:
        """Draw the lineage for the present size."""
        if self.lineage is None or self._now is None or not self.size.width:
            return
        draw = graph if self.is_graph else listing
        self._drawn = draw(self.lineage, self.chosen, self.size.width, self._now, look_of(self))
        self.put(self._drawn.lines or [[(" This product has no groups.", "dim")]])

    def on_resize(self) -> None:
        """Draw the lineage for the new size."""
        super().on_resize()
        self.paint()

    def choose(self, group_id: GroupId) -> None:
        """Choose a group and scroll to it."""
        self.chosen = group_id
        self.paint()
        self._reveal()
        self.post_message(self.Chosen())

    def _reveal(self) -> None:
        if self._drawn is None or self.chosen not in self._drawn.places:
            return
        first, count = self._drawn.places[self.chosen]
        if first - 1 < self._top:
            self._scroll(first - 1 - self._top)
        elif first + count > self._top + self.size.height:
            self._scroll(first + count - self._top - self.size.height)

    def _place(self) -> tuple[int, int] | None:
        """Return column and row of the chosen group."""
        for column, ids in enumerate(self._drawn.columns if self._drawn is not None else ()):
            if self.chosen in ids:
                return column, ids.index(self.chosen)
        return None

    def _step(self, columns: int, rows: int) -> None:
        place = self._place()
        if place is None or self._drawn is None:
            return
        column, row = place[0] + columns, place[1] + rows
        if not 0 <= column < len(self._drawn.columns):
            return
        ids = self._drawn.columns[column]
        self.choose(ids[max(0, min(row, len(ids) - 1))])

    def action_cursor_down(self) -> None:
        """Choose the group below."""
        self._step(0, 1)

    def action_cursor_up(self) -> None:
        """Choose the group above."""
        self._step(0, -1)

    def action_right(self) -> None:
        """Move to the next stage."""
        self._step(1, 0)

    def action_left(self) -> None:
        """Move to the stage before."""
        self._step(-1, 0)

    def action_top(self) -> None:
        """Choose the first group of the column."""
        self._step(0, -1000)

    def action_bottom(self) -> None:
        """Choose the last group of the column."""
        self._step(0, 1000)

    def action_flip_layout(self) -> None:
        """Switch between boxes and list."""
        self.wants_list = not self.wants_list
        self.paint()
        self._reveal()

    def action_open(self) -> None:
        """Open the deployments of the chosen group."""
        self.post_message(self.Opened())
