"""Commands for the results of a search in all code."""

from imptui.tui.commands.actions import Openable, RefreshActions, SearchActions
from imptui.tui.commands.command import ViewGroup

_view = ViewGroup("Search")

COMMANDS = (
    _view("code-search.open", "Read the code at that line", Openable, lambda it: it.action_open(), "enter", footer="read"),
    _view(
        "text.search",
        "Look for something else; /between slashes/ is a regular expression",
        SearchActions,
        lambda it: it.action_search(),
        "slash",
        "f4",
        footer="look for",
    ),
    _view(
        "code-search.fetch",
        "Read the code that was never read from here, then look again",
        RefreshActions,
        lambda it: it.action_refresh_now(),
        "ctrl+r",
        "R",
        footer="read the rest",
    ),
)
