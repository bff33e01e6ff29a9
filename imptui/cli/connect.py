"""Connects settings, cache, client and engine into one fleet."""

import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from imptui.cache.store import Cache
from imptui.cli.known_fleet import CachedFleet
from imptui.cli.options import Options
from imptui.client.central import Central
from imptui.client.errors import Unreachable
from imptui.client.guard import Guard
from imptui.client.secret import ClientCredentials, Secret
from imptui.config.contexts import NamedContext
from imptui.config.locations import Locations, secure
from imptui.config.secrets import load_secrets, save_secrets
from imptui.config.settings import Settings
from imptui.domain.ids import GroupId, ProductId
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.status import Context

if TYPE_CHECKING:
    import httpx

    from imptui.cli.record import Recording

IN_PROCESS = "http://embedded.invalid/v5"
"""The endpoint of the engine in this process, for the client; no name is ever looked up."""

_NO_JOURNAL = "the cache cannot be written, so that no journal can be kept"
_TOKENS_LOST = "The tokens of the login cannot be saved in"
_TOKENS_WAY_OUT = "They work until imptui ends; make the file writable, or log in again later."

_OWNER = "account"
"""The note of a cache that holds its account."""


def open_fleet(
    options: Options,
    context: NamedContext,
    settings: Settings,
    notify: Callable[[str], None] | None = None,
    recording: "Recording | None" = None,
) -> tuple[Fleet, list[str]]:
    """Return a fleet for a context, without opening a connection.

    Args:
        options: The options of the command.
        context: The context.
        settings: The settings.
        notify: Receives later notices for the user.
        recording: Records the session; None: it is not recorded.

    Returns:
        The fleet, and notices for the user ("the cache was damaged and moved to ...").

    Raises:
        CacheUnreadable: A newer version wrote the cache, or its folder cannot be used.
        UnreadableFile: The tokens cannot be read.
    """
    locations = options.locations
    for folder in (locations.root, locations.cache(context.name).parent):
        secure(folder)
    opened = Cache.open(locations.cache(context.name), waiting=_say_waiting)
    cache = opened.cache
    journal = JournalWriter(cache)
    guard = Guard(
        options.read_only_because(context) or (_NO_JOURNAL if cache.is_read_only else None),
        (*settings.protected, *context.protected),
        lambda kind, ref: names_of(cache, kind, ref),
        settings.needs_approval or context.needs_approval,
        CachedFleet(cache),
    )
    fleets: list[Fleet] = []

    def keep(found: ClientCredentials) -> None:
        """Save new tokens; a failure to save them must not fail the call."""
        try:
            keep_credentials(locations, context.name, found)
        except OSError as error:
            _report(fleets, f"{_TOKENS_LOST} {locations.secrets(context.name)}: {error.strerror or error}. {_TOKENS_WAY_OUT}")
        else:
            _report(fleets, None)

    central = _central(locations, context, journal, guard, keep, notify, recording)
    described = Context(context.name, context.endpoint, context.username, context.is_embedded, context.theme, context.is_locked)
    fleet = Fleet(
        cache,
        central,
        described,
        journal=journal,
        sync_every_s=settings.sync_minutes * 60,
        queries=settings.queries,
        locks=locations.locks(context.name),
    )
    fleets.append(fleet)
    if cache.is_read_only:
        fleet.report("cache", opened.warning)
    if recording is not None:
        from imptui.config.state import load_state

        recording.begin(fleet, cache, central, settings, load_state(locations.state))
    return fleet, [opened.warning] if opened.warning else []


def _report(fleets: list[Fleet], trouble: str | None) -> None:
    for fleet in fleets:
        fleet.report("tokens", trouble)


def _say_waiting(sentence: str) -> None:
    """Print why a start waits."""
    from imptui.cli.last_frame import current
    from imptui.cli.runner import safe_text

    current().give_back()
    sys.stderr.write(f"imptui: {safe_text(sentence)}\n")
    sys.stderr.flush()


def _central(
    locations: Locations,
    context: NamedContext,
    journal: JournalWriter,
    guard: Guard,
    keep: Callable[[ClientCredentials], None],
    notify: Callable[[str], None] | None,
    recording: "Recording | None",
) -> Central:
    endpoint = IN_PROCESS if context.is_embedded else context.endpoint
    make: Callable[[], httpx.AsyncBaseTransport] | None = None
    if context.is_embedded:
        make = partial(_door, locations, context)
    if recording is not None:
        make = recording.around(endpoint, make or partial(_network, endpoint))
    return Central(
        endpoint,
        credentials=credentials_of(locations, context),
        on_credentials=keep,
        guard=guard,
        journal=journal,
        context=context.name,
        transport=make,
        on_clock_skew=None if notify is None or context.is_embedded else lambda ahead: notify(skew_words(ahead)),
    )


def skew_words(ahead: timedelta) -> str:
    """Return the sentence about a clock that differs from that of the service."""
    minutes = round(abs(ahead).total_seconds() / 60)
    size = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return (
        f"note: the clock of this machine is {size} {'ahead of' if ahead > timedelta() else 'behind'} that of the service."
        " Set it: ages and the end of tokens are wrong."
    )


@asynccontextmanager
async def connected(options: Options, *, refresh: bool = False, stays_here: bool = False) -> AsyncIterator[Fleet]:
    """Yield a fleet for a plain command; read the service first if the cache is empty or `refresh` is set.

    Args:
        options: The options of the command.
        refresh: True to read the service first.
        stays_here: True to read nothing from the service, even if the cache is empty.
    """
    from imptui.cli.runner import Trouble, remark

    context = options.named_context()
    fleet, warnings = open_fleet(options, context, options.settings(), remark)
    for warning in warnings:
        remark(warning)
    try:
        await fleet.sync.recall()
        if refresh or (fleet.sync.synced_at is None and not stays_here):
            await fleet.sync.run()
        yield fleet
        if fleet.status.trouble is not None and fleet.status.trouble.startswith(_TOKENS_LOST):
            remark(fleet.status.trouble)
    except Unreachable as error:
        if context.is_embedded:  # no network is involved: the engine explains the failure
            raise Trouble(engine_trouble(error)) from error
        raise
    except sqlite3.DatabaseError as error:
        cache = options.locations.cache(context.name)
        hint = "Move it away if it is damaged: all but the journal is read anew by the next command."
        raise Trouble(f"Cannot use the cache {cache}: {error}. {hint}") from error
    finally:
        await fleet.close()


def engine_trouble(error: Unreachable) -> str:
    """Return why the embedded engine did not answer, in its own words if it has any."""
    words = re.fullmatch(r"no connection \((.+)\)", error.why, re.DOTALL)
    return words[1] if words else f"The embedded engine did not answer: {error.why}."


def claim_cache(locations: Locations, context: NamedContext, account_id: str) -> str | None:
    """Assign the cache of a context to an account, so that no list ever shows another account's devices.

    Returns:
        A sentence if the cache belonged to another account: it is then moved aside and kept with its journal.

    Raises:
        CacheUnreadable: A newer version wrote the cache, or its folder cannot be used.
    """
    path = locations.cache(context.name)
    secure(path.parent)
    owner = f"{account_id} at {context.endpoint}"
    cache = Cache.open(path).cache
    try:
        before = cache.note(_OWNER)
        if before in (None, owner):
            cache.set_note(_OWNER, owner)
            return None
    finally:
        cache.close()
    aside = path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    path.rename(aside)
    claim_cache(locations, context, account_id)
    return f"The cache of {context.name} was that of another account; it was kept as {aside.name}."


def names_of(cache: Cache, kind: str, ref: str) -> list[str]:
    """Return the names that protected patterns match: those of the thing and of the group and product it belongs to."""
    names: list[str] = []
    if kind == "device":
        for row in cache.devices.find(ref):
            names += [name for name in (row.device.name, row.group_name, row.product_name) if name]
            names += [f"type:{row.device.group_type}"] if row.device.group_type else []
    elif kind == "deployment":
        for each in cache.deployments.find(ref):
            names += names_of(cache, "group", each.group_id) if each.group_id else []
    elif kind == "group":
        group = cache.groups.one(GroupId(ref))
        if group is not None:
            names += [group.name, f"type:{group.type}", *names_of(cache, "product", group.product_id)]
    elif kind == "product":
        product = cache.products.one(ProductId(ref))
        names += [product.name] if product is not None else []
    return names


def credentials_of(locations: Locations, context: NamedContext) -> ClientCredentials:
    """Load the credentials of an earlier login; the embedded engine gets a login key at first use."""
    texts = load_secrets(locations.secrets(context.name))
    if context.is_embedded and "login_key" not in texts:
        import secrets
        import string

        texts["login_key"] = "".join(secrets.choice(string.digits + string.ascii_lowercase) for _ in range(16))
        save_secrets(locations.secrets(context.name), texts)
    return ClientCredentials(
        username=context.username or "",
        access_token=_secret(texts, "access_token"),
        expires_at=_expiry(texts.get("expires_at")),
        refresh_token=_secret(texts, "refresh_token"),
        login_key=_secret(texts, "login_key"),
    )


def keep_credentials(locations: Locations, context: str, found: ClientCredentials) -> None:
    """Save the tokens of a login or a renewal, with mode 0600."""
    named = {
        "access_token": found.access_token.reveal() if found.access_token else None,
        "refresh_token": found.refresh_token.reveal() if found.refresh_token else None,
        "login_key": found.login_key.reveal() if found.login_key else None,
        "expires_at": found.expires_at.isoformat() if found.expires_at else None,
    }
    save_secrets(locations.secrets(context), {name: text for name, text in named.items() if text})


def _expiry(text: str | None) -> datetime | None:
    # An invalid time counts as past: the next request renews the token.
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _secret(texts: dict[str, str], name: str) -> Secret | None:
    return Secret(texts[name]) if texts.get(name) else None


def load_connection(*, is_embedded: bool) -> None:
    """Import what the first call needs, which takes some hundred milliseconds; call it in a thread after the first frame."""
    import imptui.client.calls.accounts
    import imptui.client.calls.deployments
    import imptui.client.calls.devices
    import imptui.client.calls.groups
    import imptui.client.calls.products
    import imptui.client.connection
    import imptui.fleet.deployments.deploy
    import imptui.fleet.logs.device_logs
    import imptui.fleet.operations.account_operations

    if is_embedded:
        import imptui.cli.engine  # noqa: F401 - for later


def _network(endpoint: str) -> "httpx.AsyncBaseTransport":
    from imptui.client.transport import network_transport

    return network_transport(endpoint)


def _door(locations: Locations, context: NamedContext) -> "httpx.AsyncBaseTransport":
    from imptui.cli.engine import EngineTransport

    key = load_secrets(locations.secrets(context.name)).get("login_key", "")
    return EngineTransport(locations.world, Secret(key))
