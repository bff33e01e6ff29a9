"""The console: everything that it is made of, put together and run until the person leaves.

The command line is read elsewhere: who types nothing but `imptui` has nothing to be read, and need not wait for what reads.
"""

import asyncio
import io
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from imptui.cli.last_frame import current
from imptui.cli.options import Options
from imptui.cli.runner import USAGE, fail, sentences
from imptui.config.locations import move_once
from imptui.runtime import pause_collector, switch_threads_often, use_console_collector

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet
    from imptui.tui.app import ImptuiApp

READERS = 4
"""Threads that read and write the cache. Each has a connection and memory of its own; more than two compute no faster."""

LEAVING_S = 5
"""Seconds that the console may take to end after a signal; then the system ends it."""


def open_console(options: Options) -> None:
    """Open the console and stay until the person leaves it; what goes wrong before is said in a sentence."""
    prepare_output()
    with sentences():
        _console(options)


def open_bare() -> None:
    """Open the console without any option."""
    open_console(Options())


def prepare_output() -> None:
    """A terminal without the letter of a name gets its number."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _console(options: Options) -> None:
    opening = current()
    pause_collector()  # until the first screen is painted: `_load_behind` resumes it
    switch_threads_often()
    try:
        app = _app(options)
        app.opening = opening
        app.startup.first_command = options.run
        app.startup.load = partial(_load_behind, is_embedded=app.fleet.context.is_embedded)
        opening.settle(options.locations)
        app.last_frame.save = partial(opening.keep, locations=options.locations)
    except BaseException:
        opening.give_back()  # what is said now belongs on the screen of the shell
        raise
    try:
        asyncio.run(_stay(app, mouse=_wants_mouse(app.settings.mouse)))
    finally:
        opening.give_back()
    opening.keep(app.last_frame.frame(), options.locations)
    if app.contexts.next is not None:  # a process of its own: nothing of one account is left behind in the other
        os.execv(sys.executable, [sys.executable, "-m", "imptui", *options.words_for(app.contexts.next)])  # noqa: S606 - ourselves
    if app.return_code:
        sys.exit(app.return_code)


def _load_behind(*, is_embedded: bool) -> None:
    """Load in a thread, behind the first screen, what the first call needs; from now on garbage is collected."""
    from imptui.cli.connect import load_connection

    use_console_collector()
    load_connection(is_embedded=is_embedded)


def _app(options: Options) -> "ImptuiApp":
    if not all(each is not None and each.isatty() for each in (sys.stdin, sys.stdout)):
        fail("The console needs a terminal. Plain commands work anywhere: imptui ls devices, imptui --help.", USAGE)
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb"):
        fail(
            f"This terminal (TERM={kind}) cannot show the console. Plain commands work: imptui ls devices.",
            USAGE,
        )
    moved = move_once(options.locations)
    settings = options.settings()
    context = options.named_context()

    from imptui.cli.connect import open_fleet
    from imptui.config.contexts import load_contexts, save_contexts
    from imptui.config.themes import find_theme

    if settings.theme is not None:
        find_theme(settings.theme)
    fleet, warnings = open_fleet(options, context, settings)
    _read_ahead(fleet, options)
    if options.endpoint is None:
        contexts = load_contexts(options.locations.contexts)
        if contexts.last != context.name:
            with suppress(OSError):  # where nothing can be written, the next start asks for the context again
                save_contexts(options.locations.contexts, contexts.with_last_used(context.name))

    from imptui.tui.app import ImptuiApp

    return ImptuiApp(fleet, settings, locations=options.locations, warnings=[*moved, *warnings])


def _read_ahead(fleet: "Fleet", options: Options) -> None:
    """Have the first questions of the first screen answered while its program is loaded."""
    from imptui.config.state import load_state
    from imptui.query.query import Query
    from imptui.tui.widgets.rows import BLOCK

    order = load_state(options.locations.state).sort_in(fleet.context.name)
    thread = ThreadPoolExecutor(1, "ahead")
    fleet.look.read_ahead(Query(sort=order), BLOCK, thread)
    thread.shutdown(wait=False)  # what was asked of it is answered nevertheless


async def _stay(app: "ImptuiApp", *, mouse: bool) -> None:
    """Run the console; told to end, or hung up, it leaves as if by a key, so that the terminal is as it was."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(READERS, "cache"))

    def leave(number: int, _: object) -> None:
        signal.alarm(LEAVING_S)  # a terminal that is gone can hold up whoever writes to it, for ever
        loop.call_soon_threadsafe(partial(app.exit, return_code=128 + number))

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    await app.run_async(mouse=mouse)


def _wants_mouse(setting: bool | None) -> bool:  # noqa: FBT001 - a setting handed on
    return setting if setting is not None else "SSH_CONNECTION" not in os.environ
