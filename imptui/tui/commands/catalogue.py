"""The commands of each screen; a module is loaded when its screen is first opened."""

from functools import cache
from importlib import import_module

from imptui.tui.commands.command import Command

_HERE = "imptui.tui.commands."
MODULES = {
    "everywhere": ("everywhere", "passes", "unfinished", "finding", "searching", "access", "contexts", "signing_in"),
    "fleet": ("moving", "lists", "saved", "devices", "announcing", "assigning", "copying", "groups", "deploying"),
    "text": ("reading", "moving"),
    "code": ("code_page", "marking", "reading", "moving", "deployments_page"),
    "draft-code": ("code_page", "reading", "moving"),
    "compare": ("comparing", "reading", "moving"),
    "review": ("review_page", "marking", "comparing", "reading", "moving"),
    "rollout": ("rollout_page", "moving"),
    "deployments": ("deployments_list", "deployments_page", "marking", "reading", "moving"),
    "logs": ("logs_page", "reading", "moving"),
    "line": ("factory_line_page", "moving"),
    "lineage": ("lineage_page", "deploying", "moving"),
    "cleaning": ("cleaning_page", "reading", "moving"),
    "code-search": ("code_search_page", "reading", "moving"),
    "device": ("moving", "device_page", "devices", "announcing", "assigning", "copying", "deploying"),
}
"""Modules of commands by screen. A screen's own commands come first and win a contested key."""


@cache
def commands_of(screen: str) -> tuple[Command, ...]:
    """Return the commands of one screen and of every screen, in the order of the help, each once."""
    found: dict[str, Command] = {}
    for name in (*MODULES.get(screen, ()), *MODULES["everywhere"]):
        for command in import_module(_HERE + name).COMMANDS:
            found.setdefault(command.id, command)
    return tuple(found.values())


def all_commands() -> dict[str, tuple[Command, ...]]:
    """Return every screen with its commands, for the report on a user's keymap. Loads all modules."""
    return {screen: commands_of(screen) for screen in MODULES if screen != "everywhere"}
