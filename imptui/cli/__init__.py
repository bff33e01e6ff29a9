"""The command line: one module per command, and the only room that builds and connects the parts.

`main` paints the cached frame before it imports anything else. `command` names the subcommands and imports the module
of the one that runs; without arguments click is never imported. `connect` makes settings, cache, client and engine into
one fleet. Plain commands print data on standard output, sentences on standard error, and end with an exit code that
means something.
"""

import os
import sys

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
