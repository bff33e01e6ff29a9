"""Approving a deployment, or objecting to it, so that colleagues see it."""

from collections.abc import Mapping

from imptui.domain.review_mark import Verdict
from imptui.tui.commands.command import Command, Danger, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import fill_until_done
from imptui.tui.commands.questions import Form, FormField
from imptui.tui.present.deployment import name_of, place_of


class Marking(Command):
    """One's mark on the deployment under the cursor, or on the one that is reviewed."""

    group = "Review"
    danger = Danger.CHANGES
    in_menu = True
    verdict: Verdict
    ask = ""
    needs_reason = False

    def unavailable(self, situation: Situation) -> str | None:
        """There must be one: programs at hand bear no marks."""
        if situation.deployment is not None:
            return None
        if situation.screen == "review":
            return "These programs are in no deployment yet, so nobody can mark it."
        return "No deployment is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Ask why, then mark it."""
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
        """An objection without a reason helps nobody."""
        return None if reason.strip() else "An objection needs a reason: what must change?"


class Approve(Marking):
    """Looks good."""

    id = "review.approve"
    keys = ("V",)
    title = "Approve it, so that colleagues see it (asks for a reason)"
    footer = "approve"
    words = ("approve",)
    verdict = Verdict.APPROVED
    ask = "Approve"


class Object(Marking):
    """Should not go on."""

    id = "review.object"
    keys = ("X",)
    title = "Object to it, so that colleagues see it (asks for a reason)"
    footer = "object"
    words = ("object",)
    verdict = Verdict.OBJECTED
    ask = "Object to"
    needs_reason = True


COMMANDS = (Approve(), Object())
