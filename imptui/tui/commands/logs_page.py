"""Commands of the log screen."""

from imptui.tui.commands.actions import ConsoleActions, LogsActions, LogViewActions, Markable, RefreshActions
from imptui.tui.commands.command import ViewGroup

_view = ViewGroup("Log")

COMMANDS = (
    _view(
        "logs.follow",
        "Follow the newest line, or stay (End follows too)",
        LogViewActions,
        lambda it: it.action_follow(),
        "s",
        footer="follow",
    ),
    _view(
        "logs.lines",
        "Show only errors, agent, device, service, or one device",
        LogsActions,
        lambda it: it.action_choose_lines(),
        "F",
        footer="show",
    ),
    _view(
        "app.pause",
        "Hold new lines back, or let them come",
        ConsoleActions,
        lambda it: it.action_pause(),
        "p",
        footer="pause",
        words=("pause",),
    ),
    _view("logs.times", "Times: of day, with the date, none", LogViewActions, lambda it: it.action_times(), "t", footer="times"),
    _view("logs.mark", "Draw a line under what was said so far", Markable, lambda it: it.action_mark(), "m", footer="mark"),
    _view(
        "logs.again",
        "Ask for the live stream again, after the service closed it",
        RefreshActions,
        lambda it: it.action_refresh_now(),
        "ctrl+r",
        "R",
    ),
    _view("logs.since-0", "All lines that are kept", LogsActions, lambda it: it.action_since(0), "0"),
    _view("logs.since-1", "Lines of the last minute", LogsActions, lambda it: it.action_since(1), "1"),
    _view("logs.since-2", "Lines of the last 5 minutes", LogsActions, lambda it: it.action_since(2), "2"),
    _view("logs.since-3", "Lines of the last 15 minutes", LogsActions, lambda it: it.action_since(3), "3"),
    _view("logs.since-4", "Lines of the last 30 minutes", LogsActions, lambda it: it.action_since(4), "4"),
    _view("logs.since-5", "Lines of the last hour", LogsActions, lambda it: it.action_since(5), "5"),
    _view("logs.since-6", "Lines of the last day", LogsActions, lambda it: it.action_since(6), "6"),
)
