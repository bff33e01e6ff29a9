"""Commands of screens that show a text: programs, comparisons, lists, logs."""

import asyncio
from pathlib import Path

from imptui.tui.commands.actions import LineActions, MatchActions, RangeActions, SearchActions, SidewaysMoves, TextActions
from imptui.tui.commands.command import Command, Situation, ViewGroup
from imptui.tui.commands.console_protocol import Console

_text = ViewGroup("Text")


class SaveTo(Command):
    """Save the text to a named file."""

    id = "text.save-to"
    title = "Save to a file of your own: :save PATH"
    group = "Text"
    words = ("save", "w", "export")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Save to the path; without one, to the exports folder as ctrl+s does."""
        target = console.target(TextActions)
        if target is None:
            return
        if not argument.strip():
            target.action_save()
            return
        path = await asyncio.to_thread(Path(argument.strip()).expanduser)
        if await asyncio.to_thread(path.exists):
            console.show_message(f"{path} is there already; nothing was written.")
            return
        target.action_save_to(str(path))


COMMANDS = (
    _text(
        "text.search",
        "Search; lower case finds both cases",
        SearchActions,
        lambda it: it.action_search(),
        "slash",
        footer="search",
    ),
    _text(
        "text.next",
        "Next match; without a search in a comparison: next change",
        MatchActions,
        lambda it: it.action_search_next(),
        "n",
    ),
    _text(
        "text.previous",
        "Match before; without a search in a comparison: change before",
        MatchActions,
        lambda it: it.action_search_previous(),
        "N",
    ),
    _text("text.line", "Go to a line (also :123)", LineActions, lambda it: it.action_ask_line(), "ctrl+g", words=("line",)),
    _text("text.left", "Scroll to the left", SidewaysMoves, lambda it: it.action_left(), "H"),
    _text("text.right", "Scroll to the right", SidewaysMoves, lambda it: it.action_right(), "L"),
    _text(
        "text.wrap",
        "Wrap long lines, or cut them at the edge",
        MatchActions,
        lambda it: it.action_wrap(),
        "w",
        footer="wrap",
        words=("wrap",),
    ),
    _text(
        "text.save",
        "Save to a file below the exports folder (:save PATH elsewhere)",
        TextActions,
        lambda it: it.action_save(),
        "ctrl+s",
        footer="save",
    ),
    SaveTo(),
    _text(
        "text.copy",
        "Copy all of it; v chooses lines, y copies them",
        TextActions,
        lambda it: it.action_copy_text(),
        "c",
        words=("copy",),
    ),
    _text("text.range", "Begin to choose lines, or stop it", RangeActions, lambda it: it.action_range(), "v"),
    _text("text.yank", "Copy the chosen lines, or the one under the cursor", TextActions, lambda it: it.action_yank(), "y"),
    _text("text.pager", "Open in $PAGER", TextActions, lambda it: it.action_pager(), "f3", words=("pager",)),
)
