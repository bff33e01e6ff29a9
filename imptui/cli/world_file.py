"""Opens the file of an engine's world for a command, and reports failures in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imptui.cli.exit_codes import LOCAL, ExitCode, exits
from imptui.cli.runner import fail, sentences
from imptui.cloud import admin
from imptui.config.locations import make_private

EXITS = exits(*LOCAL, ExitCode.NOT_FOUND, ExitCode.REFUSED, words={ExitCode.REFUSED: "refused by a rule of the engine"})
"""The exit codes of every command that changes a world."""


@contextmanager
def readable() -> Iterator[None]:
    """Report a world that cannot be opened in a sentence."""
    try:
        yield
    except admin.WorldUnreadable as error:
        fail(str(error))


@contextmanager
def opened(path: Path) -> Iterator[admin.World]:
    """Open the world of a file until the end of the block; report its refusals in a sentence.

    This process posts webhooks, because an engine that serves the same file does not receive its events.
    """
    with sentences(), readable():
        make_private(path.parent)
        found = admin.open_world(path)
        try:
            with admin.posting(found):
                yield found
        finally:
            found.close()
