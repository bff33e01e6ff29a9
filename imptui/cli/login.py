"""login, logout, contexts."""

import sys
from contextlib import suppress
from urllib.parse import urlsplit

import click
from msgspec.structs import replace

from imptui.cli.connect import claim_cache, credentials_of, keep_credentials
from imptui.cli.exit_codes import CHANGING, LOCAL, ExitCode, exits
from imptui.cli.options import Options, tidy_endpoint
from imptui.cli.runner import USAGE, Trouble, plain, print_json, print_table, remark, safe_text, sentences
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.login import LoginEnd
from imptui.client.secret import ClientCredentials, Secret
from imptui.config.contexts import DEMO, EMBEDDED, NamedContext, load_contexts, save_contexts
from imptui.config.secrets import delete_secrets
from imptui.domain.errors import OtpRequired, Refused

LOGOUT_S = 5.0
"""How long logging out waits for the service; here it happens in any case."""

_ENDS = {
    LoginEnd.REVOKED: "forgotten here and by the service; what was signed in with it ends within the hour.",
    LoginEnd.UNKNOWN_THERE: "forgotten here; the service knew this login no longer.",
    LoginEnd.IS_KEY: "forgotten here; the login key itself stays valid: delete it where keys are made.",
    LoginEnd.UNCLEAR: "forgotten here, but the service does not tell which of its logins is this one; it stays valid there.",
}


@click.command(epilog=exits(*CHANGING, words={ExitCode.REFUSED: "the service refuses the login"}))
@click.option("--endpoint", required=True, metavar="URL", help="The API, such as https://api.electricimp.com/v5")
@click.option("--username", metavar="U", help="User name or e-mail address.")
@click.option("--login-key", "with_key", is_flag=True, help="With a login key instead of name and password; it is asked for.")
@click.option("--name", metavar="CONTEXT", help="What to call the context; made of the user name if left out.")
@click.option("--locked", is_flag=True, help="Make the context read-only, until it is logged out of.")
@click.option("--needs-approval", is_flag=True, help="Let nothing into production that no second person approved.")
@click.pass_obj
@plain
async def login(
    options: Options,
    endpoint: str,
    username: str | None,
    with_key: bool,  # noqa: FBT001 - click passes flags so
    name: str | None,
    locked: bool,  # noqa: FBT001 - click passes flags so
    needs_approval: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Log in: asks for the password, or reads it from standard input; the tokens are kept, the password is not.

    A login key (--login-key) can be taken away at any time without changing the password, so it suits shared computers.
    """
    endpoint = tidy_endpoint(endpoint)
    if endpoint == EMBEDDED:
        raise Trouble("The embedded engine needs no login.", USAGE)
    if name == DEMO:
        raise Trouble(f"The context {DEMO!r} is the demonstration; choose another --name.", USAGE)
    if username is None and not with_key:
        raise Trouble("Log in with --username U, or with --login-key.", USAGE)
    locations = options.locations
    known = load_contexts(locations.contexts)
    async with Central(endpoint) as central:
        if with_key:
            await central.exchange(login_key=Secret(_asked("Login key")))
        else:
            await _log_in(central, username or "", Secret(_asked("Password")))
        account = await central.accounts.me()
        name = name or _default_name(username or account.username, endpoint)
        before = known.named.get(name, NamedContext(name, endpoint))
        # What makes a context careful outlasts a new login: locked stays locked.
        context = replace(
            before,
            endpoint=endpoint,
            username=username or account.username,
            is_locked=locked or before.is_locked,
            needs_approval=needs_approval or before.needs_approval,
        )
        warning = claim_cache(locations, context, account.id)
        keep_credentials(locations, context.name, central.credentials)
    save_contexts(locations.contexts, known.with_context(context))
    if warning is not None:
        remark(warning)
    said = f"Logged in as {account.username} at {endpoint}; the context is called {context.name}."
    _say(said)


async def _log_in(central: Central, username: str, password: Secret) -> None:
    try:
        await central.login(username, password)
    except OtpRequired as asked:
        code = Secret(_asked("One-time password"))
        await central.login_otp(Secret(asked.login_token), code, username=username)


def _default_name(username: str, endpoint: str) -> str:
    return username if username != DEMO else f"{username}@{urlsplit(endpoint).netloc}"


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        answer = click.prompt(what, hide_input=True, err=True)
        assert isinstance(answer, str)  # noqa: S101 - click.prompt without type answers text
        return answer
    line = sys.stdin.readline()
    if not line:
        raise Trouble(f"{what} wanted: give it on standard input, or run this in a terminal.", USAGE)
    return line.rstrip("\r\n")


@click.command(epilog=exits(*LOCAL, ExitCode.NOT_FOUND, words={ExitCode.NOT_FOUND: "no such context"}))
@click.pass_obj
@plain
async def logout(options: Options) -> None:
    """Have the service forget this login, and forget context and tokens here. What was read stays in the cache.

    Tokens and context are forgotten here even when the service cannot be told.
    """
    contexts = load_contexts(options.locations.contexts)
    context = contexts.get(options.context)
    if context.is_embedded:
        raise Trouble("The demonstration needs no login, so there is nothing to log out of.", USAGE)
    try:
        there = await _ended_there(context, credentials_of(options.locations, context))
    finally:
        delete_secrets(options.locations.secrets(context.name))
        save_contexts(options.locations.contexts, contexts.without(context.name))
    _say(f"Logged out of {context.name}: {there}")


def _say(sentence: str) -> None:
    with suppress(OSError, ValueError):  # a stderr that cannot be written does not undo it
        click.echo(safe_text(sentence), err=True)


async def _ended_there(context: NamedContext, known: ClientCredentials) -> str:
    async with Central(context.endpoint, credentials=known, context=context.name, timeout_s=LOGOUT_S) as central:
        try:
            return _ENDS[await central.end_login()]
        except (NoAnswer, Refused) as error:
            why = error.why if isinstance(error, NoAnswer) else error.reason
            return f"forgotten here, but the service was not told ({why}); the login stays valid there."


def _access(context: NamedContext) -> str:
    claims = ((context.is_locked, "read-only"), (context.needs_approval, "production needs approval"))
    return ", ".join(words for claim, words in claims if claim)


@click.command(epilog=exits(*LOCAL))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def contexts(options: Options, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """List the named contexts; a star marks the one used last."""
    with sentences():
        known = load_contexts(options.locations.contexts)
        last = known.get(None).name
        if as_json:
            print_json(
                [
                    {
                        "name": each.name,
                        "endpoint": each.endpoint,
                        "username": each.username,
                        "locked": each.is_locked,
                        "needs_approval": each.needs_approval,
                        "last": each.name == last,
                    }
                    for each in known.all()
                ]
            )
            return
        print_table(
            ("", "NAME", "ENDPOINT", "USER", "ACCESS"),
            [("*" if each.name == last else "", each.name, each.endpoint, each.username, _access(each)) for each in known.all()],
        )
