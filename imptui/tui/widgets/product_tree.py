"""The tree on the left: account, products, their groups by type, and unassigned devices."""

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imptui.domain.rows import Tally, Tree
from imptui.query.expression import Expr
from imptui.query.query import Scope
from imptui.tui import messages
from imptui.tui.present.glyphs import UNICODE
from imptui.tui.present.group import percent, share
from imptui.tui.present.outline import Outline, OutlineRow, Saved, product_key, type_key
from imptui.tui.present.safe import fit_ends, width
from imptui.tui.widgets.jumps import Jumps, jumps_to
from imptui.tui.widgets.theme_access import look_of


class ProductTree(ScrollView, can_focus=True, inherit_bindings=False):
    """Scopes to choose from, with the counts of their devices."""

    DEFAULT_CSS = """
    ProductTree { height: 1fr; scrollbar-size: 0 0; background: $text-paper; }
    """

    class Highlighted(Message):
        """The cursor moved to another line."""

    class Opened(Message):
        """The user pressed Enter on a line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tree = Tree((), Tally(), Tally())
        self._account = "account"
        self._shut: set[str] = set()
        self._saved: Saved = ()
        self.nodes = Outline(self._tree, "", (), frozenset(), UNICODE)
        self.cursor = 0

    # The tree

    @property
    def current(self) -> OutlineRow | None:
        """The line under the cursor."""
        return self.nodes[self.cursor] if self.cursor < len(self.nodes) else None

    def show(self, tree: Tree, account: str) -> None:
        """Show another state of the same account; the cursor stays on its line, and only changed lines are painted."""
        if tree is not self._tree or account != self._account:
            self._tree, self._account = tree, account
            self._build()

    def show_saved(self, saved: Saved) -> None:
        """Show the saved filters, each with the number of devices it finds; None: its filter is not valid any more."""
        if self._saved != tuple(saved):
            self._saved = tuple(saved)
            self._build()

    def go_to(self, scope: Scope, where: Expr | None = None) -> None:
        """Move the cursor to the line of a scope, and expand what hides it; do nothing if there is none."""
        found = self._tree.group(scope.group_id)
        if found is not None:
            product_id, group_type = found[0].product.id, found[1].group.type
            self._shut -= {product_key(product_id), type_key(product_id, group_type)}
        elif scope.product_id is not None and scope.group_type is not None:
            self._shut -= {product_key(scope.product_id)}
        self._build()
        line = self.nodes.place(scope, is_problems=where is not None)
        if line is not None:
            self._go(line)

    def _build(self) -> None:
        here, old = self.current, self.nodes
        shut = frozenset(self._shut)
        self.nodes = Outline(self._tree, self._account, self._saved, shut, look_of(self).glyphs, old)
        if here is not None:
            line = self.nodes.line_of(here)
            self.cursor = line if line is not None else min(self.cursor, len(self.nodes) - 1)
        self._painted(old)

    def _painted(self, old: Outline | None) -> None:
        size = Size(self.size.width, len(self.nodes))
        if size != self.virtual_size or old is None or len(old) != len(self.nodes):
            self.virtual_size = size
            self.refresh()
            return
        for index in range(self.top, min(self.top + self.size.height, len(old))):
            if old[index] != self.nodes[index]:
                self._repaint(index)

    # Moving

    def _go(self, to: int) -> None:
        to = max(0, min(to, len(self.nodes) - 1))
        old, self.cursor = self.cursor, to
        top, page = self.top, max(1, self.size.height)
        if to < top or to >= top + page:
            self.scroll_to(y=to if to < top else to - page + 1, animate=False, immediate=True, force=True)
            self.refresh()
        else:
            self._repaint(old)
            self._repaint(to)
        self._place_cursor()
        if old != to:
            self.post_message(self.Highlighted())

    @property
    def top(self) -> int:
        """Index of the first line on the screen."""
        return round(self.scroll_offset.y)

    def action_cursor_down(self) -> None:
        """Move one line down."""
        self._go(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """Move one line up."""
        self._go(self.cursor - 1)

    def action_page_down(self) -> None:
        """Move a screen down."""
        self._go(self.cursor + self.size.height)

    def action_page_up(self) -> None:
        """Move a screen up."""
        self._go(self.cursor - self.size.height)

    def action_half_down(self) -> None:
        """Move half a screen down."""
        self._go(self.cursor + self.size.height // 2)

    def action_half_up(self) -> None:
        """Move half a screen up."""
        self._go(self.cursor - self.size.height // 2)

    def action_top(self) -> None:
        """Move to the line of the account."""
        self._go(0)

    def action_bottom(self) -> None:
        """Move to the last line."""
        self._go(len(self.nodes) - 1)

    def action_open(self) -> None:
        """Open the line under the cursor in the list."""
        self.post_message(self.Opened())

    def action_mark(self) -> None:
        """Expand or collapse the line under the cursor."""
        node = self.current
        if node is not None and node.is_parent:
            self._shut ^= {node.key}
            self._build()
        else:
            self.post_message(messages.ShowMessage("There is nothing to open or shut here; devices are marked in the list."))

    def action_right(self) -> None:
        """Expand the line under the cursor, or go to its first child."""
        node = self.current
        if node is not None and node.is_parent:
            if node.key in self._shut:
                self.action_mark()
            else:
                self._go(self.cursor + 1)

    def action_left(self) -> None:
        """Collapse the line under the cursor, or go to its parent."""
        node = self.current
        if node is None:
            return
        if node.is_parent and node.key not in self._shut:
            self.action_mark()
            return
        parent = self.nodes.parent(self.cursor)
        if parent is not None:
            self._go(parent)

    def jumps(self) -> Jumps:
        """Return the lines on the screen, for labels."""
        return jumps_to(self, 0, range(self.top, min(self.top + self.size.height, len(self.nodes))), self._go)

    def on_click(self, event: events.Click) -> None:
        """Move to the line that was clicked; a second click opens it."""
        index = self.top + event.y
        if index < len(self.nodes):
            self._go(index)
            if event.chain == 2:
                self.action_open()

    # Painting

    def on_resize(self) -> None:
        """Fit the names to the new width."""
        self._painted(None)

    def on_focus(self) -> None:
        """Paint the cursor brighter, and put the terminal's own one there."""
        self._repaint(self.cursor)
        self._place_cursor()

    def on_blur(self) -> None:
        """Paint the cursor dimmer."""
        self._repaint(self.cursor)

    def _place_cursor(self) -> None:
        if self.has_focus:
            self.app.cursor_position = Offset(self.region.x, self.region.y + self.cursor - self.top)

    def _repaint(self, index: int) -> None:
        y = index - self.top
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Paint one line of the tree, or a blank one."""
        look, cells, index = look_of(self), self.size.width, self.top + y
        if index >= len(self.nodes):
            return Strip([Segment(" " * cells, look.style("text"))], cells)
        node = self.nodes[index]
        role = "text"
        if index == self.cursor:
            role = "cursor" if self.has_focus else "cursor-blurred"
        glyphs = look.glyphs
        fold = (glyphs.shut if node.key in self._shut else glyphs.open) if node.is_parent else " "
        lead = "  " * node.depth + fold
        tail = _tail(node, cells)
        room = max(0, cells - width(lead) - 3 - width(tail) - 1)
        name = fit_ends(node.label, room, glyphs.ellipsis)
        is_bad = node.key == "x" and node.tally.devices > 0
        tail_role = "problem" if is_bad else ("weak" if node.tally.problems else "dim")
        plain = role == "text"
        pieces = [
            (lead, "dim" if plain else ""),
            (node.icon, "icon" if plain else ""),
            (" " + name + " ", "problem" if is_bad and plain else ""),
            (tail + " ", tail_role if plain else ""),
        ]
        return Strip(look.line(pieces, cells, role), cells)


def _tail(node: OutlineRow, cells: int) -> str:
    if node.key == "x" or node.text:
        return f"{node.tally.devices:,}"
    text = share(node.tally)
    if node.tally.problems:
        text = f"{node.tally.problems:,}! {text}"
    return f"{text} {percent(node.tally):>5}" if cells >= 44 and node.tally.devices else text
