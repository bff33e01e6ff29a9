"""world account: how somebody logs in to an engine's world, and what they may do. The API has no call for that."""

from pathlib import Path

import click

from imptui.cli.runner import Trouble, safe_text
from imptui.cli.world_file import opened
from imptui.cloud.rules import account as accounts
from imptui.cloud.storage.records import UNSET
from imptui.cloud.storage.world import World
from imptui.domain.account import Account


@click.command()
@click.argument("username")
@click.option("--password", metavar="P", help="The new password.")
@click.option("--unbond-key", metavar="K", help="What takes devices out of production groups.")
@click.option("--otp/--no-otp", default=None, help="Ask for one-time passwords; prints the secret for the phone.")
@click.option("--production/--no-production", default=None, help="May make groups for production.")
@click.pass_obj
def account(
    path: Path,
    username: str,
    password: str | None,
    unbond_key: str | None,
    otp: bool | None,  # noqa: FBT001 - click passes flags so
    production: bool | None,  # noqa: FBT001 - click passes flags so
) -> None:
    """Change how an account of the world logs in, and what it may do; what is not named stays."""
    with opened(path) as world:
        secret = _new_secret(world) if otp else None
        accounts.change_account(
            world,
            accounts.ChangeAccount(
                _called(world, username).id,
                password=UNSET if password is None else password,
                unbond_key=UNSET if unbond_key is None else unbond_key,
                otp_secret=UNSET if otp is None else secret,
                may_do_production=UNSET if production is None else production,
            ),
        )
        if secret is not None:
            click.echo(secret)


def _called(world: World, username: str) -> Account:
    with world.look() as look:
        found = look.accounts.called(username)
    if found is None:
        raise Trouble(f"Nobody is called {safe_text(username)} in this world.")
    return found


def _new_secret(world: World) -> str:
    with world.change() as tx:
        return tx.chance.otp_secret()
