"""What there is to say about the thing under the cursor, beside or below the list."""

from datetime import datetime

from imptui.model.line import DeviceRow
from imptui.tui.present.device import facts, pending_words
from imptui.tui.present.group import facts as group_facts
from imptui.tui.present.group import tally_line
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.product_tree import Node


class DetailStrip(LinesView, inherit_bindings=False):
    """Facts, one a line."""

    def tell_device(self, row: DeviceRow, now: datetime) -> None:
        """About a device."""
        known = [*facts(row, now), ("deployment", pending_words(row))]
        self.put([_line(label, text) for label, text in known])

    def tell_node(self, node: Node) -> None:
        """About a line of the tree."""
        if node.group is not None:
            self.put([_line(label, text) for label, text in group_facts(node.group, node.tally, {})])
            return
        lines = [_line("shown", node.label), _line("devices", tally_line(node.tally))]
        if node.product is not None:
            lines += [_line("description", node.product.description or "-"), _line("id", node.product.id)]
        self.put(lines)


def _line(label: str, text: str) -> list[Piece]:
    return [(f" {label:<13} ", "dim"), (safe(text), "")]
