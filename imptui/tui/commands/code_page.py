"""Reading programs."""

from imptui.tui.commands.command import View


class OtherFile(View):
    """The other program."""

    id = "text.other"
    keys = ("tab",)
    title = "Agent or device program"
    action = "other_file"
    group = "Text"
    footer = "agent/device"
    panes = frozenset({"code", "diff"})


class Outline(View):
    """Jump to a function or class."""

    id = "text.outline"
    keys = ("t", "o")
    title = "Outline: jump to a function, class or enum"
    action = "outline"
    group = "Text"
    footer = "outline"
    words = ("outline",)
    panes = frozenset({"code"})


class Editor(View):
    """In the person's editor, on a copy."""

    id = "text.editor"
    keys = ("e",)
    title = "Open a copy in $EDITOR; a changed copy can be reviewed"
    action = "editor"
    group = "Text"
    words = ("edit",)
    panes = frozenset({"code"})


COMMANDS = (OtherFile(), Outline(), Editor())
