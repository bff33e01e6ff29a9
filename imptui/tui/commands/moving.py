"""Commands that move the cursor of the focused pane."""

from imptui.tui.commands.actions import HalfPageMoves, LineMoves, PageMoves, SidewaysMoves
from imptui.tui.commands.command import ViewGroup

TREE = frozenset({"tree"})

_move = ViewGroup("Moving")

COMMANDS = (
    _move("move.down", "One line down", LineMoves, lambda it: it.action_cursor_down(), "j", "down"),
    _move("move.up", "One line up", LineMoves, lambda it: it.action_cursor_up(), "k", "up"),
    _move("move.page-down", "A screen down", PageMoves, lambda it: it.action_page_down(), "pagedown", "ctrl+f"),
    _move("move.page-up", "A screen up", PageMoves, lambda it: it.action_page_up(), "pageup", "ctrl+b"),
    _move("move.half-down", "Half a screen down", HalfPageMoves, lambda it: it.action_half_down(), "ctrl+d"),
    _move("move.half-up", "Half a screen up", HalfPageMoves, lambda it: it.action_half_up(), "ctrl+u"),
    _move("move.top", "To the top", LineMoves, lambda it: it.action_top(), "g", "home"),
    _move("move.bottom", "To the bottom", LineMoves, lambda it: it.action_bottom(), "G", "end"),
    _move("move.left", "Shut, or scroll to the left", SidewaysMoves, lambda it: it.action_left(), "left"),
    _move("move.right", "Open up, or scroll to the right", SidewaysMoves, lambda it: it.action_right(), "right"),
    _move("tree.shut", "Shut the branch", SidewaysMoves, lambda it: it.action_left(), "h", panes=TREE),
    _move("tree.open", "Open the branch up", SidewaysMoves, lambda it: it.action_right(), "l", panes=TREE),
)
