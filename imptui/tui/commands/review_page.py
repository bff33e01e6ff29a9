"""Reviewing and deploying."""

from imptui.tui.commands.command import Command, Danger, Situation, View
from imptui.tui.commands.console import Console


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


COMMANDS = (Deploy(), Restart(), SwitchFlag(), Source())
