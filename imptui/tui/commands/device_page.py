"""Commands of the device screen."""

from imptui.tui.commands.actions import ThingActions
from imptui.tui.commands.command import ViewGroup

_view = ViewGroup("Device")

COMMANDS = (
    _view("device.raw", "The raw document", ThingActions, lambda it: it.action_raw(), "y", footer="raw"),
    _view("device.owner", "Go to its group", ThingActions, lambda it: it.action_owner(), "J", footer="group"),
)
