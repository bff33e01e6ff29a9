"""Commands of the factory line screen. None of them changes anything."""

from imptui.tui.commands.actions import FactoryLineActions
from imptui.tui.commands.command import ViewGroup

_line = ViewGroup("Line")

COMMANDS = (
    _line(
        "line.unit",
        "The unit that something happened to last",
        FactoryLineActions,
        lambda it: it.action_newest(),
        "enter",
        footer="newest unit",
    ),
    _line("line.log", "Log of that unit", FactoryLineActions, lambda it: it.action_newest_log(), "l", footer="its log"),
    _line(
        "line.stuck-logs",
        "Logs of the units that were not blessed",
        FactoryLineActions,
        lambda it: it.action_stuck_logs(),
        "L",
        footer="logs of not blessed",
    ),
)
