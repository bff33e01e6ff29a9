"""Arguments; the only room that builds and connects the parts, and the only one that knows the engine.

imptui.cli.opening    the last screen of the console, on the terminal before anything is loaded
imptui.cli.command    the command, the console
imptui.cli.options    what every command is told, and where that leaves us
imptui.cli.connect    settings, cache, client and engine made into one fleet
imptui.cli.engine     the embedded engine behind the client's transport
imptui.cli.plain      how a plain command runs, fails and prints
imptui.cli.reading    ls, show, code, diff, check, journal
imptui.cli.acting     deploy, rollback, promote, rollout
imptui.cli.accounts   login, logout, contexts
imptui.cli.serving    serve, world
imptui.cli.picture    screenshot
"""

import gc
import os
import signal
import sys

from imptui.cli.opening import INTERRUPTED, begin, current


def _leave(number: int, _: object) -> None:
    # No exception: raised in a callback of the interpreter, of which loading has many, it would be printed and forgotten.
    current().give_back()
    os._exit(128 + number)


def main() -> None:
    """Run the command. Where the console is opened again, its last screen is there before the rest is loaded."""
    try:
        opening = begin(sys.argv[1:])  # in here, for it may be told to end while it paints
        if opening.taken is not None:
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, _leave)
        gc.disable()  # loading makes many things and no garbage; looking for some would take a tenth of a start
        from imptui.cli.command import command

        gc.freeze()  # what was loaded is no garbage, and looking through it once takes as long as loading a tenth of it
        gc.enable()
        command()
    except KeyboardInterrupt:  # while loading; later it is answered with a sentence
        current().give_back()
        sys.exit(INTERRUPTED)
    finally:
        current().give_back()
