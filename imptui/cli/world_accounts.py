"""world account: how somebody logs in to an engine's world, and what they may do. The API has no call for that."""

from pathlib import Path

import click

from imptui.cli.exit_codes import ExitCode
from imptui.cli.runner import Trouble, safe_text, sentences, written
from imptui.cli.secret_options import secret_of, secret_option
from imptui.cli.world_file import EXITS, opened
from imptui.cloud import admin


@click.command(epilog=EXITS)
@click.argument("username")
@secret_option("password", "P", "The new password.")
@secret_option("unbond-key", "K", "What takes devices out of production groups.")
@click.option("--otp/--no-otp", default=None, help="Ask for one-time passwords; prints the secret for the phone.")
@click.option("--production/--no-production", default=None, help="May make groups for production.")
@click.pass_obj
def account(
    path: Path,
    username: str,
    password: str | None,
    password_file: str | None,
    unbond_key: str | None,
    unbond_key_file: str | None,
    otp: bool | None,  # noqa: FBT001 - click passes flags so
    production: bool | None,  # noqa: FBT001 - click passes flags so
) -> None:
    """Change how an account of the world logs in, and what it may do; what is not named stays."""
    with sentences():
        password = secret_of("password", password, password_file)
        unbond_key = secret_of("unbond-key", unbond_key, unbond_key_file)
    with opened(path) as world:
        found = admin.find_account(world, username)
        if found is None:
            raise Trouble(f"Nobody is called {safe_text(username)} in this world.", ExitCode.NOT_FOUND)
        secret = admin.change_account(
            world, found, password=password, unbond_key=unbond_key, needs_otp=otp, may_do_production=production
        )
        if secret is not None:
            with written(f"Changed the account {username}"):  # the secret itself is for standard output alone
                click.echo(secret)
