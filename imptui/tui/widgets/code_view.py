"""Two programs to read, one at a time: coloured, numbered, searched; 4 MB of them without a stutter."""

import asyncio
from collections.abc import Sequence

from textual import work
from textual.timer import Timer

from imptui.domain.deployment import Programs
from imptui.squirrel.outline import Symbol, outline
from imptui.textdiff.diff import split_lines
from imptui.tui.present.look import Piece
from imptui.tui.widgets.colours import Colours
from imptui.tui.widgets.text_pane import Stretch, TextPane, number_cells

PROGRAMS = ("agent", "device")


class CodeView(TextPane):
    """The agent or the device program of a deployment."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.program = "agent"
        self.programs: Programs | None = None
        self._files: dict[str, Colours] = {}
        self._places: dict[str, tuple[int, tuple[int, int], int]] = {}
        self._timer: Timer | None = None
        self.trouble: str | None = None

    @property
    def is_empty_because(self) -> str:
        """Reading, or nothing to read."""
        if self.trouble is not None:
            return self.trouble
        return f"The {self.program} program is empty." if self.programs is not None else "Reading."

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the program that is shown."""
        return self._files[self.program].lines if self.program in self._files else ()

    @property
    def text(self) -> str:
        """The whole program that is shown."""
        return self.programs.of(self.program) if self.programs is not None else ""

    @work(exclusive=True, group="programs")
    async def put(self, programs: Programs) -> None:
        """Show these; the lines are split in a thread."""
        for each in self._files.values():
            each.end()
        self.programs, self.trouble = programs, None
        for program in PROGRAMS:
            lines, _ = await asyncio.to_thread(split_lines, programs.of(program))
            self._files[program] = Colours(lines)
            if program == self.program:
                self.renew()
                self.search_again()
                self.post_message(self.Told())
        for program in (self.program, *[each for each in PROGRAMS if each != self.program]):
            await self._files[program].settle()
            if program == self.program:
                self.refresh()

    def fail(self, why: str) -> None:
        """Say why there is nothing to read; safe already."""
        self.trouble = why
        self.renew()

    def on_unmount(self) -> None:
        """Threads need not go on."""
        for each in self._files.values():
            each.end()

    @property
    def row_count(self) -> int:
        """A row is a line."""
        return len(self.lines)

    def text_of(self, row: int) -> str:
        """The line."""
        return self.lines[row]

    def stretches_of(self, row: int) -> Sequence[Stretch]:
        """Its colours, now or soon."""
        colours = self._files[self.program]
        found = colours.of(row)
        if colours.is_behind and self._timer is None:
            self._timer = self.set_timer(0.02, self._catch_up)
        return found

    def _catch_up(self) -> None:
        self._timer = None
        colours = self._files[self.program]
        for row in colours.catch_up():
            self.repaint_row(row)
        if colours.is_behind:
            self._timer = self.set_timer(0.01, self._catch_up)

    @property
    def margin_cells(self) -> int:
        """Line numbers."""
        return number_cells(self.row_count)

    def margin_of(self, row: int, part: int) -> list[Piece]:
        """The number of the line, once."""
        number = f"{row + 1:>{self.margin_cells - 1}} " if part == 0 else ""
        return [(number, "" if row == self.cursor else "line-number")]

    def action_other_file(self) -> None:
        """The other program, where it was left."""
        self.show_program(PROGRAMS[1 - PROGRAMS.index(self.program)])

    def show_program(self, program: str) -> None:
        """The agent or the device program."""
        self._places[self.program] = (self.cursor, self.top, self.x)
        self.program = program
        self.cursor, self.top, self.x = self._places.get(program, (0, (0, 0), 0))
        self.renew()
        self.search_again()
        self.post_message(self.Told())

    def action_line(self, number: int) -> None:
        """To a line by its number, from 1."""
        self.go(number - 1, middle=True)

    async def symbols(self) -> list[Symbol]:
        """Functions, classes and enums of the program that is shown."""
        return await asyncio.to_thread(outline, self.lines)
