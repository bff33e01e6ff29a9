"""Comparing, reviewing, deploying, and watching what comes of it."""

from imptui.tui.commands.command import Command, Danger, Situation, View
from imptui.tui.commands.console import Console

DIFF = frozenset({"diff"})
WATCH = frozenset({"rollout"})


class Layout(View):
    """One column or two."""

    id = "diff.layout"
    keys = ("vertical_line",)
    title = "Side by side, or one below the other"
    action = "flip_layout"
    group = "Comparison"
    footer = "layout"
    panes = DIFF


class MoreContext(View):
    """More lines around changes."""

    id = "diff.more"
    keys = ("right_curly_bracket",)
    title = "More unchanged lines around changes"
    action = "more_context"
    group = "Comparison"
    footer = "context"
    panes = DIFF


class LessContext(View):
    """Fewer lines around changes."""

    id = "diff.less"
    keys = ("left_curly_bracket",)
    title = "Fewer unchanged lines around changes"
    action = "less_context"
    group = "Comparison"
    panes = DIFF


class Space(View):
    """Ignore white space or not."""

    id = "diff.space"
    keys = ("W", "ctrl+w")
    title = "Ignore differences in white space, or not"
    action = "ignore_space"
    group = "Comparison"
    footer = "space"
    panes = DIFF


class NextChange(View):
    """The next change."""

    id = "diff.next"
    keys = ("right_square_bracket",)
    title = "Next change (also ]c)"
    action = "next_change"
    group = "Comparison"
    panes = DIFF


class PreviousChange(View):
    """The change before."""

    id = "diff.previous"
    keys = ("left_square_bracket",)
    title = "Change before (also [c)"
    action = "previous_change"
    group = "Comparison"
    panes = DIFF


class Deploying(Command):
    """Something about a review; the screen does it."""

    group = "Review"
    danger = Danger.CHANGES
    in_menu = True
    screens = frozenset({"review"})
    verb = ""

    def unavailable(self, situation: Situation) -> str | None:
        """What the screen says against it."""
        if situation.screen not in self.screens:
            return "Nothing is reviewed here."
        return next((each for each in situation.more if isinstance(each, str)), None)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """The screen asks and does it."""
        await console.act(f"{self.verb}('{situation.key or ''}')")


class Deploy(Deploying):
    """Deploy what is reviewed, after asking."""

    id = "review.deploy"
    keys = ("P", "f10")
    title = "Deploy what is reviewed (asks once more)"
    footer = "deploy"
    verb = "deploy"
    words = ("deploy",)


class Restart(Deploying):
    """What happens to the devices after the deployment."""

    id = "review.restart"
    keys = ("r",)
    title = "Restart: none, conditional or hard; in a rollout: restart those that wait"
    footer = "restart"
    verb = "restart"
    screens = frozenset({"review", "rollout"})


class RollBack(Deploying):
    """Back to what the group ran before."""

    id = "rollout.back"
    keys = ("B",)
    title = "Roll back to what the group ran before: review first"
    footer = "roll back"
    verb = "roll_back"
    screens = frozenset({"rollout"})


class Source(View):
    """Other programs."""

    id = "review.source"
    keys = ("S",)
    title = "Review other programs: another deployment, local files"
    action = "choose_source"
    group = "Review"
    footer = "source"


class SwitchFlag(Deploying):
    """Flag the new deployment."""

    id = "review.flag"
    keys = ("F",)
    title = "Flag the new deployment, so that it cannot be deleted"
    verb = "flag"


COMMANDS = (
    Deploy(),
    Restart(),
    RollBack(),
    SwitchFlag(),
    Source(),
    Layout(),
    MoreContext(),
    LessContext(),
    Space(),
    NextChange(),
    PreviousChange(),
)
