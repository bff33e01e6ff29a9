"""Reading logs while they grow."""

from functools import partial

from imptui.tui.commands.command import view

_view = partial(view, group="Log")

COMMANDS = (
    _view("logs.follow", "Follow the newest line, or stay (End follows too)", "follow", "s", footer="follow"),
    _view("logs.lines", "Show only errors, agent, device, service, or one device", "choose_lines", "F", footer="show"),
    _view("app.pause", "Hold new lines back, or let them come", "pause", "p", footer="pause", words=("pause",)),
    _view("logs.times", "Times: of day, with the date, none", "times", "t", footer="times"),
    _view("logs.mark", "Draw a line under what was said so far", "mark", "m", footer="mark"),
    _view("logs.again", "Ask for the live stream again, after the service closed it", "refresh_now", "ctrl+r", "R"),
    _view("logs.since-0", "All lines that are kept", "since(0)", "0"),
    _view("logs.since-1", "Lines of the last minute", "since(1)", "1"),
    _view("logs.since-2", "Lines of the last 5 minutes", "since(2)", "2"),
    _view("logs.since-3", "Lines of the last 15 minutes", "since(3)", "3"),
    _view("logs.since-4", "Lines of the last 30 minutes", "since(4)", "4"),
    _view("logs.since-5", "Lines of the last hour", "since(5)", "5"),
    _view("logs.since-6", "Lines of the last day", "since(6)", "6"),
)
