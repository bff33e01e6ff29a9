"""Moving the cursor, in whatever has the keys."""

from functools import partial

from imptui.tui.commands.command import view

TREE = frozenset({"tree"})

_move = partial(view, group="Moving")

COMMANDS = (
    _move("move.down", "One line down", "cursor_down", "j", "down"),
    _move("move.up", "One line up", "cursor_up", "k", "up"),
    _move("move.page-down", "A screen down", "page_down", "pagedown", "ctrl+f"),
    _move("move.page-up", "A screen up", "page_up", "pageup", "ctrl+b"),
    _move("move.half-down", "Half a screen down", "half_down", "ctrl+d"),
    _move("move.half-up", "Half a screen up", "half_up", "ctrl+u"),
    _move("move.top", "To the top", "top", "g", "home"),
    _move("move.bottom", "To the bottom", "bottom", "G", "end"),
    _move("move.left", "Shut, or scroll to the left", "left", "left"),
    _move("move.right", "Open up, or scroll to the right", "right", "right"),
    _move("tree.shut", "Shut the branch", "left", "h", panes=TREE),
    _move("tree.open", "Open the branch up", "right", "l", panes=TREE),
)
