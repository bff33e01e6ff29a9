"""The programs of a draft, as they would be sent: opened where the compiler would stop."""

from collections.abc import Callable
from typing import ClassVar

from textual import on

from imptui.domain.deployment import Programs
from imptui.domain.errors import CompileMessage
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.code_view import PROGRAMS, CodeView
from imptui.tui.widgets.text_pane import TextPane


class DraftCodePage(ReadingPage):
    """Both programs of a draft; `e` opens a copy in the editor, and a changed copy is what is reviewed from then on.

    Args:
        programs: What is reviewed.
        message: The error that is looked at.
        take: Receives the programs when a copy was changed.
    """

    page_name: ClassVar[str] = "draft-code"

    def __init__(self, programs: Programs, message: CompileMessage, take: Callable[[Programs], None]) -> None:
        super().__init__()
        self.programs, self.message, self._take = programs, message, take
        self._has_jumped = False

    def make_pane(self) -> TextPane:
        """The program."""
        self.view = CodeView(id="code")
        return self.view

    def opened(self) -> None:
        """The program with the error, at its line."""
        self.give_keys(self.view)
        each = self.message
        place = f" {each.program} line {each.row}, column {each.column}: {each.kind}: "
        self.about.put([[(place, "problem"), (safe(each.text), "")], [(" e opens a copy in $EDITOR; Esc goes back.", "dim")]])
        self.view.program = each.program if each.program in PROGRAMS else PROGRAMS[0]
        self.view.put(self.programs)
        self.paint_title()

    @on(TextPane.Told)
    def jump(self) -> None:
        """Once the lines are there."""
        if not self._has_jumped and self.view.row_count:
            self._has_jumped = True
            self.view.go(self.message.row - 1, middle=True)

    def page_title(self) -> list[Piece]:
        """Which program."""
        return [(" What is reviewed  ", "title-focus"), *((f"[{self.view.program}]", "title"),)]

    def status_words(self) -> list[str]:
        """Where we are."""
        return [self.position_words()]

    def text_out(self) -> tuple[str, str, str]:
        """The program that is shown."""
        return self.view.text, f"{self.view.program}-draft", f"{self.view.program}.nut"

    def edited(self, text: str) -> None:
        """Review the changed copy."""
        old, is_agent = self.programs, self.view.program == "agent"
        self._take(Programs(text, old.device_code) if is_agent else Programs(old.agent_code, text))
        self.host.navigator.close(self)
