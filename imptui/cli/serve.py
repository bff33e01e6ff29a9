"""serve, and the embedded engine's own controls."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from imptui.cli.exit_codes import LOCAL, exits
from imptui.cli.options import Options
from imptui.cli.runner import USAGE, Trouble, fail, sentences, written
from imptui.cli.secret_options import PASSWORD_VARIABLE, UNBOND_KEY_VARIABLE, secret_of, secret_option
from imptui.cli.served_login import check_exposure, how_to_log_in
from imptui.cli.world_accounts import account
from imptui.cli.world_file import EXITS, opened, readable
from imptui.cloud import admin
from imptui.config.locations import make_private

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#]+")


@click.command(epilog=exits(*LOCAL))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--fleet", type=click.Choice(["demo", "empty", "large"]), default="demo", show_default=True)
@click.option("--devices", type=click.IntRange(min=0), help="How many, with --fleet empty or large.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same world.")
@click.option("--dialect", type=click.Choice(["live", "primer"]), default="live", show_default=True)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the world in this file; an existing one is used as it is.",
)
@click.option("--username", metavar="U", help="Who may log in.")
@secret_option("password", "P", "With which password.")
@click.option("--rate-limit", default="off", show_default=True, metavar="N|off", help="Requests per second and account.")
@click.option(
    "--unbond-limit",
    default="off",
    show_default=True,
    metavar="N|off",
    help="Calls per minute and account that take devices out of production groups.",
)
@secret_option("unbond-key", "K", "What takes devices out of production groups, in a new world.")
@click.option(
    "--webhooks",
    type=click.Choice(["nobody", "loopback", "everybody"]),
    default="loopback",
    show_default=True,
    help="Whom webhooks may be posted to.",
)
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A further name by which clients may call.")
@click.option("--cors", "origins", multiple=True, metavar="ORIGIN", help="Web pages of this origin may read answers.")
@click.option("--yes", "is_sure", is_flag=True, help="Serve the well-known login to other machines.")
def serve(
    host: str,
    port: int,
    fleet: str,
    devices: int | None,
    seed: int,
    dialect: str,
    database: Path | None,
    username: str | None,
    password: str | None,
    password_file: str | None,
    rate_limit: str,
    unbond_limit: str,
    unbond_key: str | None,
    unbond_key_file: str | None,
    webhooks: str,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    is_sure: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Serve the engine's HTTP API under /v5 until interrupted.

    Password and unbond key may also be in IMPTUI_WORLD_PASSWORD and IMPTUI_WORLD_UNBOND_KEY.
    """
    from imptui.cloud.serve import CannotListen, bound_socket, is_exposed, serve_world

    if fleet == "demo" and devices is not None:
        fail("The demonstration has the primer's own devices; --devices goes with --fleet empty or large.", USAGE)
    _check_origins(origins)
    limit, unbonding = _limit(rate_limit, "--rate-limit"), _limit(unbond_limit, "--unbond-limit")
    with sentences(), readable():
        try:
            with bound_socket(host, port) as listening:  # before a large world is built for nothing
                exposed = is_exposed(listening)
            password = secret_of("password", password, password_file, PASSWORD_VARIABLE)
            unbond_key = secret_of("unbond-key", unbond_key, unbond_key_file, UNBOND_KEY_VARIABLE)
            known = admin.DEMO_LOGIN
            login = admin.Login(username or known.username, password or known.password, unbond_key=unbond_key or known.unbond_key)
            if exposed and admin.is_new_world(database) and login.password == known.password:
                check_exposure(host, is_sure=is_sure)  # before a world is made that nobody wants
            if database is not None:
                make_private(database.parent)
            was_new = admin.is_new_world(database)
            world = admin.open_world(database, fleet=fleet, devices=devices, seed=seed, login=login)
            try:
                if exposed and not was_new and admin.has_well_known_login(world):
                    check_exposure(host, is_sure=is_sure)
                serve_world(
                    world,
                    host,
                    port,
                    dialect=dialect,
                    rate_limit=limit,
                    unbond_limit=unbonding,
                    webhooks=webhooks,
                    how_to_log_in=how_to_log_in(world, database, username=username, password=password, unbond_key=unbond_key),
                    hosts=hosts,
                    origins=origins,
                )
            finally:
                world.close()
        except CannotListen as error:
            fail(str(error))


def _check_origins(origins: Sequence[str]) -> None:
    for origin in origins:
        if origin != "*" and _ORIGIN.fullmatch(origin) is None:
            raise click.BadParameter(f"{origin!r} is no origin; write https://example.com or *", param_hint="--cors")


def _limit(text: str, option: str) -> int | None:
    if text == "off":
        return None
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise click.BadParameter(f"{text!r} is neither a number above 0 nor off", param_hint=option)


@click.group()
@click.option(
    "--database",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="The world of this file instead of the embedded one.",
)
@click.pass_context
def world(ctx: click.Context, database: Path | None) -> None:
    """Things that happen in the world, not through the API: time, connections, blessing."""
    options = ctx.obj
    assert isinstance(options, Options)  # noqa: S101 - set by the main command
    ctx.obj = database or options.locations.world


@world.command(epilog=EXITS)
@click.argument("span")
@click.pass_obj
def advance(path: Path, span: str) -> None:
    """Move the world's clock forward by SPAN: 90s, 15m, 2h, 1d."""
    with opened(path) as found:
        admin.advance_clock(found, _span(span))
        now = found.now().isoformat().replace("+00:00", "Z")
        with written(f"Moved the clock forward to {now}"):
            click.echo(now)


@world.command(epilog=EXITS)
@click.argument("device")
@click.pass_obj
def connect(path: Path, device: str) -> None:
    """Let a device come online; it takes code that waits for it."""
    with opened(path) as found:
        admin.connect(found, device)


@world.command(epilog=EXITS)
@click.argument("device")
@click.pass_obj
def disconnect(path: Path, device: str) -> None:
    """Let a device go offline."""
    with opened(path) as found:
        admin.disconnect(found, device)


@world.command(epilog=EXITS)
@click.argument("device")
@click.pass_obj
def blinkup(path: Path, device: str) -> None:
    """Let an end user configure a device by BlinkUp."""
    with opened(path) as found:
        admin.blink_up(found, device)


@world.command(epilog=EXITS)
@click.option("--fixture", metavar="DEVICE", help="Which fixture configures it; any fixture if left out.")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--fail", "fails", is_flag=True, help="The devices under test fail.")
@click.pass_obj
def bless(path: Path, fixture: str | None, count: int, fails: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Let a fixture configure new devices under test, and bless them; prints their ids."""
    with opened(path) as found:
        ids = [imp.device.id for imp in admin.bless(found, fixture, count, passed=not fails)]
        with written(f"Configured {', '.join(ids)}"):
            click.echo("\n".join(ids))


@world.command(name="add-device", epilog=EXITS)
@click.option("--mac", metavar="MAC", help="Its MAC address; made up if left out.")
@click.option("--imp", default="imp005", show_default=True, metavar="TYPE")
@click.option("--owner", default="demo", show_default=True, metavar="U", help="Whose account it joins.")
@click.pass_obj
def add_device(path: Path, mac: str | None, imp: str, owner: str) -> None:
    """Let the mobile app add a development device to the account; prints its id."""
    with opened(path) as found:
        device_id = admin.add_device(found, owner, mac_address=mac, imp_type=imp).device.id
        with written(f"Added device {device_id}"):
            click.echo(device_id)


@world.command(epilog=EXITS)
@click.argument("username")
@secret_option("password", "P", "With which the colleague logs in; also in IMPTUI_WORLD_PASSWORD.")
@click.option("--of", "owner", default="demo", show_default=True, metavar="U", help="Whose products they work on together.")
@click.pass_obj
def colleague(path: Path, username: str, password: str | None, password_file: str | None, owner: str) -> None:
    """Open an account for somebody who sees and changes what U owns, such as the second person who approves; prints its id."""
    with sentences():
        password = secret_of("password", password, password_file, PASSWORD_VARIABLE)
        if password is None:
            raise Trouble(f"A colleague needs a password: give --password-file FILE, or {PASSWORD_VARIABLE}.", USAGE)
    with opened(path) as found:
        account_id = admin.open_colleague(found, owner, username, password).id
        with written(f"Opened account {account_id}"):
            click.echo(account_id)


world.add_command(account)


@world.group()
def line() -> None:
    """A factory line that runs by the world's clock."""


@line.command(epilog=EXITS)
@click.option("--group", required=True, metavar="G", help="The fixture group, by id or name.")
@click.option("--rate", default="60/h", show_default=True, metavar="N/h")
@click.option("--yield", "yield_", default=0.97, show_default=True, type=click.FloatRange(0, 1))
@click.pass_obj
def start(path: Path, group: str, rate: str, yield_: float) -> None:
    """Start the line of a fixture group."""
    number, _, unit = rate.partition("/")
    if not number.isdecimal() or unit != "h":
        raise click.BadParameter(f"{rate!r} is no rate; write 120/h", param_hint="--rate")
    with opened(path) as found:
        admin.start_line(found, group, int(number), yield_)


@line.command(epilog=EXITS)
@click.option("--group", required=True, metavar="G", help="The fixture group, by id or name.")
@click.pass_obj
def stop(path: Path, group: str) -> None:
    """Stop the line of a fixture group."""
    with opened(path) as found:
        admin.stop_line(found, group)


def _span(text: str) -> timedelta:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if len(text) < 2 or text[-1] not in units or not text[:-1].isdecimal():
        raise click.BadParameter(f"{text!r} is no span of time; write 90s, 15m, 2h or 1d", param_hint="SPAN")
    return timedelta(seconds=int(text[:-1]) * units[text[-1]])
