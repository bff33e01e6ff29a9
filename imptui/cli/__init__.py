"""Arguments; the only room that builds and connects the parts, and the only one that knows the engine.

imptui.cli.last_frame    the last screen of the console, on the terminal before anything is loaded
imptui.cli.deferred   modules that a start imports and does not use
imptui.cli.command    the command
imptui.cli.console    the console, put together and run
imptui.cli.options    what every command is told, and where that leaves us
imptui.cli.connect    settings, cache, client and engine made into one fleet
imptui.cli.engine     the embedded engine behind the client's transport
imptui.cli.runner      how a plain command runs, fails and prints
imptui.cli.filter_help what a filter can ask, behind --help
imptui.cli.reading    ls, show, code, diff, check, journal
imptui.cli.deploy     deploy, rollback, promote, rollout
imptui.cli.login   login, logout, contexts
imptui.cli.serve    serve, world
imptui.cli.screenshot    screenshot
"""

import os
import sys

from imptui.cli.deferred import defer
from imptui.cli.last_frame import INTERRUPTED, begin, current
from imptui.runtime import pause_collector, resume_collector

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module of this name takes longer to import than all of this
    from collections.abc import Callable

COMPLETION = "_IMPTUI_COMPLETE"
"""Set by a shell that asks how a command line may go on."""


def main() -> None:
    """Run the command. Where the console is opened again, its last screen is there before the rest is loaded."""
    words = sys.argv[1:]
    try:
        begin(words)  # in here, for it may be interrupted while it paints
        defer()
        pause_collector()
        run: Callable[[], object]
        if words or COMPLETION in os.environ:
            from imptui.cli.command import command

            run = command
        else:  # nothing is to be read, and what would read it is some hundredths of a start
            from imptui.cli.console import open_bare

            run = open_bare

        resume_collector()
        run()
    except KeyboardInterrupt:  # while loading; later it is answered with a sentence
        current().give_back()
        sys.exit(INTERRUPTED)
    finally:
        current().give_back()
