"""Commands of screens that show programs."""

from imptui.tui.commands.actions import OutlineActions, ProgramActions, TextActions
from imptui.tui.commands.command import ViewGroup

CODE = frozenset({"code"})

_view = ViewGroup("Text")

OTHER_FILE = _view(
    "text.other",
    "Agent or device program",
    ProgramActions,
    lambda it: it.action_other_file(),
    "tab",
    footer="agent/device",
    panes=CODE | {"diff"},
)
"""Switches between the two programs, in code and in comparisons."""

COMMANDS = (
    OTHER_FILE,
    _view(
        "text.outline",
        "Outline: jump to a function, class or enum",
        OutlineActions,
        lambda it: it.action_outline(),
        "t",
        "o",
        footer="outline",
        words=("outline",),
        panes=CODE,
    ),
    _view(
        "text.editor",
        "Open a copy in $EDITOR; a changed copy can be reviewed",
        TextActions,
        lambda it: it.action_editor(),
        "e",
        words=("edit",),
        panes=CODE,
    ),
)
