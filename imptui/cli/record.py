"""`--record DIR` records a session of the console, `imptui replay DIR` plays it again without any other file."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from imptui import __version__
from imptui.cache.store import Cache
from imptui.cli.exit_codes import LOCAL, ExitCode, exits
from imptui.cli.runner import USAGE, Trouble, plain, safe_text
from imptui.client.central import Central
from imptui.client.guard import Guard
from imptui.client.recorded_calls import RecordingTransport, ReplayTransport
from imptui.client.secret import ClientCredentials, Secret
from imptui.config.errors import Misconfigured
from imptui.config.locations import Locations, make_private
from imptui.config.settings import Settings
from imptui.config.state import SessionState, save_state
from imptui.fleet.background import IN_BACKGROUND
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.record.event_log import CACHE, SCHEMA, VERSION, EventLog, RecordedEvent, RecordUnreadable, read_events
from imptui.fleet.record.fleet_recorder import FleetRecorder
from imptui.fleet.record.replayed_fleet import ReplayClock, ReplayedFleet
from imptui.fleet.status import Context

if TYPE_CHECKING:
    import httpx

    from imptui.tui.app import ImptuiApp
    from imptui.tui.replay import ReplayApp

NOWHERE = "http://replay.invalid/v5"
"""The endpoint of a replay; nothing is ever looked up under it."""


class Recording:
    """The record of one session.

    Args:
        folder: The folder to record in; it is created, or empty.

    Raises:
        Trouble: The folder holds something, or cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise Trouble(f"Cannot record in {folder}: it exists and is not empty. Name a new folder.", USAGE)
            make_private(folder)
            folder.chmod(0o700)
        except OSError as error:
            raise Trouble(f"Cannot record in {folder}: {error.strerror or error}.", USAGE) from error
        self._folder = folder
        self._log: EventLog | None = None

    @property
    def log(self) -> EventLog:
        """The events; there is a log after `begin`."""
        assert self._log is not None, "the record has begun"  # noqa: S101
        return self._log

    def around(self, endpoint: str, make: "Callable[[], httpx.AsyncBaseTransport]") -> "Callable[[], httpx.AsyncBaseTransport]":
        """Return a function that makes a transport which records what another one answers."""
        return lambda: RecordingTransport(make(), endpoint, self.log, IN_BACKGROUND.get)

    def begin(self, fleet: Fleet, cache: Cache, central: Central, settings: Settings, state: SessionState) -> None:
        """Copy the cache, and record what the fleet does from now on.

        Raises:
            CacheUnreadable: The cache cannot be copied.
            OSError: The folder cannot be used.
        """
        copy = self._folder / CACHE
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        cache.copy_to(copy)
        log = self._log = EventLog(self._folder, fleet.changes.now)
        for secret in (central.credentials.access_token, central.credentials.refresh_token, central.credentials.login_key):
            if secret is not None:
                log.hide(secret.reveal())
        columns, lines = shutil.get_terminal_size()
        guard = central.guard
        log.write(
            "begin",
            schema=SCHEMA,
            version=VERSION,
            program=__version__,
            columns=columns,
            lines=lines,
            context=msgspec.to_builtins(fleet.context),
            settings=_plain(settings),
            state=_plain(state),
            guard={
                "read_only_because": guard.read_only_because,
                "protected": guard.protected,
                "needs_approval": guard.needs_approval,
            },
        )
        FleetRecorder(fleet, cache, log)

    def attach(self, app: "ImptuiApp") -> None:
        """Record the input of a console, and tell there once if recording fails."""
        from imptui.tui.console.input_recorder import InputRecorder

        app.router.on_delivered = InputRecorder(app, self.log)
        self.log.on_failure = partial(_tell, app)

    def close(self) -> None:
        """Write the last event."""
        if self._log is not None:
            self._log.close()


def _tell(app: "ImptuiApp", sentence: str) -> None:
    def tell() -> None:
        app.notifier.record(sentence)
        app.show_message(sentence)

    app.call_later(tell)


def _plain(thing: msgspec.Struct) -> dict[str, Any]:
    """Return the fields of a struct; mappings that cannot be changed become dictionaries."""
    fields = {name: getattr(thing, name) for name in thing.__struct_fields__}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in fields.items()}


@click.command(epilog=exits(*LOCAL, ExitCode.NOT_FOUND))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--speed", default="1", show_default=True, metavar="N", help="N times as fast as it was, or `max`.")
@click.option("--step", is_flag=True, help="Wait for a key before each input.")
@click.option("--text", is_flag=True, help="Play at full speed without a terminal and print the last screen.")
@plain
async def replay(folder: Path, speed: str, step: bool, text: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Replay the session that `imptui --record FOLDER` recorded. Nothing is sent, and no data of yours is touched."""
    factor = _speed_of(speed)
    if not text and not all(each is not None and each.isatty() for each in (sys.stdin, sys.stdout)):
        raise Trouble("A replay needs a terminal; `imptui replay --text FOLDER` prints the last screen.", USAGE)
    os.environ["VISUAL"] = "true"  # an editor that was opened is not opened again
    with tempfile.TemporaryDirectory(prefix="imptui-replay-") as temporary:
        app, size = await asyncio.to_thread(
            open_replay, folder, Path(temporary), speed=None if text else factor, is_stepping=step and not text
        )
        await app.run_async(headless=text, size=size, mouse=False) if not text else await run_to_the_end(app, size)
        if app.played is not None and app.played.done() and not app.played.cancelled():
            app.played.result()
    if text:
        click.echo("\n".join(safe_text(line).rstrip() for line in app.last_screen.split("\n")))


async def run_to_the_end(app: "ReplayApp", size: tuple[int, int]) -> None:
    """Play a record without a terminal."""
    async with app.run_test(size=size):
        if app.played is not None:
            await asyncio.wait([app.played])


def open_replay(
    folder: Path, temporary: Path, *, speed: float | None = None, is_stepping: bool = False
) -> "tuple[ReplayApp, tuple[int, int]]":
    """Build the console of a replay over a copy of the record's cache. Blocks.

    Args:
        folder: The record; it is only read.
        temporary: An empty folder for everything that the replay writes.
        speed: See `ReplayApp`.
        is_stepping: See `ReplayApp`.

    Returns:
        The console, and columns and lines of its terminal.

    Raises:
        Trouble: It is no record, or not one that this version can replay.
    """
    try:
        events = list(read_events(folder))
        if not events:
            raise RecordUnreadable(f"Cannot replay {folder}: the record is empty.")
        return _console(folder, temporary, events, speed, is_stepping=is_stepping)
    except RecordUnreadable as error:
        raise Trouble(str(error), ExitCode.OTHER if folder.exists() else ExitCode.NOT_FOUND) from error
    except (msgspec.ValidationError, KeyError) as error:
        raise Trouble(f"Cannot replay {folder}: its first event makes no sense ({error}).", ExitCode.OTHER) from error


def _console(
    folder: Path, temporary: Path, events: list[RecordedEvent], speed: float | None, *, is_stepping: bool
) -> "tuple[ReplayApp, tuple[int, int]]":
    from imptui.tui.replay import ReplayApp

    begin = events[0].fields
    context = msgspec.convert(begin["context"], Context, strict=False)
    settings = _settings_of(begin["settings"])
    locations = Locations(temporary)
    cache_path = locations.cache(context.name)
    make_private(cache_path.parent)
    shutil.copyfile(folder / CACHE, cache_path)
    save_state(locations.state, msgspec.convert(begin["state"], SessionState, strict=False))
    cache = Cache.open(cache_path).cache
    journal = JournalWriter(cache)
    outcomes = ReplayTransport(NOWHERE, [each.fields["request"] for each in events if each.kind == "call"])
    guard = begin["guard"]
    central = Central(
        NOWHERE,
        credentials=ClientCredentials(username=context.username or "", access_token=Secret("replay")),
        guard=Guard(guard["read_only_because"], tuple(guard["protected"]), needs_approval=guard["needs_approval"]),
        journal=journal,
        context=context.name,
        transport=outcomes,
        clock=(clock := ReplayClock(events[0].at)).now,
    )
    fleet = ReplayedFleet(cache, central, context, clock, journal=journal, queries=settings.queries)
    environ = {name: text for name, text in os.environ.items() if name not in ("SSH_CONNECTION", "DISPLAY", "WAYLAND_DISPLAY")}
    app = ReplayApp(fleet, outcomes, events, settings, locations=locations, environ=environ, speed=speed, is_stepping=is_stepping)
    return app, (begin["columns"], begin["lines"])


def _settings_of(fields: Mapping[str, Any]) -> Settings:
    """Return the recorded settings; a theme file that is not here, and programs of that machine, are left out."""
    from imptui.config.themes import find_theme

    found = msgspec.convert(fields, Settings, strict=False)
    try:
        find_theme(found.theme or "dark")
    except Misconfigured:
        found = msgspec.structs.replace(found, theme=None)
    return msgspec.structs.replace(found, clipboard="auto") if found.clipboard == "native" else found


def _speed_of(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1000:
        raise Trouble(f"{text!r} is no speed; write --speed 4, --speed 0.5 or --speed max.", USAGE)
    return speed
