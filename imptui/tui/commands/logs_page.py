"""Reading logs while they grow."""

from imptui.tui.commands.command import View


class AutoScroll(View):
    """Follow the newest line or stay."""

    id = "logs.follow"
    keys = ("s",)
    title = "Follow the newest line, or stay"
    action = "follow"
    group = "Log"
    footer = "follow"


class Times(View):
    """Times or none."""

    id = "logs.times"
    keys = ("t",)
    title = "Times: of day, with the date, none"
    action = "times"
    group = "Log"
    footer = "times"


class Mark(View):
    """A line of one's own."""

    id = "logs.mark"
    keys = ("m",)
    title = "Draw a line under what was said so far"
    action = "mark"
    group = "Log"
    footer = "mark"


COMMANDS = (AutoScroll(), Times(), Mark())
