"""The command that signs in again after a token expired or was revoked; secrets are never shown."""

from collections.abc import Mapping
from datetime import UTC, datetime

from imptui.client.secret import Secret
from imptui.domain.errors import OtpRequired, Unauthorized
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import fill_until_done
from imptui.tui.commands.questions import Form, FormField

TRIES = 5
"""One-time passwords that the service accepts for one first step. Source: contract 5.2."""


class SignIn(Command):
    """Sign in to the endpoint of this context."""

    id = "app.sign-in"
    title = "Sign in again"
    group = "Everywhere"
    words = ("login", "sign-in")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Ask for user name and password, then for a one-time password if the account uses one."""
        fleet = console.fleet
        entries = (
            FormField("username", "user name or email", fleet.context.username or "", check=_not_empty),
            FormField("password", "password", is_secret=True, check=_not_empty),
        )

        async def send(answers: Mapping[str, str]) -> str:
            username = answers["username"].strip()
            try:
                await fleet.sign_in(username, Secret(answers["password"]))
            except OtpRequired as asked:
                if not await _one_time(console, asked, username):
                    return "Not signed in: the account asks for a one-time password."
            return f"Signed in as {username}."

        form = Form(f"Sign in at {fleet.context.endpoint}", entries, "Sign in")
        await fill_until_done(console, form, send, "Sign in")


async def _one_time(console: Console, asked: OtpRequired, username: str) -> bool:
    """Ask for the one-time password, again after a wrong one: the first step stays valid for a while.

    Returns:
        True if the service accepted it; False if the user cancelled.

    Raises:
        Unauthorized: The first step is not valid any more, by time or by too many tries.

    Source: contract 5.2.
    """
    entry = FormField("otp", "one-time password", is_secret=True, check=_not_empty, hint="six digits, new ones every 30 s")
    form = Form("One-time password", (entry,), "Sign in")
    for left in range(TRIES - 1, -1, -1):
        code = await console.fill(form)
        if code is None:
            return False
        try:
            await console.fleet.sign_in_otp(Secret(asked.login_token), Secret(code["otp"].strip()), username)
        except Unauthorized:
            if _is_over(asked.expires_at, console.fleet.changes.now()):
                raise Unauthorized("The time for the one-time password is over: give the password again.") from None
            form = form.again(code, f"That one-time password does not fit. Tries left: {left}. Is the clock of the phone right?")
        else:
            return True
    raise Unauthorized("Too many wrong one-time passwords: give the password again.")


def _is_over(expires_at: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(expires_at)
    except ValueError:
        return False
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)) <= now


def _not_empty(text: str) -> str | None:
    return None if text.strip() else "This is needed."


COMMANDS = (SignIn(),)
