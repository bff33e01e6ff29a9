"""The file of an engine's world, opened for a command; what goes wrong is said in a sentence."""

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
    """A world that cannot be opened is said in a sentence."""
    try:
        yield
    except admin.WorldUnreadable as error:
        fail(str(error))


@contextmanager
def opened(path: Path) -> Iterator[admin.World]:
    """The world of a file until the end of the block; what it refuses is said in a sentence.

    Webhooks are posted from here, for an engine that serves the same file does not hear what happens in this process.
    """
    with sentences(), readable():
        make_private(path.parent)
        found = admin.open_world(path)
        try:
            with admin.posting(found):
                yield found
        finally:
            found.close()
