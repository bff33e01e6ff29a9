"""The screen of the programs of a draft, opened at a compile error."""

from collections.abc import Callable
from typing import ClassVar

from imptui.domain.deployment import Programs
from imptui.domain.errors import CompileMessage
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.reader import Reader
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.code_text import PROGRAMS
from imptui.tui.widgets.code_view import CodeView


class DraftCodePage(ReadingPage):
    """Shows both programs of a draft; `e` opens a copy in the editor, and a changed copy replaces the programs in the review.

    Args:
        programs: The programs in review.
        message: The compile error to begin at.
        take: Receives the programs after a copy was changed.
    """

    page_name: ClassVar[str] = "draft-code"

    def __init__(self, programs: Programs, message: CompileMessage, take: Callable[[Programs], None]) -> None:
        super().__init__()
        self.view = CodeView(id="code")
        self.reader = Reader(self, self.view, title=self._title, status=lambda: [self.reader.position_text], file=self._file)
        self.reader.edited = self._edited
        self._programs, self._message, self._take = programs, message, take
        self._has_jumped = False

    def opened(self) -> None:
        """Show the program with the error, at its line."""
        self.focus_pane(self.view)
        each = self._message
        place = f" {each.program} line {each.row}, column {each.column}: {each.kind}: "
        hint = " e opens a copy in $EDITOR; Esc goes back."
        self.reader.about.put([[(place, "problem"), (safe(each.text), "")], [(hint, "dim")]])
        self.view.code.program = each.program if each.program in PROGRAMS else PROGRAMS[0]
        self.view.put(self._programs)
        self.reader.paint()

    def on_text_pane_updated(self) -> None:
        """Move to the error once the lines are loaded."""
        if not self._has_jumped and self.view.row_count:
            self._has_jumped = True
            self.view.go(self._message.row - 1, middle=True)

    def _title(self) -> list[Piece]:
        return [(" What is reviewed  ", "title-focus"), (f"[{self.view.code.program}]", "title")]

    def _file(self) -> TextFile:
        program = self.view.code.program
        return TextFile(self.view.code.text, f"{program}-draft", f"{program}.nut")

    def _edited(self, text: str) -> None:
        """Review the changed copy."""
        old, is_agent = self._programs, self.view.code.program == "agent"
        self._take(Programs(text, old.device_code) if is_agent else Programs(old.agent_code, text))
        self.host.navigator.close(self)
