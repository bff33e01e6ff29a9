"""What can be done with a deployment: read, compare, promote, roll back to it, flag, tag, describe, delete."""

from collections.abc import Mapping

from imptui.domain import policy
from imptui.domain.group import GroupType
from imptui.domain.ids import GroupId
from imptui.domain.review_mark import description_of, own_tags
from imptui.tui.commands.actions import HistoryListActions
from imptui.tui.commands.command import Command, Danger, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import fill_until_done
from imptui.tui.commands.questions import Form, FormField, Menu, Option, Question
from imptui.tui.commands.routes import ReviewRoute
from imptui.tui.present.deployment import name_of, place_of

LIST = frozenset({"deployments"})


class DeploymentCommand(Command):
    """Something about the deployment under the cursor."""

    group = "Deployments"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """There must be one."""
        return None if situation.deployment is not None else "No deployment is chosen."


class CompareWith(DeploymentCommand):
    """Compare with what is chosen from a menu."""

    id = "deployments.compare"
    keys = ("W",)
    title = "Compare with another deployment or with local files"
    panes = LIST
    words = ("diff", "compare")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """The screen asks with what."""
        target = console.target(HistoryListActions)
        if target is not None:
            target.action_compare_menu()


class PromoteDeployment(DeploymentCommand):
    """The same programs for another group."""

    id = "deployments.promote"
    keys = ("P",)
    title = "Promote to another group: review first"
    footer = "promote"
    danger = Danger.CHANGES
    words = ("promote",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Which group, then the review."""
        row = situation.deployment
        if row is None:
            return
        groups = [each for each in await console.fleet.look.groups() if each.id != row.deployment.group_id]
        products = {each.id: each.name for each in await console.fleet.look.products()}
        if not groups:
            console.say("There is no other group to promote to.")
            return
        order = {str(kind): place for place, kind in enumerate(GroupType)}
        groups.sort(key=lambda each: (each.product_id != row.deployment.product_id, order.get(str(each.type), 99), each.name))
        options = tuple(Option(each.id, each.name, f"{each.type} of {products.get(each.product_id, '?')}") for each in groups)
        menu = Menu(f"Promote {name_of(row)} to", options, can_filter=True, opened_by=situation.key)
        chosen = await console.choose(menu)
        if chosen is not None:
            console.navigator.open(ReviewRoute(GroupId(chosen), row.deployment.id))


class RollBackToDeployment(DeploymentCommand):
    """The same programs for its own group once more."""

    id = "deployments.back"
    keys = ("B",)
    title = "Roll its group back to it: review first"
    footer = "roll back"
    danger = Danger.CHANGES
    words = ("rollback",)

    def unavailable(self, situation: Situation) -> str | None:
        """Its group must be there, and run something else."""
        row = situation.deployment
        if row is None:
            return "No deployment is chosen."
        if row.deployment.group_id is None:
            return "Its group is gone."
        return "It is the current deployment of its group." if row.is_current else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the review."""
        row = situation.deployment
        if row is not None and row.deployment.group_id is not None:
            console.navigator.open(ReviewRoute(row.deployment.group_id, row.deployment.id))


class Flag(DeploymentCommand):
    """Keep it from being deleted, or no longer."""

    id = "deployments.flag"
    keys = ("F",)
    title = "Flag it, so that it cannot be deleted, or take the flag away"
    danger = Danger.CHANGES
    words = ("flag",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Setting a flag asks nothing; taking one away does."""
        row = situation.deployment
        if row is None:
            return
        flagged = row.deployment.is_flagged
        lines = (name_of(row), "Without the flag it can be deleted.")
        if flagged and not await console.ask(Question("Take the flag away?", lines, "Unflag", opened_by=situation.key)):
            return
        await console.fleet.change.update_deployment(row.deployment.id, is_flagged=not flagged)
        console.say(f"{row.deployment.sha[:12]} is {'not flagged any longer' if flagged else 'flagged'}.")


def _description(text: str) -> str | None:
    refusal = policy.validate_description(text)
    return refusal.reason if refusal is not None else None


def check_tags(text: str) -> str | None:
    """Why these tags, with blanks or commas between them, cannot be; None: they can."""
    refusal = policy.validate_tags(tags_in(text))
    return refusal.reason if refusal is not None else None


def tags_in(text: str) -> tuple[str, ...]:
    """The tags in a line of them."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


class Describe(DeploymentCommand):
    """Its description and its tags."""

    id = "deployments.describe"
    keys = ("e", "T")
    title = "Describe and tag it"
    footer = "describe"
    danger = Danger.CHANGES
    panes = LIST

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """A form with what is there."""
        row = situation.deployment
        if row is None:
            return
        made = row.deployment

        async def send(answers: Mapping[str, str]) -> str:
            await console.fleet.reviews.describe(made.id, answers["description"], tags_in(answers["tags"]))
            return f"{made.sha[:12]} is described."

        entries = (
            FormField("description", "description", description_of(made), check=_description),
            FormField("tags", "tags", " ".join(own_tags(made.tags)), hint="letters, digits, _ - * .", check=check_tags),
        )
        await fill_until_done(console, Form(f"Deployment {made.sha[:12]}", entries), send, "Describe the deployment")


class Minimum(DeploymentCommand):
    """Support only this and newer ones."""

    id = "deployments.minimum"
    keys = ("M",)
    title = "Make it the minimum supported deployment of its group"
    danger = Danger.DESTROYS

    def unavailable(self, situation: Situation) -> str | None:
        """It has a group, and is not the minimum already."""
        row = situation.deployment
        if row is None:
            return "No deployment is chosen."
        if row.deployment.group_id is None:
            return "Its group is gone."
        return "It is the minimum supported deployment already." if row.is_minimum else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """It only moves forward, so it asks."""
        row = situation.deployment
        if row is None or row.deployment.group_id is None:
            return
        lines = (name_of(row), f"of {place_of(row)}", "The minimum only moves forward: this cannot be taken back.")
        asked = Question("Support only this deployment and newer ones?", lines, "Set minimum", opened_by=situation.key)
        if await console.ask(asked):
            await console.fleet.change.set_minimum(row.deployment.group_id, row.deployment.id)
            console.say(f"{row.deployment.sha[:12]} is the minimum supported deployment.")


class DeleteDeployment(DeploymentCommand):
    """Delete it for ever."""

    id = "deployments.delete"
    keys = ("D", "delete")
    title = "Delete it"
    danger = Danger.DESTROYS
    panes = LIST

    def unavailable(self, situation: Situation) -> str | None:
        """Neither flagged nor supported."""
        row = situation.deployment
        if row is None:
            return "No deployment is chosen."
        refusal = policy.delete_deployment(is_flagged=row.deployment.is_flagged, is_supported=True in situation.more)
        return refusal.reason if refusal is not None else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """It cannot be brought back, so it asks."""
        row = situation.deployment
        if row is None:
            return
        lines = (name_of(row), f"of {place_of(row)}", "Its programs are gone with it: this cannot be taken back.")
        if await console.ask(Question("Delete this deployment?", lines, "Delete", opened_by=situation.key)):
            await console.fleet.change.delete_deployment(row.deployment.id)
            console.say(f"{row.deployment.sha[:12]} is deleted.")


class CopyMenu(DeploymentCommand):
    """Its sha or id into the clipboard."""

    id = "deployments.copy"
    keys = ("c",)
    title = "Copy its sha or id"
    panes = LIST

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Which of them."""
        row = situation.deployment
        if row is None:
            return
        texts = {"sha": row.deployment.sha, "id": row.deployment.id, "description": row.deployment.description or ""}
        hotkeys = {"sha": "s", "id": "i", "description": "d"}
        options = tuple(Option(key, key, text, hotkey=hotkeys[key]) for key, text in texts.items() if text)
        chosen = await console.choose(Menu("Copy", options, opened_by=situation.key))
        if chosen is not None:
            console.outlets.copy(texts[chosen], chosen)


COMMANDS = (
    CompareWith(),
    PromoteDeployment(),
    RollBackToDeployment(),
    Describe(),
    Flag(),
    Minimum(),
    CopyMenu(),
    DeleteDeployment(),
)
