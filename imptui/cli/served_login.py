"""Who may log in to a served world: compares the options with the file, and keeps the well-known login off the network."""

from pathlib import Path

import click

from imptui.cli.runner import USAGE, Trouble, safe_text
from imptui.cloud import admin
from imptui.domain.account import Account


def how_to_log_in(
    world: admin.World, database: Path | None, *, username: str | None, password: str | None, unbond_key: str | None
) -> str:
    """Return the line that says who may log in, after comparing the options with the accounts of the world.

    Args:
        world: The world, which may have been there before.
        database: Its file.
        username: The option, None if it was left out; so are the others.
        password: With which password.
        unbond_key: What takes devices out of production groups.

    Raises:
        Trouble: The options name an account, a password or an unbond key that the world does not have.
    """
    first = admin.first_account(world)
    account = first if username is None else admin.find_account(world, username)
    there = f"the world {database}" if database is not None else "the world"
    if account is None:
        owner = "" if first is None else f" Its account is {first.username}: leave --username out, or name another file."
        raise Trouble(safe_text(f"Nobody is called {username} in {there}.{owner}"), USAGE)
    for option, secrets in (("password", {"password": password}), ("unbond-key", {"unbond_key": unbond_key})):
        if not admin.secrets_fit(world, account, **secrets):
            raise Trouble(safe_text(_other_secret(option, account.username, there, database)), USAGE)
    return f"log in as {safe_text(account.username)}{_password_hint(world, account, password)}"


def _other_secret(option: str, username: str, there: str, database: Path | None) -> str:
    change = f"imptui world --database {database} account {username} --{option}-file -"
    return f"The {option.replace('-', ' ')} of {username} in {there} is another one. Leave it out, or set it with: {change}"


def _password_hint(world: admin.World, account: Account, password: str | None) -> str:
    # Only the well-known password of the demonstration is ever said.
    if admin.secrets_fit(world, account, password=admin.DEMO_LOGIN.password):
        return f" with password {admin.DEMO_LOGIN.password}"
    return " with the password that was given" if password is not None else " with the password of that account"


def check_exposure(host: str, *, is_sure: bool) -> None:
    """Warn of a well-known login that other machines can use, or refuse to serve it.

    Raises:
        Trouble: `is_sure` is False.
    """
    known = admin.DEMO_LOGIN
    danger = f"Everybody who reaches {host} can log in with the well-known password {known.password}."
    if not is_sure:
        raise Trouble(safe_text(f"{danger} Give --password-file FILE, or --yes if that is wanted."), USAGE)
    click.echo(safe_text(f"imptui: {danger}"), err=True)
