"""The exit codes of plain commands. Scripts rely on them: a code keeps its meaning."""

from collections.abc import Mapping
from enum import IntEnum


class ExitCode(IntEnum):
    """The end of a plain command."""

    DONE = 0
    DIFFERS = 1
    """The answer is "different" or "nothing found", as `diff` and `grep` say it."""
    USAGE = 2
    """The command line makes no sense, or `--yes` is missing."""
    AGAINST = 3
    """A review stands against it."""
    NOT_FOUND = 4
    REFUSED = 5
    """A rule of this context or of the service refuses; trying again does not help."""
    UNREACHABLE = 6
    TOO_FAST = 7
    UNWRITTEN = 8
    """Done, but the result could not be written. Do not repeat it."""
    UNKNOWN = 9
    """The answer of a change was lost: it may have been carried out."""
    PARTLY = 10
    OTHER = 11
    INTERRUPTED = 130


_MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.DONE: "done",
    ExitCode.DIFFERS: "different, or nothing found",
    ExitCode.USAGE: "wrong command line",
    ExitCode.AGAINST: "a review stands against it",
    ExitCode.NOT_FOUND: "not found",
    ExitCode.REFUSED: "refused by a rule (read-only, protected, approval, or one of the service)",
    ExitCode.UNREACHABLE: "the service was not reached",
    ExitCode.TOO_FAST: "the request budget of the account is spent",
    ExitCode.UNWRITTEN: "done, but the result could not be written; do not repeat it",
    ExitCode.UNKNOWN: "outcome unknown: the answer of a change was lost",
    ExitCode.PARTLY: "partly done",
    ExitCode.OTHER: "any other failure",
    ExitCode.INTERRUPTED: "interrupted",
}

LOCAL = (ExitCode.DONE, ExitCode.USAGE, ExitCode.UNWRITTEN, ExitCode.OTHER, ExitCode.INTERRUPTED)
"""The codes of a command that asks no service."""

READING = (*LOCAL, ExitCode.NOT_FOUND, ExitCode.REFUSED, ExitCode.UNREACHABLE, ExitCode.TOO_FAST)
"""The codes of a command that reads from the service."""

CHANGING = (*READING, ExitCode.UNKNOWN)
"""The codes of a command that changes something."""


def exits(*codes: ExitCode, words: Mapping[ExitCode, str] | None = None) -> str:
    """Return the exit codes of a command, as its `--help` prints them.

    Args:
        codes: The codes that the command ends with.
        words: The meaning of some of them for this command.
    """
    meanings = {**_MEANINGS, **(words or {})}
    return f"Exit codes: {'; '.join(f'{code:d} {meanings[code]}' for code in sorted(set(codes)))}."
