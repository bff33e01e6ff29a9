"""Reading programs."""

from imptui.tui.commands.command import view

CODE = frozenset({"code"})

OTHER_FILE = view(
    "text.other", "Agent or device program", "other_file", "tab", group="Text", footer="agent/device", panes=CODE | {"diff"}
)
"""Which of the two programs, in code and in comparisons."""

COMMANDS = (
    OTHER_FILE,
    view(
        "text.outline",
        "Outline: jump to a function, class or enum",
        "outline",
        "t",
        "o",
        group="Text",
        footer="outline",
        words=("outline",),
        may_ask=True,
        panes=CODE,
    ),
    view(
        "text.editor",
        "Open a copy in $EDITOR; a changed copy can be reviewed",
        "editor",
        "e",
        group="Text",
        words=("edit",),
        panes=CODE,
    ),
)
