"""The device screen."""

from imptui.tui.commands.command import View


class Raw(View):
    """The raw document."""

    id = "device.raw"
    keys = ("y",)
    title = "The raw document"
    action = "raw"
    group = "Device"
    footer = "raw"


class Owner(View):
    """Go to its group."""

    id = "device.owner"
    keys = ("J",)
    title = "Go to its group"
    action = "owner"
    group = "Device"
    footer = "group"


COMMANDS = (
    Raw(),
    Owner(),
)
