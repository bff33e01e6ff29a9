"""A view of two programs, one at a time: coloured, numbered, searchable, fast for 4 MB of text."""

import asyncio

from textual import work
from textual.timer import Timer

from imptui.domain.deployment import Programs
from imptui.squirrel.outline import Symbol, outline
from imptui.textdiff.diff import split_lines
from imptui.tui.widgets.code_text import PROGRAMS, CodeText
from imptui.tui.widgets.text.viewport import Position
from imptui.tui.widgets.text_pane import TextPane


class CodeView(TextPane):
    """Shows the agent or the device program of a deployment.

    Attributes:
        code: Both programs, and which of them is shown.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        code = CodeText(self._colour_soon)
        super().__init__(code, id=id)
        self.code = code
        self._places: dict[str, tuple[int, Position, int]] = {}
        self._timer: Timer | None = None

    @work(exclusive=True, group="programs")
    async def put(self, programs: Programs) -> None:
        """Show these programs; a thread splits them into lines."""
        self.code.replace(programs)
        for program in PROGRAMS:
            lines, _ = await asyncio.to_thread(split_lines, programs.of(program))
            self.code.set_lines(program, lines)
            if program == self.code.program:
                self.renew()
                self.find_again()
                self.post_message(self.Updated())
        await self._settle()

    async def _settle(self) -> None:
        """Compute exact colours, those of visible lines first."""
        for colours in self.code.all_colours():
            await colours.settle()
            if colours is self.code.colours:
                self.refresh()

    def fail(self, why: str) -> None:
        """Show why there is nothing to read; the text is safe."""
        self.code.trouble = why
        self.renew()

    def on_unmount(self) -> None:
        """Cancel background colouring."""
        self.code.end()

    def _colour_soon(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(0.02, self._colour)

    def _colour(self) -> None:
        self._timer = None
        colours = self.code.colours
        for row in colours.catch_up():
            self.repaint_row(row)
        if colours.is_behind:
            self._timer = self.set_timer(0.01, self._colour)

    def action_other_file(self) -> None:
        """Show the other program at its last position."""
        self.show_program(PROGRAMS[1 - PROGRAMS.index(self.code.program)])

    def show_program(self, program: str) -> None:
        """Show the agent or the device program at its last position."""
        viewport = self.viewport
        self._places[self.code.program] = (self.cursor, viewport.top, viewport.x)
        self.code.program = program
        self.cursor, viewport.top, viewport.x = self._places.get(program, (0, (0, 0), 0))
        self.renew()
        self.find_again()
        self.post_message(self.Updated())

    def action_line(self, number: int) -> None:
        """Move to a line by its number, from 1."""
        self.go(number - 1, middle=True)

    async def symbols(self) -> list[Symbol]:
        """Return functions, classes and enums of the program that is shown."""
        return await asyncio.to_thread(outline, self.code.lines)
