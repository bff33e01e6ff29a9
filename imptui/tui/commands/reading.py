"""Reading whatever is longer than the screen: programs, comparisons, lists, logs."""

import asyncio
from functools import partial
from pathlib import Path

from imptui.tui.commands.command import Command, Situation, view
from imptui.tui.commands.console_protocol import Console

_text = partial(view, group="Text")


class SaveTo(Command):
    """Into a file that is named."""

    id = "text.save-to"
    title = "Save to a file of your own: :save PATH"
    group = "Text"
    words = ("save", "w", "export")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Without a path as ctrl+s."""
        if not argument.strip():
            await console.act("save")
            return
        path = await asyncio.to_thread(Path(argument.strip()).expanduser)
        if await asyncio.to_thread(path.exists):
            console.say(f"{path} is there already; nothing was written.")
            return
        await console.act(f"save_to('{path}')")


COMMANDS = (
    _text("text.search", "Search; lower case finds both cases", "search", "slash", footer="search"),
    _text("text.next", "Next match; without a search in a comparison: next change", "search_next", "n"),
    _text("text.previous", "Match before; without a search in a comparison: change before", "search_previous", "N"),
    _text("text.line", "Go to a line (also :123)", "ask_line", "ctrl+g", words=("line",)),
    _text("text.left", "Scroll to the left", "left", "H"),
    _text("text.right", "Scroll to the right", "right", "L"),
    _text("text.wrap", "Wrap long lines, or cut them at the edge", "wrap", "w", footer="wrap", words=("wrap",)),
    _text("text.save", "Save to a file below the exports folder (:save PATH elsewhere)", "save", "ctrl+s", footer="save"),
    SaveTo(),
    _text("text.copy", "Copy all of it; v chooses lines, y copies them", "copy_text", "c", words=("copy",)),
    _text("text.range", "Begin to choose lines, or stop it", "range", "v"),
    _text("text.yank", "Copy the chosen lines, or the one under the cursor", "yank", "y"),
    _text("text.pager", "Open in $PAGER", "pager", "f3", words=("pager",)),
)
