"""The tree on the left: account, products, their groups under their types, and who belongs nowhere."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imptui.model.expression import Expr, Is, Mark
from imptui.model.group import DeviceGroup
from imptui.model.line import GroupLine, ProductLine, Tally, Tree
from imptui.model.product import Product
from imptui.model.query import SavedQuery, Scope
from imptui.tui import messages
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.group import percent, share, type_word
from imptui.tui.present.safe import fit_ends, width
from imptui.tui.widgets.jumps import Jumps, jumps_to
from imptui.tui.widgets.seen import look_of


class Node(NamedTuple):
    """One line of the tree; there may be ten thousand of them, made anew at every change."""

    key: str
    """Stable while the tree is read again."""
    depth: int
    icon: str
    label: str
    """Foreign, or ours."""
    tally: Tally
    scope: Scope
    where: Expr | None = None
    text: str = ""
    """A saved filter, as it was typed."""
    product: Product | None = None
    group: DeviceGroup | None = None
    group_count: int = 0
    is_parent: bool = False


class ProductTree(ScrollView, can_focus=True, inherit_bindings=False):
    """Scopes to choose from, with how their devices do."""

    DEFAULT_CSS = """
    ProductTree { height: 1fr; scrollbar-size: 0 0; background: $text-paper; }
    """

    class Highlighted(Message):
        """The cursor is on another line."""

    class Opened(Message):
        """Enter on a line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tree = Tree((), Tally(), Tally())
        self._account = "account"
        self._shut: set[str] = set()
        self._saved: tuple[tuple[SavedQuery, int | None], ...] = ()
        self.nodes: list[Node] = []
        self.cursor = 0

    # What is shown

    @property
    def current(self) -> Node | None:
        """The line under the cursor."""
        return self.nodes[self.cursor] if self.cursor < len(self.nodes) else None

    def show(self, tree: Tree, account: str) -> None:
        """Another state of the same account; the cursor stays on its line, and only changed lines are painted."""
        self._tree, self._account = tree, account
        self._build()

    def show_saved(self, saved: Sequence[tuple[SavedQuery, int | None]]) -> None:
        """Lines for filters with a name, each with how many devices it finds; None: it makes no sense any more."""
        if self._saved != tuple(saved):
            self._saved = tuple(saved)
            self._build()

    def go_to(self, scope: Scope, where: Expr | None = None) -> None:
        """The cursor on the line of a scope, opening what hides it; nothing happens where there is none."""
        for product in self._tree.products:
            if any(line.group.id == scope.group_id for line in product.groups):
                self._shut.discard(f"p:{product.product.id}")
        self._build()
        for index, node in enumerate(self.nodes):
            if node.scope == scope and node.where == where:
                self._go(index)
                return

    def _build(self) -> None:
        here, old = self.current, self.nodes
        glyphs = look_of(self).glyphs
        problems = Tally(self._tree.total.problems, 0)
        self.nodes = [
            Node("a", 0, glyphs.account, self._account, self._tree.total, Scope(), group_count=len(self._tree.products)),
            Node("x", 0, glyphs.problem, "Problems", problems, Scope(), Is(Mark.PROBLEM)),
            Node("u", 0, glyphs.unassigned, "Unassigned", self._tree.unassigned, Scope(is_unassigned=True)),
        ]
        for saved, found in self._saved:
            tally = Tally(found or 0)
            self.nodes.append(Node(f"q:{saved.name}", 0, glyphs.saved, saved.name, tally, Scope(), text=saved.text))
        for line in self._tree.products:
            self.nodes += self._product(line, glyphs)
        if here is not None:
            places = {node.key: index for index, node in enumerate(self.nodes)}
            self.cursor = places.get(here.key, min(self.cursor, len(self.nodes) - 1))
        self._painted(old)

    def _product(self, line: ProductLine, glyphs: Glyphs) -> list[Node]:
        product = line.product
        key = f"p:{product.id}"
        count = len(line.groups)
        here = Scope(product_id=product.id)
        found = [Node(key, 0, glyphs.product, product.name, line.tally, here, None, "", product, None, count, True)]
        if key in self._shut:
            return found
        for group_type in line.types:
            members = [each for each in line.groups if each.group.type == group_type]
            tally = sum((each.tally for each in members), Tally())
            type_key = f"t:{product.id}:{group_type}"
            scope = Scope(product_id=product.id, group_type=group_type)
            icon = glyphs.type_icon(group_type)
            found.append(Node(type_key, 1, icon, type_word(group_type), tally, scope, None, "", product, None, count, True))
            if type_key not in self._shut:
                found += [self._group(each, product, icon, count) for each in members]
        return found

    @staticmethod
    def _group(line: GroupLine, product: Product, icon: str, count: int) -> Node:
        group = line.group
        return Node(f"g:{group.id}", 2, icon, group.name, line.tally, Scope(group_id=group.id), None, "", product, group, count)

    def _painted(self, old: list[Node]) -> None:
        size = Size(self.size.width, len(self.nodes))
        if size != self.virtual_size or len(old) != len(self.nodes):
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
        """One line down."""
        self._go(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """One line up."""
        self._go(self.cursor - 1)

    def action_page_down(self) -> None:
        """A screen down."""
        self._go(self.cursor + self.size.height)

    def action_page_up(self) -> None:
        """A screen up."""
        self._go(self.cursor - self.size.height)

    def action_half_down(self) -> None:
        """Half a screen down."""
        self._go(self.cursor + self.size.height // 2)

    def action_half_up(self) -> None:
        """Half a screen up."""
        self._go(self.cursor - self.size.height // 2)

    def action_top(self) -> None:
        """The account."""
        self._go(0)

    def action_bottom(self) -> None:
        """The last line."""
        self._go(len(self.nodes) - 1)

    def action_open(self) -> None:
        """Use the line under the cursor."""
        self.post_message(self.Opened())

    def action_mark(self) -> None:
        """Open or shut the line under the cursor."""
        node = self.current
        if node is not None and node.is_parent:
            self._shut ^= {node.key}
            self._build()
        else:
            self.post_message(messages.Say("There is nothing to open or shut here; devices are marked in the list."))

    def action_right(self) -> None:
        """Open the line under the cursor, or go to its first child."""
        node = self.current
        if node is not None and node.is_parent:
            if node.key in self._shut:
                self.action_mark()
            else:
                self._go(self.cursor + 1)

    def action_left(self) -> None:
        """Shut the line under the cursor, or go to its parent."""
        node = self.current
        if node is None:
            return
        if node.is_parent and node.key not in self._shut:
            self.action_mark()
            return
        for index in range(self.cursor - 1, -1, -1):
            if self.nodes[index].depth < node.depth:
                self._go(index)
                return

    def jumps(self) -> Jumps:
        """The lines on the screen."""
        return jumps_to(self, 0, range(self.top, min(self.top + self.size.height, len(self.nodes))), self._go)

    def on_click(self, event: events.Click) -> None:
        """A click chooses, a second one opens."""
        index = self.top + event.y
        if index < len(self.nodes):
            self._go(index)
            if event.chain == 2:
                self.action_open()

    # Painting

    def on_resize(self) -> None:
        """Names have more or less room."""
        self._painted([])

    def on_focus(self) -> None:
        """The cursor is painted differently, and the terminal's own one belongs here."""
        self._repaint(self.cursor)
        self._place_cursor()

    def on_blur(self) -> None:
        """The cursor is painted as one that does not listen."""
        self._repaint(self.cursor)

    def _place_cursor(self) -> None:
        if self.has_focus:
            self.app.cursor_position = Offset(self.region.x, self.region.y + self.cursor - self.top)

    def _repaint(self, index: int) -> None:
        y = index - self.top
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the tree, or a blank one."""
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


def _tail(node: Node, cells: int) -> str:
    if node.key == "x" or node.text:
        return f"{node.tally.devices:,}"
    text = share(node.tally)
    if node.tally.problems:
        text = f"{node.tally.problems:,}! {text}"
    return f"{text} {percent(node.tally):>5}" if cells >= 44 and node.tally.devices else text
