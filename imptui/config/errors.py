"""Errors in settings, contexts and other files of the user.

Misconfigured
├── BrokenTheme, in `themes.py`
├── NoSuchContext
├── NotLoggedIn
├── UnreadableFile
└── WrongEndpoint
"""

from pathlib import Path


class Misconfigured(Exception):
    """A setting or file is invalid; the message says what, where, and what to do."""


class NoSuchContext(Misconfigured):
    """No context has that name."""

    def __init__(self, name: str, known: list[str]) -> None:
        names = ", ".join(known) if known else "none yet"
        super().__init__(
            f"There is no context {name!r}. Known contexts: {names}."
            " Make one with: imptui login --endpoint URL --username USER --name NAME"
        )


class NotLoggedIn(Misconfigured):
    """No context is at an endpoint."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"Nobody is logged in at {endpoint}. Log in with: imptui login --endpoint {endpoint} --username USER"
        )


class WrongEndpoint(Misconfigured):
    """An endpoint is no address, or is not that of the context."""


class UnreadableFile(Misconfigured):
    """A file in the data folder cannot be read or is invalid."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"Cannot use {path}: {why}.")
        self.path = path
