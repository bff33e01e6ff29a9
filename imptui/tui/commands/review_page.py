"""Commands of the review screen."""

from collections.abc import Sequence

from msgspec import Struct

from imptui.domain.errors import CompileMessage
from imptui.fleet.deployments.draft import Draft
from imptui.fleet.deployments.review_context import ReviewContext
from imptui.tui.commands.actions import ReviewActions, RolloutActions
from imptui.tui.commands.command import Command, Danger, Situation, ViewGroup
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import devices
from imptui.tui.commands.questions import Question
from imptui.tui.present.review import RESTARTS


class DeployBlocker(Struct, frozen=True):
    """The reason why the service will refuse the deployment, if it is known before. The review itself works."""

    reason: str


def deploy_question(draft: Draft, facts: ReviewContext | None, checked: Sequence[CompileMessage] | None, key: str) -> Question:
    """Return the last question before a deployment: source, devices, restart, every caution; production takes its name typed.

    `checked` is None while the compile check runs.
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


class ReviewCommand(Command):
    """A command for a review; the screen executes it."""

    group = "Review"
    danger = Danger.CHANGES
    in_menu = True
    screens = frozenset({"review"})

    def unavailable(self, situation: Situation) -> str | None:
        """Return the reason that the screen reports."""
        if situation.screen not in self.screens:
            return "Nothing is reviewed here."
        return next((each for each in situation.more if isinstance(each, str)), None)


class DeployReviewed(ReviewCommand):
    """Deploy the reviewed draft after asking."""

    id = "review.deploy"
    keys = ("P", "f10")
    title = "Deploy what is reviewed (asks once more)"
    footer = "deploy"
    words = ("deploy",)

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason also if the group is protected or unapproved."""
        blocker = next((each.reason for each in situation.more if isinstance(each, DeployBlocker)), None)
        return super().unavailable(situation) or blocker

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm on the review screen, then deploy."""
        target = console.target(ReviewActions)
        if target is not None:
            await target.action_deploy(situation.key or "")


class ChooseRestartMode(ReviewCommand):
    """Choose how devices restart after the deployment."""

    id = "review.restart"
    keys = ("r",)
    title = "Restart: none, conditional or hard; in a rollout: restart those that wait"
    footer = "restart"
    screens = frozenset({"review", "rollout"})

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Show the menu of restart modes."""
        is_rollout = situation.screen == "rollout"
        target = console.target(RolloutActions) if is_rollout else console.target(ReviewActions)
        if target is not None:
            await target.action_restart(situation.key or "")


class SwitchFlag(ReviewCommand):
    """Flag the new deployment, or not."""

    id = "review.flag"
    keys = ("F",)
    title = "Flag the new deployment, so that it cannot be deleted"

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Switch the flag in the form of the review."""
        target = console.target(ReviewActions)
        if target is not None:
            target.action_flag()


class Discard(ReviewCommand):
    """Delete the draft, which exists only on this machine."""

    id = "review.discard"
    keys = ("D",)
    title = "Discard this review: what was written for it is forgotten (asks)"
    danger = Danger.NONE
    words = ("discard",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm on the review screen, then delete the draft."""
        target = console.target(ReviewActions)
        if target is not None:
            await target.action_discard(situation.key or "")


_view = ViewGroup("Review")

COMMANDS = (
    DeployReviewed(),
    ChooseRestartMode(),
    SwitchFlag(),
    _view(
        "review.source",
        "Review other programs: another deployment, local files",
        ReviewActions,
        lambda it: it.action_choose_source(),
        "S",
        footer="source",
    ),
    _view(
        "review.error",
        "The line that does not compile; e edits it there",
        ReviewActions,
        lambda it: it.action_error(),
        "E",
        footer="error",
    ),
    Discard(),
)
