"""The panes of the fleet screen, tree, list and details, and their layout for each width."""

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from imptui.fleet.read_model import ReadModel as FleetLook
from imptui.tui.widgets.detail_strip import DetailStrip
from imptui.tui.widgets.filter_bar import FilterBar
from imptui.tui.widgets.fleet_table import FleetTable
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.product_tree import ProductTree

TWO_FROM, THREE_FROM = 120, 160
"""The widths in cells from which two and three panes are shown."""


class Beside(Horizontal):
    """Panes side by side, which cover the whole area."""

    BLANK = True


class Below(Vertical):
    """Widgets one below the other, which cover the whole area."""

    BLANK = True


class FleetBody:
    """Makes and arranges the panes.

    Attributes:
        tree: Products and groups.
        title: The line above the list.
        bar: The field for a filter.
        table: The devices.
        detail: Facts about the object under the cursor.
    """

    def __init__(self, look: FleetLook) -> None:
        self.tree = ProductTree(id="tree")
        self.title = PaintedLine(id="list-title")
        self.bar = FilterBar(id="filter")
        self.table = FleetTable(look, id="list")
        self.detail = DetailStrip(id="detail")
        self._list = Below(self.title, self.bar, self.table, id="right")

    def compose(self) -> Widget:
        """Return all panes."""
        return Beside(self.tree, self._list, self.detail, id="body")

    @property
    def panes(self) -> list[Widget]:
        """Return tree, list and details."""
        return [self.tree, self.table, self.detail]

    @property
    def is_list_shown(self) -> bool:
        """True if the list is on the screen."""
        return self._list.display

    def first_pane(self, cells: int) -> Widget:
        """Return the pane that has the focus at first; `cells` is 0 before the width is known."""
        return self.tree if cells and cells < TWO_FROM else self.table

    def arrange(self, cells: int, focused: Widget, *, is_zoomed: bool) -> None:
        """Show one pane below 120 cells or when zoomed, two from there, three from 160."""
        count = 1 if cells < TWO_FROM or is_zoomed else 2 if cells < THREE_FROM else 3
        by_count: dict[int, set[Widget]] = {1: {focused}, 2: {self.tree, self.table}, 3: set(self.panes)}
        shown = by_count[count]
        if count == 2 and focused is self.detail:
            shown = {self.table, self.detail}
        self.tree.display = self.tree in shown
        self._list.display = self.table in shown
        self.detail.display = self.detail in shown
        self.tree.styles.width = "1fr" if count == 1 else 36 + max(0, cells - TWO_FROM) // 5
        self.detail.styles.width = "1fr" if count == 1 else 46 + max(0, cells - THREE_FROM) // 5
