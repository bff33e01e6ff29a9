"""Watching a production line. Nothing that changes anything is offered here."""

from functools import partial

from imptui.tui.commands.command import view

_line = partial(view, group="Line")

COMMANDS = (
    _line("line.unit", "The unit that something happened to last", "newest", "enter", footer="newest unit"),
    _line("line.log", "Log of that unit", "newest_log", "l", footer="its log"),
    _line("line.stuck-logs", "Logs of the units that were not blessed", "stuck_logs", "L", footer="logs of not blessed"),
)
