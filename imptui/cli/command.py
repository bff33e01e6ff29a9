"""The command, with its options, and the console that it opens when nothing else is asked."""

import asyncio
import gc
import io
import os
import signal
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imptui import __version__
from imptui.cli.opening import current
from imptui.cli.options import Options
from imptui.cli.plain import USAGE, fail, sentences
from imptui.config.settings import CLIPBOARDS

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet
    from imptui.tui.app import ImptuiApp

TURN_S = 0.001
"""How long a thread that computes may keep the interpreter from the keys; Python's own 5 ms are seen when several compute."""

READERS = 4
"""Threads that read and write the cache. Each has a connection and memory of its own; more than two compute no faster."""

LEAVING_S = 5
"""How long the console may take to leave when it is told to end; then the system ends it."""

_COMMANDS = {
    "accounts": ("login", "logout", "contexts"),
    "listing": ("ls", "show"),
    "comparing": ("code", "diff", "check"),
    "reviewing": ("review",),
    "journal": ("journal",),
    "acting": ("deploy", "promote", "rollback", "rollout"),
    "logs": ("logs",),
    "keeping": ("clean", "grep"),
    "sampling": ("sample",),
    "serving": ("serve", "world"),
    "picture": ("screenshot",),
    "doctor": ("doctor", "reset-terminal"),
}
"""Subcommands by the module that holds them: only the one that runs is imported."""


class Lazy(click.Group):
    """A group that imports the module of a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        """All subcommands, in order of the alphabet."""
        return sorted(name for names in _COMMANDS.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's shape
        """The subcommand of that name."""
        from importlib import import_module

        for module, names in _COMMANDS.items():
            if cmd_name in names:
                found = getattr(import_module(f"imptui.cli.{module}"), cmd_name.replace("-", "_"))
                assert isinstance(found, click.Command)  # noqa: S101 - _COMMANDS names commands
                return found
        return None


@click.group(cls=Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--context", metavar="NAME", help="Work in this context instead of the last used one.")
@click.option("--endpoint", metavar="URL", help="Work with the impCentral API at this address.")
@click.option(
    "--data-dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything that imptui writes here (also IMPTUI_DATA_DIR).",
)
@click.option("--readonly", is_flag=True, help="Refuse everything that would change something (also IMPTUI_READONLY).")
@click.option("--theme", metavar="NAME", help="Colours: the name of a theme, or a theme file.")
@click.option("--ascii/--no-ascii", "ascii_", default=None, help="Borders, icons and sparklines in ASCII.")
@click.option("--slow", is_flag=True, help="Fewer frames and longer polls, for slow lines.")
@click.option("--clipboard", type=click.Choice(CLIPBOARDS), help="Where copied text goes: over the line, a program, a file.")
@click.option("--run", metavar="COMMAND", help="Begin with a command of the console, such as 'line Line Fixtures'.")
@click.version_option(__version__, message="imptui %(version)s")
@click.pass_context
def command(
    ctx: click.Context,
    context: str | None,
    endpoint: str | None,
    data_dir: Path | None,
    readonly: bool,  # noqa: FBT001 - click passes flags so
    theme: str | None,
    ascii_: bool | None,  # noqa: FBT001 - click passes flags so
    slow: bool,  # noqa: FBT001 - click passes flags so
    clipboard: str | None,
    run: str | None,
) -> None:
    """A console for fleets of Electric Imp devices.

    Without a command, opens the console on the last used context; with none, on the embedded demonstration.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without the letter of a name gets its number
        sys.stdout.reconfigure(errors="backslashreplace")
    ctx.obj = Options(context, endpoint, data_dir, readonly, theme, ascii_, slow, run, clipboard)
    if ctx.invoked_subcommand is None:
        with sentences():
            console(ctx.obj)


def console(options: Options) -> None:
    """Open the console and stay until the person leaves it."""
    from imptui.cli.connect import load_connection

    opening = current()
    gc.disable()  # until the first screen is painted, see `imptui.cli.main`
    sys.setswitchinterval(TURN_S)
    threads = ThreadPoolExecutor(READERS, "cache")
    try:
        app = _app(options, threads)
        app.opening = opening
        app.first_command = options.run
        app.loads = partial(load_connection, is_embedded=app.fleet.context.is_embedded)
        opening.settle(options.locations)
        app.keeps = partial(opening.keep, locations=options.locations)
    except BaseException:
        opening.give_back()  # what is said now belongs on the screen of the shell
        raise
    try:
        asyncio.run(_stay(app, threads, mouse=_wants_mouse(app.settings.mouse)))
    finally:
        opening.give_back()
    opening.keep(app.last_frame, options.locations)
    if app.next_context is not None:  # a process of its own: nothing of one account is left behind in the other
        os.execv(sys.executable, [sys.executable, "-m", "imptui", *options.words_for(app.next_context)])  # noqa: S606 - ourselves
    if app.return_code:
        sys.exit(app.return_code)


def _app(options: Options, threads: Executor) -> "ImptuiApp":
    if not all(each is not None and each.isatty() for each in (sys.stdin, sys.stdout)):
        fail("The console needs a terminal. Plain commands work anywhere: imptui ls devices, imptui --help.", USAGE)
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb"):
        fail(
            f"This terminal (TERM={kind}) cannot show the console. Plain commands work: imptui ls devices.",
            USAGE,
        )
    settings = options.settings()
    context = options.named_context()

    from imptui.cli.connect import open_fleet
    from imptui.config.contexts import read_contexts, write_contexts
    from imptui.config.themes import find_theme

    if settings.theme is not None:
        find_theme(settings.theme)
    fleet, warnings = open_fleet(options, context, settings)
    _read_ahead(fleet, options, threads)
    if options.endpoint is None:
        contexts = read_contexts(options.locations.contexts)
        if contexts.last != context.name:
            write_contexts(options.locations.contexts, contexts.using(context.name))

    from imptui.tui.app import ImptuiApp

    return ImptuiApp(fleet, settings, locations=options.locations, warnings=warnings)


def _read_ahead(fleet: "Fleet", options: Options, threads: Executor) -> None:
    """Have the first questions of the first screen answered while its program is loaded."""
    from imptui.config.habits import read_habits
    from imptui.model.query import Query
    from imptui.tui.widgets.rows import BLOCK

    order = read_habits(options.locations.habits).order_in(fleet.context.name)
    fleet.look.read_ahead(Query(sort=order), BLOCK, threads)


async def _stay(app: "ImptuiApp", threads: ThreadPoolExecutor, *, mouse: bool) -> None:
    """Run the console; told to end, or hung up, it leaves as if by a key, so that the terminal is as it was."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(threads)

    def leave(number: int, _: object) -> None:
        signal.alarm(LEAVING_S)  # a terminal that is gone can hold up whoever writes to it, for ever
        loop.call_soon_threadsafe(partial(app.exit, return_code=128 + number))

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    await app.run_async(mouse=mouse)


def _wants_mouse(setting: bool | None) -> bool:  # noqa: FBT001 - a setting handed on
    return setting if setting is not None else "SSH_CONNECTION" not in os.environ
