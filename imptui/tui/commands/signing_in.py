"""Signing in again, when a token ended or was revoked; secrets are never echoed."""

from collections.abc import Mapping

from imptui.client.secret import Secret
from imptui.model.errors import OtpRequired
from imptui.tui.commands.asking import fill_until_done
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console import Console
from imptui.tui.commands.questions import Entry, Form


class SignIn(Command):
    """Sign in to the endpoint of this context."""

    id = "app.sign-in"
    title = "Sign in again"
    group = "Everywhere"
    words = ("login", "sign-in")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """User name and password, then a one-time password where the account has one."""
        fleet = console.fleet
        entries = (
            Entry("username", "user name or email", fleet.context.username or "", check=_not_empty),
            Entry("password", "password", is_secret=True, check=_not_empty),
        )

        async def send(answers: Mapping[str, str]) -> str:
            try:
                await fleet.sign_in(answers["username"].strip(), Secret(answers["password"]))
            except OtpRequired as asked:
                once = Entry("otp", "one-time password", is_secret=True)
                code = await console.fill(Form("One-time password", (once,), "Sign in"))
                if code is None:
                    return "Not signed in: the account asks for a one-time password."
                await fleet.sign_in_otp(Secret(asked.login_token), Secret(code["otp"].strip()), answers["username"].strip())
            return f"Signed in as {answers['username'].strip()}."

        form = Form(f"Sign in at {fleet.context.endpoint}", entries, "Sign in")
        await fill_until_done(console, form, send, "Sign in")


def _not_empty(text: str) -> str | None:
    return None if text.strip() else "This is needed."


COMMANDS = (SignIn(),)
