"""The device screen."""

from imptui.tui.commands.command import view

COMMANDS = (
    view("device.raw", "The raw document", "raw", "y", group="Device", footer="raw"),
    view("device.owner", "Go to its group", "owner", "J", group="Device", footer="group"),
)
