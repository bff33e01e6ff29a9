"""Commands for a deployment: compare, promote, roll back, flag, tag, describe, delete."""

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
    """A command for the deployment under the cursor."""

    group = "Deployments"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no deployment."""
        return None if situation.deployment is not None else "No deployment is chosen."


class CompareWith(DeploymentCommand):
    """Compare the deployment with one that is chosen from a menu."""

    id = "deployments.compare"
    keys = ("W",)
    title = "Compare with another deployment or with local files"
    panes = LIST
    words = ("diff", "compare")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Let the screen ask for the other side."""
        target = console.target(HistoryListActions)
        if target is not None:
            target.action_compare_menu()


class PromoteDeployment(DeploymentCommand):
    """Deploy the same programs to another group."""

    id = "deployments.promote"
    keys = ("P",)
    title = "Promote to another group: review first"
    footer = "promote"
    danger = Danger.CHANGES
    words = ("promote",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose a group, then open the review."""
        row = situation.deployment
        if row is None:
            return
        groups = [each for each in await console.fleet.look.groups() if each.id != row.deployment.group_id]
        products = {each.id: each.name for each in await console.fleet.look.products()}
        if not groups:
            console.show_message("There is no other group to promote to.")
            return
        order = {str(kind): place for place, kind in enumerate(GroupType)}
        groups.sort(key=lambda each: (each.product_id != row.deployment.product_id, order.get(str(each.type), 99), each.name))
        options = tuple(Option(each.id, each.name, f"{each.type} of {products.get(each.product_id, '?')}") for each in groups)
        menu = Menu(f"Promote {name_of(row)} to", options, can_filter=True, opened_by=situation.key)
        chosen = await console.choose(menu)
        if chosen is not None:
            console.navigator.open(ReviewRoute(GroupId(chosen), row.deployment.id))


class RollBackToDeployment(DeploymentCommand):
    """Deploy the same programs to the same group again."""

    id = "deployments.back"
    keys = ("B",)
    title = "Roll its group back to it: review first"
    footer = "roll back"
    danger = Danger.CHANGES
    words = ("rollback",)

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if the group is gone or runs this deployment."""
        row = situation.deployment
        if row is None:
            return "No deployment is chosen."
        if row.deployment.group_id is None:
            return "Its group is gone."
        return "It is the current deployment of its group." if row.is_current else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the review of the roll-back."""
        row = situation.deployment
        if row is not None and row.deployment.group_id is not None:
            console.navigator.open(ReviewRoute(row.deployment.group_id, row.deployment.id))


class Flag(DeploymentCommand):
    """Protect the deployment from deletion, or remove the protection."""

    id = "deployments.flag"
    keys = ("F",)
    title = "Flag it, so that it cannot be deleted, or take the flag away"
    danger = Danger.CHANGES
    words = ("flag",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Set the flag; removing it asks first."""
        row = situation.deployment
        if row is None:
            return
        flagged = row.deployment.is_flagged
        lines = (name_of(row), "Without the flag it can be deleted.")
        if flagged and not await console.ask(Question("Take the flag away?", lines, "Unflag", opened_by=situation.key)):
            return
        await console.fleet.change.update_deployment(row.deployment.id, is_flagged=not flagged)
        console.show_message(f"{row.deployment.sha[:12]} is {'not flagged any longer' if flagged else 'flagged'}.")


def _description(text: str) -> str | None:
    refusal = policy.validate_description(text)
    return refusal.reason if refusal is not None else None


def check_tags(text: str) -> str | None:
    """Return why a line of tags, separated by blanks or commas, is not valid; None: it is."""
    refusal = policy.validate_tags(tags_in(text))
    return refusal.reason if refusal is not None else None


def tags_in(text: str) -> tuple[str, ...]:
    """Return the tags in a line of text."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


class Describe(DeploymentCommand):
    """Change the description and the tags."""

    id = "deployments.describe"
    keys = ("e", "T")
    title = "Describe and tag it"
    footer = "describe"
    danger = Danger.CHANGES
    panes = LIST

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Show a form with the present values."""
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
    """Make the deployment the minimum supported one."""

    id = "deployments.minimum"
    keys = ("M",)
    title = "Make it the minimum supported deployment of its group"
    danger = Danger.DESTROYS

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no group, or it is the minimum already."""
        row = situation.deployment
        if row is None:
            return "No deployment is chosen."
        if row.deployment.group_id is None:
            return "Its group is gone."
        return "It is the minimum supported deployment already." if row.is_minimum else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm first, because the minimum only moves forward."""
        row = situation.deployment
        if row is None or row.deployment.group_id is None:
            return
        lines = (name_of(row), f"of {place_of(row)}", "The minimum only moves forward: this cannot be taken back.")
        asked = Question("Support only this deployment and newer ones?", lines, "Set minimum", opened_by=situation.key)
        if await console.ask(asked):
            await console.fleet.change.set_minimum(row.deployment.group_id, row.deployment.id)
            console.show_message(f"{row.deployment.sha[:12]} is the minimum supported deployment.")


class DeleteDeployment(DeploymentCommand):
    """Delete the deployment for ever."""

    id = "deployments.delete"
    keys = ("D", "delete")
    title = "Delete it"
    danger = Danger.DESTROYS
    panes = LIST

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if it is flagged or supported."""
        row = situation.deployment
        if row is None:
            return "No deployment is chosen."
        refusal = policy.delete_deployment(is_flagged=row.deployment.is_flagged, is_supported=True in situation.more)
        return refusal.reason if refusal is not None else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm first, because a deleted deployment cannot be restored."""
        row = situation.deployment
        if row is None:
            return
        lines = (name_of(row), f"of {place_of(row)}", "Its programs are gone with it: this cannot be taken back.")
        if await console.ask(Question("Delete this deployment?", lines, "Delete", opened_by=situation.key)):
            await console.fleet.change.delete_deployment(row.deployment.id)
            console.show_message(f"{row.deployment.sha[:12]} is deleted.")


class CopyMenu(DeploymentCommand):
    """Copy the sha or the id of the deployment."""

    id = "deployments.copy"
    keys = ("c",)
    title = "Copy its sha or id"
    panes = LIST

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose one of them from a menu, and copy it."""
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
