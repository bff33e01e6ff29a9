"""The lines of the agent and the device program as coloured, numbered rows."""

from collections.abc import Callable, Sequence

from imptui.domain.deployment import Programs
from imptui.tui.present.look import Piece
from imptui.tui.widgets.colours import Colours
from imptui.tui.widgets.text.source import RowSource, Stretch, number_cells

PROGRAMS = ("agent", "device")


class CodeText(RowSource):
    """The rows of one of two programs.

    Args:
        behind: Called when long lines wait for their colours.

    Attributes:
        program: The program that is shown, `agent` or `device`.
        programs: Both texts; None while they are read.
        trouble: The reason why there is nothing to read; safe.
    """

    def __init__(self, behind: Callable[[], None]) -> None:
        self.program = PROGRAMS[0]
        self.programs: Programs | None = None
        self.trouble: str | None = None
        self._behind = behind
        self._files: dict[str, Colours] = {}

    @property
    def text(self) -> str:
        """The whole program that is shown."""
        return self.programs.of(self.program) if self.programs is not None else ""

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the program that is shown."""
        return self._files[self.program].lines if self.program in self._files else ()

    @property
    def colours(self) -> Colours:
        """The colours of the program that is shown."""
        return self._files[self.program]

    def all_colours(self) -> list[Colours]:
        """Return the colours of both programs, those of the shown one first."""
        return [self._files[self.program], *(each for name, each in self._files.items() if name != self.program)]

    def replace(self, programs: Programs) -> None:
        """Replace both programs; their lines follow in `set_lines`."""
        self.end()
        self.programs, self.trouble = programs, None

    def set_lines(self, program: str, lines: Sequence[str]) -> Colours:
        """Set the lines of a program, and return their colours."""
        self._files[program] = colours = Colours(lines)
        return colours

    def end(self) -> None:
        """Cancel colouring in threads."""
        for each in self._files.values():
            each.end()

    # Rows

    @property
    def empty_text(self) -> str:
        """The sentence for a pane without rows; safe."""
        if self.trouble is not None:
            return self.trouble
        return f"The {self.program} program is empty." if self.programs is not None else "Reading."

    @property
    def row_count(self) -> int:
        """The number of lines."""
        return len(self.lines)

    def text_of(self, row: int) -> str:
        """Return a line."""
        return self.lines[row]

    def stretches_of(self, row: int) -> Sequence[Stretch]:
        """Return the colours of a line, as far as they are known."""
        colours = self.colours
        found = colours.of(row)
        if colours.is_behind:
            self._behind()
        return found

    @property
    def margin_cells(self) -> int:
        """The width of the line numbers."""
        return number_cells(self.row_count)

    def margin_of(self, row: int, part: int, *, is_cursor: bool) -> list[Piece]:
        """Return the line number, on the first part only."""
        number = f"{row + 1:>{self.margin_cells - 1}} " if part == 0 else ""
        return [(number, "" if is_cursor else "line-number")]
