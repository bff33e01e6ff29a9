"""What can be wrong with what the user set.

    Misconfigured
    ├── NoSuchContext
    └── UnreadableFile
"""

from pathlib import Path


class Misconfigured(Exception):
    """Something that was set makes no sense; the message says what, where, and what to do."""


class NoSuchContext(Misconfigured):
    """There is no context of that name."""

    def __init__(self, name: str, known: list[str]) -> None:
        names = ", ".join(known) if known else "none yet"
        super().__init__(
            f"There is no context {name!r}. Known contexts: {names}."
            " Make one with: imptui login --endpoint URL --username USER --name NAME"
        )


class UnreadableFile(Misconfigured):
    """A file of ours cannot be read or makes no sense."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"Cannot use {path}: {why}.")
        self.path = path
