"""Reading whatever is longer than the screen: programs, comparisons, lists, logs."""

import asyncio
from pathlib import Path

from imptui.tui.commands.command import Command, Situation, View
from imptui.tui.commands.console import Console


class Search(View):
    """Look for a text."""

    id = "text.search"
    keys = ("slash",)
    title = "Search; lower case finds both cases"
    action = "search"
    group = "Text"
    footer = "search"


class Next(View):
    """The next match, or change."""

    id = "text.next"
    keys = ("n",)
    title = "Next match; without a search in a comparison: next change"
    action = "search_next"
    group = "Text"


class Previous(View):
    """The match before, or change."""

    id = "text.previous"
    keys = ("N",)
    title = "Match before; without a search in a comparison: change before"
    action = "search_previous"
    group = "Text"


class Line(View):
    """Go to a line by its number."""

    id = "text.line"
    keys = ("ctrl+g",)
    title = "Go to a line (also :123)"
    action = "ask_line"
    group = "Text"
    words = ("line",)


class FarLeft(View):
    """Scroll to the left."""

    id = "text.left"
    keys = ("H",)
    title = "Scroll to the left"
    action = "left"
    group = "Text"


class FarRight(View):
    """Scroll to the right."""

    id = "text.right"
    keys = ("L",)
    title = "Scroll to the right"
    action = "right"
    group = "Text"


class Wrap(View):
    """Wrap long lines or not."""

    id = "text.wrap"
    keys = ("w",)
    title = "Wrap long lines, or cut them at the edge"
    action = "wrap"
    group = "Text"
    footer = "wrap"
    words = ("wrap",)


class Save(View):
    """Into a file below the exports folder."""

    id = "text.save"
    keys = ("ctrl+s",)
    title = "Save to a file below the exports folder (:save PATH elsewhere)"
    action = "save"
    group = "Text"
    footer = "save"


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


class Copy(View):
    """Into the clipboard."""

    id = "text.copy"
    keys = ("c",)
    title = "Copy all of it"
    action = "copy_text"
    group = "Text"
    words = ("copy",)


class Pager(View):
    """In the person's pager."""

    id = "text.pager"
    keys = ("f3",)
    title = "Open in $PAGER"
    action = "pager"
    group = "Text"
    words = ("pager",)


COMMANDS = (Search(), Next(), Previous(), Line(), FarLeft(), FarRight(), Wrap(), Save(), SaveTo(), Copy(), Pager())
