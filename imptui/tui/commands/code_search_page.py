"""Going through what a search in all code found."""

from functools import partial

from imptui.tui.commands.command import view

_view = partial(view, group="Search")

COMMANDS = (
    _view("code-search.open", "Read the code at that line", "open", "enter", footer="read"),
    _view(
        "text.search",
        "Look for something else; /between slashes/ is a regular expression",
        "search",
        "slash",
        "f4",
        footer="look for",
    ),
    _view(
        "code-search.fetch",
        "Read the code that was never read from here, then look again",
        "refresh_now",
        "ctrl+r",
        "R",
        footer="read the rest",
    ),
)
