"""Reviewing and deploying."""

from collections.abc import Sequence

from msgspec import Struct

from imptui.domain.errors import CompileMessage
from imptui.fleet.deployments.draft import Draft
from imptui.fleet.deployments.review_context import ReviewContext
from imptui.tui.commands.command import Command, Danger, Situation, view
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import devices
from imptui.tui.commands.questions import Question
from imptui.tui.present.review import RESTARTS


class Hindrance(Struct, frozen=True):
    """Why deploying will be refused, as far as can be told before; everything else about the review works."""

    reason: str


def deploy_question(draft: Draft, facts: ReviewContext | None, checked: Sequence[CompileMessage] | None, key: str) -> Question:
    """The last question before a deployment: from where, to how many, what then, and every caution; production takes its name.

    `checked` is None while the check of the code is not through.
    """
    affected = facts.affected if facts is not None else None
    lines = [f"From: {draft.source}"]
    if affected is not None:
        offline = affected.tally.devices - affected.tally.online
        lines.append(f"Affects {devices(affected.tally.devices)}: {affected.tally.online:,} online, {offline:,} offline.")
    lines.append(f"Restart: {draft.restart.value}. {RESTARTS[draft.restart]}")
    lines += [caution.text for caution in draft.cautions]
    if checked:
        lines.append("Our check found errors in the code; the service will most likely refuse it.")
    elif checked is None:
        lines.append("The code was not checked to its end yet.")
    must_type = draft.group.name if draft.needs_name else None
    return Question(f"Deploy to {draft.group.name}?", tuple(lines), "Deploy", opened_by=key or None, must_type=must_type)


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


class DeployReviewed(Deploying):
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


class ChooseRestartMode(Deploying):
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
    DeployReviewed(),
    ChooseRestartMode(),
    SwitchFlag(),
    view(
        "review.source",
        "Review other programs: another deployment, local files",
        "choose_source",
        "S",
        group="Review",
        footer="source",
        may_ask=True,
    ),
    view("review.error", "The line that does not compile; e edits it there", "error", "E", group="Review", footer="error"),
    Discard(),
)
