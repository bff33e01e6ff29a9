"""Groups and the ways of their code: a graph where there is room, a list elsewhere; one group is chosen."""

from datetime import datetime

from textual.message import Message

from imptui.domain.ids import GroupId
from imptui.fleet.deployments.lineage import Lineage, LineageNode
from imptui.tui.present.lineage import GRAPH_FROM, Drawn, graph, listing
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.theme_access import look_of


class LineageView(LinesView, inherit_bindings=False):
    """Moves from group to group."""

    class Opened(Message):
        """Enter."""

    class Chosen(Message):
        """Another group."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.lineage: Lineage | None = None
        self.chosen: GroupId | None = None
        self.wants_list = False
        self._drawn: Drawn | None = None
        self._now: datetime | None = None

    @property
    def node(self) -> LineageNode | None:
        """What is chosen."""
        return self.lineage.node(self.chosen) if self.lineage is not None and self.chosen is not None else None

    @property
    def is_graph(self) -> bool:
        """Whether there are boxes."""
        return self.size.width >= GRAPH_FROM and not self.wants_list

    def tell(self, lineage: Lineage, now: datetime) -> None:
        """Show this; what was chosen stays so."""
        self.lineage, self._now = lineage, now
        if lineage.nodes and self.node is None:
            self.chosen = lineage.nodes[0].group.id
        self.paint()

    def paint(self) -> None:
        """Draw it for the room there is."""
        if self.lineage is None or self._now is None or not self.size.width:
            return
        draw = graph if self.is_graph else listing
        self._drawn = draw(self.lineage, self.chosen, self.size.width, self._now, look_of(self))
        self.put(self._drawn.lines or [[(" This product has no groups.", "dim")]])

    def on_resize(self) -> None:
        """There is more or less room."""
        super().on_resize()
        self.paint()

    def choose(self, group_id: GroupId) -> None:
        """Choose a group and show it."""
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
        """Column and row of what is chosen."""
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
        """The group below."""
        self._step(0, 1)

    def action_cursor_up(self) -> None:
        """The group above."""
        self._step(0, -1)

    def action_right(self) -> None:
        """To the next stage."""
        self._step(1, 0)

    def action_left(self) -> None:
        """To the stage before."""
        self._step(-1, 0)

    def action_top(self) -> None:
        """The first group of the column."""
        self._step(0, -1000)

    def action_bottom(self) -> None:
        """The last group of the column."""
        self._step(0, 1000)

    def action_flip_layout(self) -> None:
        """Boxes or a list."""
        self.wants_list = not self.wants_list
        self.paint()
        self._reveal()

    def action_open(self) -> None:
        """The history of the group."""
        self.post_message(self.Opened())
