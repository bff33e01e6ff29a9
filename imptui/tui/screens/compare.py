"""Two pairs of programs side by side: any two deployments, or one and local files."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from msgspec import Struct
from textual import work

from imptui.client.errors import NoAnswer
from imptui.domain.deployment import Programs
from imptui.domain.errors import Refused
from imptui.fleet.deployments.programs import ProgramReader
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.present.deployment import name_of, place_of
from imptui.tui.present.failure import sentence
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.diff_view import DiffView
from imptui.tui.widgets.text_pane import TextPane


class ComparedSide(Struct, frozen=True):
    """One side of a comparison."""

    name: str
    """Foreign text."""
    read: Callable[[], Awaitable[Programs]]


def side_of(row: DeploymentRow, programs: ProgramReader) -> ComparedSide:
    """A deployment as a side."""
    return ComparedSide(f"{name_of(row)} ({place_of(row)})", lambda: programs.of(row.deployment.id))


def side_of_programs(name: str, programs: Programs) -> ComparedSide:
    """Programs at hand as a side."""

    async def read() -> Programs:
        return programs

    return ComparedSide(name, read)


class DiffPage(ReadingPage):
    """A page whose text is a comparison."""

    def make_pane(self) -> TextPane:
        """The comparison."""
        self.view = DiffView(id="diff")
        return self.view

    def status_words(self) -> list[str]:
        """How it is shown, and where we are."""
        return self.view.way_words()

    def go_line(self, number: int) -> None:
        """To a line of the new program."""
        self.view.action_line(number)

    def text_out(self) -> tuple[str, str, str]:
        """The comparison as a patch."""
        return self.view.patch(), f"{self.view.program}", "patch"

    def action_copy_text(self) -> None:
        """Into the clipboard; the `c` of `]c` copies nothing."""
        if not self.view.is_in_bracket:
            super().action_copy_text()


class ComparePage(DiffPage):
    """Old on the left or with `-`, new on the right or with `+`."""

    page_name: ClassVar[str] = "compare"

    def __init__(self, old: ComparedSide, new: ComparedSide) -> None:
        super().__init__()
        self.old, self.new = old, new

    def opened(self) -> None:
        """Read both."""
        self.give_keys(self.view)
        self.about.put(
            [
                [(" - ", "removed"), (f" {safe(self.old.name)}", "")],
                [(" + ", "added"), (f" {safe(self.new.name)}", "")],
            ]
        )
        self.paint_title()
        self.load()

    @work(exclusive=True, group="sides")
    async def load(self) -> None:
        """Both sides, then the comparison."""
        try:
            old, new = await self.old.read(), await self.new.read()
        except (Refused, NoAnswer) as error:
            self.view.fail(safe(sentence("Read the code", error)))
            self.host.fail("Read the code", error)
            return
        self.view.put(old, new)

    def page_title(self) -> list[Piece]:
        """How much differs."""
        return [(" Comparison  ", "title-focus"), (self.view.count_words(), "")]
