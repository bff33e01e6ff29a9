"""Reviewing and deploying."""

from dataclasses import dataclass

from imptui.tui.commands.command import Command, Danger, Situation, view
from imptui.tui.commands.console import Console


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why deploying will be refused, as far as can be told before; everything else about the review works."""

    reason: str


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

    def unavailable(self, situation: Situation) -> str | None:
        """Besides what is against all of it: protection, and a missing approval."""
        hindrance = next((each.reason for each in situation.more if isinstance(each, Hindrance)), None)
        return super().unavailable(situation) or hindrance


class Restart(Deploying):
    """What happens to the devices after the deployment."""

    id = "review.restart"
    keys = ("r",)
    title = "Restart: none, conditional or hard; in a rollout: restart those that wait"
    footer = "restart"
    verb = "restart"
    screens = frozenset({"review", "rollout"})


class SwitchFlag(Deploying):
    """Flag the new deployment."""

    id = "review.flag"
    keys = ("F",)
    title = "Flag the new deployment, so that it cannot be deleted"
    verb = "flag"


class Discard(Deploying):
    """Forget the draft; the service has never heard of it."""

    id = "review.discard"
    keys = ("D",)
    title = "Discard this review: what was written for it is forgotten (asks)"
    danger = Danger.NONE
    verb = "discard"
    words = ("discard",)


COMMANDS = (
    Deploy(),
    Restart(),
    SwitchFlag(),
    view(
        "review.source",
        "Review other programs: another deployment, local files",
        "choose_source",
        "S",
        group="Review",
        footer="source",
    ),
    view("review.error", "The line that does not compile; e edits it there", "error", "E", group="Review", footer="error"),
    Discard(),
)
