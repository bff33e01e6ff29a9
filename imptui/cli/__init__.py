"""The command line: one module per command, and the only room that builds and connects the parts.

`main` paints the cached frame before it imports anything else. `command` names the subcommands and imports the module
of the one that runs; without arguments click is never imported. `connect` makes settings, cache, client and engine into
one fleet. Plain commands print data on standard output, sentences on standard error, and end with an exit code that
means something.
"""

import os
import sys
import time

from imptui.cli.last_frame import INTERRUPTED, begin, current
from imptui.runtime import pause_collector, resume_collector

STARTED_S = time.time()
"""The start of this process. Identical commands that were started at the same time make one deployment."""

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module of this name takes longer to import than all of this
    from collections.abc import Callable

COMPLETION = "_IMPTUI_COMPLETE"
"""Set by a shell that asks how a command line may go on."""


FAILED = 11
"""See `exit_codes.ExitCode.OTHER`, whose module is not loaded here."""


def _replace_closed_streams() -> None:
    """Open what was closed when the process began, so that no file of ours gets the number of a standard stream.

    Whatever is printed to a closed standard output fails, and is not lost in silence.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    if sys.stderr is None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good


def main() -> None:
    """Run the command. Where the console is opened again, its last screen is there before the rest is loaded."""
    words = sys.argv[1:]
    _replace_closed_streams()
    try:
        begin(words)  # in here, for it may be interrupted while it paints
        pause_collector()
        run: Callable[[], object]
        if words or COMPLETION in os.environ:
            from functools import partial

            from imptui.cli.command import command

            run = partial(command, obj=STARTED_S)
        else:  # nothing is to be read, and what would read it is some hundredths of a start
            from imptui.cli.console import open_bare

            run = open_bare

        resume_collector()
        run()
    except Exception:  # noqa: BLE001 - the outermost place: 1 would say "differs"
        current().give_back()
        sys.excepthook(*sys.exc_info())
        sys.exit(FAILED)
    except KeyboardInterrupt:  # while loading; later it is answered with a sentence
        current().give_back()
        sys.exit(INTERRUPTED)
    finally:
        current().give_back()
