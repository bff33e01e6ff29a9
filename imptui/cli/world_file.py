"""The file of an engine's world, opened for a command; what goes wrong is said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imptui.cli.runner import Trouble, fail, sentences
from imptui.cloud import admin
from imptui.config.locations import make_private
from imptui.domain.errors import Refused


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
        except Refused as error:
            raise Trouble(error.reason) from error
        finally:
            found.close()
