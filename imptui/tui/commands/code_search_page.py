"""Going through what a search in all code found."""

from imptui.tui.commands.command import View


class Open(View):
    """There."""

    id = "code-search.open"
    keys = ("enter",)
    title = "Read the code at that line"
    action = "open"
    group = "Search"
    footer = "read"


class Look(View):
    """Something else."""

    id = "text.search"
    keys = ("slash", "f4")
    title = "Look for something else; /between slashes/ is a regular expression"
    action = "search"
    group = "Search"
    footer = "look for"


class Fetch(View):
    """Code that is not here yet."""

    id = "code-search.fetch"
    keys = ("ctrl+r", "R")
    title = "Read the code that was never read from here, then look again"
    action = "refresh_now"
    group = "Search"
    footer = "read the rest"


COMMANDS = (Open(), Look(), Fetch())
