"""Commands that lead from a device or group to its code, its deployments, and the review of the next one."""

from imptui.domain.ids import DeploymentId
from imptui.tui.commands.command import Command, Danger, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Menu, Option
from imptui.tui.commands.routes import CodeRoute, DeploymentsRoute, LineageRoute, ReviewRoute


class GroupBound(Command):
    """A command for the group under the cursor, or the group of the device under it."""

    group = "Deployments"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no group."""
        return None if situation.group is not None else "No group is chosen."


class ReviewDeployment(GroupBound):
    """Review the next deployment of the group."""

    id = "deploy.review"
    keys = ("P",)
    title = "Deploy or promote: review first"
    footer = "deploy"
    danger = Danger.CHANGES

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the review screen of the group."""
        if situation.group is not None:
            console.navigator.open(ReviewRoute(situation.group.id))


class ShowDeployments(GroupBound):
    """List the deployments of the group or the product."""

    id = "deploy.history"
    keys = ("b",)
    title = "Deployments of the group or product"
    footer = "history"
    words = ("deployments", "builds")

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is neither group nor product."""
        return None if situation.group or situation.product else "Neither a group nor a product is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the list of deployments."""
        if situation.group is not None:
            console.navigator.open(DeploymentsRoute(group_id=situation.group.id))
        elif situation.product is not None:
            console.navigator.open(DeploymentsRoute(product_id=situation.product.id))


class ChooseRollBack(GroupBound):
    """Choose an earlier deployment of the group and review the way back."""

    id = "deploy.back"
    keys = ("B",)
    title = "Roll back: choose an earlier deployment, review, confirm"
    danger = Danger.CHANGES

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose a deployment, then open the review, which lists first the deployments that would be undone."""
        from imptui.fleet.deployments.rollout import runs
        from imptui.tui.present.deployment import name_of, run_words

        group = situation.group
        if group is None:
            return
        now = console.fleet.changes.now()
        earlier = [run for run in runs(await console.fleet.look.deployments(group.id), now) if not run.row.is_current]
        if not earlier:
            console.show_message(f"{group.name} has no earlier deployment to go back to.")
            return
        options = tuple(Option(run.row.deployment.id, f"{run_words(run, now)}  {name_of(run.row)}") for run in earlier)
        title = f"Roll {group.name} back to"
        chosen = await console.choose(Menu(title, options, can_filter=True, opened_by=situation.key))
        if chosen is not None:
            console.navigator.open(ReviewRoute(group.id, DeploymentId(chosen)))


class Code(GroupBound):
    """Show the programs of the current deployment of the group."""

    id = "deploy.code"
    keys = ("C",)
    title = "Code of the current deployment"
    words = ("code",)

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if the group has no deployment."""
        if situation.group is None:
            return "No group is chosen."
        return None if situation.group.current_deployment_id else f"Nothing was deployed to {situation.group.name} yet."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the screen of the programs."""
        if situation.group is not None and situation.group.current_deployment_id is not None:
            console.navigator.open(CodeRoute(situation.group.current_deployment_id))


class ShowLineage(GroupBound):
    """Show through which groups the code of the product went."""

    id = "deploy.lineage"
    keys = ("Y",)
    title = "Lineage: which group's code came from where"
    words = ("lineage",)

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is neither group nor product."""
        return None if situation.group or situation.product else "Neither a group nor a product is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the lineage of the product."""
        if situation.group is not None:
            console.navigator.open(LineageRoute(situation.group.product_id, situation.group.id))
        elif situation.product is not None:
            console.navigator.open(LineageRoute(situation.product.id))


COMMANDS = (ShowLineage(), ReviewDeployment(), ShowDeployments(), ChooseRollBack(), Code())
