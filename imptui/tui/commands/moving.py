"""Moving the cursor, in whatever has the keys."""

from imptui.tui.commands.command import View


class Down(View):
    """One line down."""

    id = "move.down"
    keys = ("j", "down")
    title = "One line down"
    action = "cursor_down"
    group = "Moving"


class Up(View):
    """One line up."""

    id = "move.up"
    keys = ("k", "up")
    title = "One line up"
    action = "cursor_up"
    group = "Moving"


class PageDown(View):
    """A screen down."""

    id = "move.page-down"
    keys = ("pagedown", "ctrl+f")
    title = "A screen down"
    action = "page_down"
    group = "Moving"


class PageUp(View):
    """A screen up."""

    id = "move.page-up"
    keys = ("pageup", "ctrl+b")
    title = "A screen up"
    action = "page_up"
    group = "Moving"


class HalfDown(View):
    """Half a screen down."""

    id = "move.half-down"
    keys = ("ctrl+d",)
    title = "Half a screen down"
    action = "half_down"
    group = "Moving"


class HalfUp(View):
    """Half a screen up."""

    id = "move.half-up"
    keys = ("ctrl+u",)
    title = "Half a screen up"
    action = "half_up"
    group = "Moving"


class Top(View):
    """To the top."""

    id = "move.top"
    keys = ("g", "home")
    title = "To the top"
    action = "top"
    group = "Moving"


class Bottom(View):
    """To the bottom."""

    id = "move.bottom"
    keys = ("G", "end")
    title = "To the bottom"
    action = "bottom"
    group = "Moving"


class Left(View):
    """Shut, or scroll to the left."""

    id = "move.left"
    keys = ("left",)
    title = "Shut, or scroll to the left"
    action = "left"
    group = "Moving"


class Right(View):
    """Open up, or scroll to the right."""

    id = "move.right"
    keys = ("right",)
    title = "Open up, or scroll to the right"
    action = "right"
    group = "Moving"


class Shut(View):
    """Shut the branch."""

    id = "tree.shut"
    keys = ("h",)
    title = "Shut the branch"
    action = "left"
    group = "Moving"
    panes = frozenset({"tree"})


class OpenUp(View):
    """Open the branch up."""

    id = "tree.open"
    keys = ("l",)
    title = "Open the branch up"
    action = "right"
    group = "Moving"
    panes = frozenset({"tree"})


COMMANDS = (
    Down(),
    Up(),
    PageDown(),
    PageUp(),
    HalfDown(),
    HalfUp(),
    Top(),
    Bottom(),
    Left(),
    Right(),
    Shut(),
    OpenUp(),
)
