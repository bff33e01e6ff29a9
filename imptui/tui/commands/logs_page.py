"""Reading logs while they grow."""

from imptui.tui.commands.command import View


class AutoScroll(View):
    """Follow the newest line or stay."""

    id = "logs.follow"
    keys = ("s",)
    title = "Follow the newest line, or stay (End follows too)"
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


class Lines(View):
    """Which lines are shown."""

    id = "logs.lines"
    keys = ("F",)
    title = "Show only errors, agent, device, service, or one device"
    action = "choose_lines"
    group = "Log"
    footer = "show"


class Again(View):
    """Ask for the stream again."""

    id = "logs.again"
    keys = ("ctrl+r", "R")
    title = "Ask for the live stream again, after the service closed it"
    action = "refresh_now"
    group = "Log"


class Pause(View):
    """Hold new lines back."""

    id = "app.pause"
    keys = ("p",)
    title = "Hold new lines back, or let them come"
    action = "pause"
    group = "Log"
    footer = "pause"
    words = ("pause",)


class Since(View):
    """Lines of the last so long."""

    group = "Log"


class All(Since):
    """Everything that is kept."""

    id = "logs.since-0"
    keys = ("0",)
    title = "All lines that are kept"
    action = "since(0)"


class OneMinute(Since):
    """One minute."""

    id = "logs.since-1"
    keys = ("1",)
    title = "Lines of the last minute"
    action = "since(1)"


class FiveMinutes(Since):
    """Five minutes."""

    id = "logs.since-2"
    keys = ("2",)
    title = "Lines of the last 5 minutes"
    action = "since(2)"


class QuarterHour(Since):
    """A quarter of an hour."""

    id = "logs.since-3"
    keys = ("3",)
    title = "Lines of the last 15 minutes"
    action = "since(3)"


class HalfHour(Since):
    """Half an hour."""

    id = "logs.since-4"
    keys = ("4",)
    title = "Lines of the last 30 minutes"
    action = "since(4)"


class OneHour(Since):
    """An hour."""

    id = "logs.since-5"
    keys = ("5",)
    title = "Lines of the last hour"
    action = "since(5)"


class OneDay(Since):
    """A day."""

    id = "logs.since-6"
    keys = ("6",)
    title = "Lines of the last day"
    action = "since(6)"


COMMANDS = (
    AutoScroll(),
    Lines(),
    Pause(),
    Times(),
    Mark(),
    Again(),
    All(),
    OneMinute(),
    FiveMinutes(),
    QuarterHour(),
    HalfHour(),
    OneHour(),
    OneDay(),
)
