"""The command for unfinished reviews: begun, saved and not deployed."""

from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Menu, Option, Question
from imptui.tui.commands.routes import ReviewRoute
from imptui.tui.present.age import ago


class UnfinishedReviewCommand(Command):
    """Resume or delete an unfinished review."""

    id = "review.unfinished"
    title = "Unfinished reviews: go on with one, or discard it"
    group = "Review"
    words = ("drafts", "unfinished")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose a review and what to do with it."""
        kept = await console.fleet.drafts.unfinished()
        if not kept:
            console.show_message("No review is unfinished.")
            return
        now = console.fleet.changes.now()
        options = tuple(
            Option(
                str(number),
                f"{each.group_name}: {each.description or each.source}",
                f"{each.source}, {ago(each.saved_at, now)}",
            )
            for number, each in enumerate(kept)
        )
        chosen = await console.choose(Menu("Unfinished reviews", options, can_filter=True))
        if chosen is None:
            return
        one = kept[int(chosen)]
        what = (Option("open", "go on with it", hotkey="g"), Option("discard", "discard it", hotkey="x"))
        todo = await console.choose(Menu(f"The review for {one.group_name}", what))
        if todo == "open":
            console.navigator.open(ReviewRoute(one.group_id, unfinished=one))
        elif todo == "discard":
            lines = (f"From: {one.source}", one.description, "What was written for it is forgotten.")
            asked = Question(f"Discard the review for {one.group_name}?", lines, "Discard", opened_by="x")
            if await console.ask(asked):
                await console.fleet.drafts.drop(one.key)
                console.show_message("The review is discarded; nothing was deployed.")


COMMANDS = (UnfinishedReviewCommand(),)
