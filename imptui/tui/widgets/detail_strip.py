"""The details of the object under the cursor, beside or below the list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from imptui.domain.ids import GroupId
from imptui.domain.rows import DeviceRow
from imptui.tui.present.device import facts, pending_words
from imptui.tui.present.group import facts as group_facts
from imptui.tui.present.group import tally_line
from imptui.tui.present.look import Piece
from imptui.tui.present.outline import OutlineRow
from imptui.tui.present.safe import safe
from imptui.tui.present.wrapping import wrapped
from imptui.tui.widgets.lines_view import LinesView

LABEL_CELLS = 15
"""The width of the labels in cells."""


class DetailStrip(LinesView, inherit_bindings=False):
    """Facts, one in each line; long ones are wrapped."""

    _facts: Sequence[list[Piece]] = ()

    def show_device(self, row: DeviceRow, now: datetime) -> None:
        """Show the facts about a device."""
        known = [*facts(row, now), ("deployment", pending_words(row))]
        self._show_lines([_line(label, text) for label, text in known])

    def show_node(self, node: OutlineRow, names: Mapping[str, str], unfinished: Mapping[GroupId, int]) -> None:
        """Show the facts about a line of the tree.

        `names` holds the names of its targets by id, `unfinished` the numbers of unfinished reviews.
        """
        if node.group is not None:
            begun = unfinished.get(node.group.id, 0)
            self._show_lines([_line(label, text) for label, text in group_facts(node.group, node.tally, names, begun)])
            return
        lines = [_line("shown", node.label), _line("devices", tally_line(node.tally))]
        if node.product is not None:
            lines += [_line("description", node.product.description or "-"), _line("id", node.product.id)]
        self._show_lines(lines)

    def on_resize(self) -> None:
        """Wrap the lines for the new width."""
        super().on_resize()
        self._show_lines(self._facts)

    def _show_lines(self, lines: Sequence[list[Piece]]) -> None:
        self._facts = lines
        self.put(wrapped(lines, self.size.width, LABEL_CELLS))


def _line(label: str, text: str) -> list[Piece]:
    return [(f" {label:<{LABEL_CELLS - 2}} ", "dim"), (safe(text), "")]
