"""Two pairs of programs, compared."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from imptui.domain.deployment import Programs
from imptui.textdiff.diff import Diff, diff_lines, unified
from imptui.tui.widgets.colours import Colours
from imptui.tui.widgets.diff_rows import DiffRows
from imptui.tui.widgets.text.source import number_cells

ALL_LINES = 1_000_000
"""Unchanged lines around changes in a patch that contains all lines."""


@dataclass
class ComparedFile:
    """One of the two programs, old and new, with their difference."""

    diff: Diff
    old: Colours = field(init=False)
    new: Colours = field(init=False)
    number_cells: int = field(init=False)
    """The width of its line numbers."""
    rows: DiffRows | None = None
    """Its rows in the layout that is shown; None until they are laid out."""

    def __post_init__(self) -> None:
        self.old, self.new = Colours(self.diff.old_lines), Colours(self.diff.new_lines)
        self.number_cells = number_cells(max(len(self.diff.old_lines), len(self.diff.new_lines)))

    def end(self) -> None:
        """Cancel colouring in threads."""
        self.old.end()
        self.new.end()


class Comparison:
    """Compares the agent and the device programs of two sides, one after the other, in threads.

    Attributes:
        old: The old side; None: not known yet.
        new: The new side.
        files: The programs that are compared already, by name.
        is_running: True while comparing goes on.
        is_space_ignored: True if white space makes no difference.
        number: The number of the round; a thread of an older round stops.
    """

    def __init__(self) -> None:
        self.old: Programs | None = None
        self.new: Programs | None = None
        self.files: dict[str, ComparedFile] = {}
        self.is_running = False
        self.is_space_ignored = False
        self.number = 0

    def begin(self) -> int:
        """Begin a round, cancel the one before, and return the new number."""
        self.end()
        self.is_running = True
        return self.number

    def end(self) -> None:
        """Cancel comparing and colouring, and drop the results."""
        self.number += 1
        for file in self.files.values():
            file.end()
        self.files = {}

    async def compare(self, program: str, number: int) -> ComparedFile | None:
        """Compare one program in a thread; None without two sides.

        Args:
            program: `agent` or `device`.
            number: The round, from `begin`.

        Raises:
            Cancelled: A newer round began.
        """
        old, new = self.old, self.new
        if old is None or new is None:
            return None
        is_space_ignored = self.is_space_ignored

        def compared() -> Diff:
            return diff_lines(
                old.of(program), new.of(program), ignore_space=is_space_ignored, cancelled=lambda: number != self.number
            )

        self.files[program] = found = ComparedFile(await asyncio.to_thread(compared))
        return found

    def colours(self) -> Iterator[Colours]:
        """Return the colours of all programs that were compared."""
        for file in tuple(self.files.values()):
            yield file.old
            yield file.new

    def counts(self, program: str) -> tuple[int, int] | None:
        """Return added and removed lines of a program; None while they are not known."""
        file = self.files.get(program)
        return (file.diff.added, file.diff.removed) if file is not None else None

    def patch(self, program: str, context: int | None) -> str:
        """Return the difference of a program in the format of `patch`, with `context` unchanged lines around changes."""
        if self.old is None or self.new is None:
            return ""
        name = f"{program}.nut"
        around = ALL_LINES if context is None else context
        return "".join(unified(self.old.of(program), self.new.of(program), f"a/{name}", f"b/{name}", around))
