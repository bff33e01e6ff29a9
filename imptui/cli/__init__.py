"""The command line: one module per command, and the only room that builds and connects the parts.

`main` paints the cached frame before it imports anything else. `command` names the subcommands and imports the module
of the one that runs; without arguments click is never imported. `connect` makes settings, cache, client and engine into
one fleet. Plain commands print data on standard output, sentences on standard error, and end with one of the exit codes of
`exit_codes`.
"""

import os
import sys
import time

from imptui.cli.last_frame import INTERRUPTED, begin, current
from imptui.runtime import pause_collector, resume_collector

STARTED_S = time.time()
"""The start of this process. Identical commands that were started at the same time make one deployment."""

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` takes longer to import than this whole module
    from collections.abc import Callable

COMPLETION = "_IMPTUI_COMPLETE"
"""The variable that a shell sets to ask for completions of a command line."""


FAILED = 11
"""The value of `exit_codes.ExitCode.OTHER`; its module is not imported here."""


def _replace_closed_streams() -> None:
    """Replace closed standard streams, so that no file opened later gets their numbers.

    Printing to a closed standard output fails, so that no output is lost in silence.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    if sys.stderr is None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good


def main() -> None:
    """Run the command line. To open the console, paint the cached frame before loading the rest."""
    words = sys.argv[1:]
    _replace_closed_streams()
    try:
        begin(words)  # inside the block, because ctrl+c may interrupt the painting
        pause_collector()
        run: Callable[[], object]
        if words or COMPLETION in os.environ:
            from functools import partial

            from imptui.cli.command import command

            run = partial(command, obj=STARTED_S)
        else:  # without arguments click is not needed, and importing it takes some hundredths of a second
            from imptui.cli.console import open_bare

            run = open_bare

        resume_collector()
        run()
    except Exception:  # noqa: BLE001 - the outermost place: 1 would say "differs"
        current().give_back()
        sys.excepthook(*sys.exc_info())
        sys.exit(FAILED)
    except KeyboardInterrupt:  # only while loading; later the runner prints a sentence
        current().give_back()
        sys.exit(INTERRUPTED)
    finally:
        current().give_back()
