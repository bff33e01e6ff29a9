"""Commands that approve a deployment or object to it, visibly for colleagues."""

from collections.abc import Mapping

from imptui.domain.review_mark import Verdict
from imptui.tui.commands.command import Command, Danger, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import fill_until_done
from imptui.tui.commands.questions import Form, FormField
from imptui.tui.present.deployment import name_of, place_of


class Marking(Command):
    """A command that sets the user's mark on the deployment under the cursor, or on the one in review."""

    group = "Review"
    danger = Danger.CHANGES
    in_menu = True
    verdict: Verdict
    ask = ""
    needs_reason = False

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no deployment; local programs bear no marks."""
        if situation.deployment is not None:
            return None
        if situation.screen == "review":
            return "These programs are in no deployment yet, so nobody can mark it."
        return "No deployment is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Ask for a reason, then set the mark."""
        row = situation.deployment
        if row is None:
            return

        async def send(answers: Mapping[str, str]) -> str:
            await console.fleet.reviews.mark(row.deployment.id, self.verdict, answers["reason"])
            return f"{row.deployment.sha[:12]} is {self.verdict} by you; colleagues see it."

        hint = "needed: what must change?" if self.needs_reason else "may be empty; colleagues read it"
        entry = FormField("reason", "reason", argument, hint=hint, check=self.check if self.needs_reason else None)
        title = f"{self.ask} {name_of(row)} of {place_of(row)}"
        form = Form(title, (entry,), self.ask, opened_by=situation.key)
        await fill_until_done(console, form, send, f"{self.ask} the deployment")

    @staticmethod
    def check(reason: str) -> str | None:
        """Return why a reason is not valid: an objection needs one."""
        return None if reason.strip() else "An objection needs a reason: what must change?"


class Approve(Marking):
    """Approve the deployment."""

    id = "review.approve"
    keys = ("V",)
    title = "Approve it, so that colleagues see it (asks for a reason)"
    footer = "approve"
    words = ("approve",)
    verdict = Verdict.APPROVED
    ask = "Approve"


class Object(Marking):
    """Object to the deployment."""

    id = "review.object"
    keys = ("X",)
    title = "Object to it, so that colleagues see it (asks for a reason)"
    footer = "object"
    words = ("object",)
    verdict = Verdict.OBJECTED
    ask = "Object to"
    needs_reason = True


COMMANDS = (Approve(), Object())
