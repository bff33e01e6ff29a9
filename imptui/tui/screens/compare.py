"""The screen that compares two deployments, or one with local files."""

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
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.page import Page
from imptui.tui.screens.reader import Reader
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.diff_view import DiffView


class ComparedSide(Struct, frozen=True):
    """One side of a comparison."""

    name: str
    """The name of the side; foreign text."""
    read: Callable[[], Awaitable[Programs]]


def side_of(row: DeploymentRow, programs: ProgramReader) -> ComparedSide:
    """Return a side for a deployment."""
    return ComparedSide(f"{name_of(row)} ({place_of(row)})", lambda: programs.of(row.deployment.id))


def side_of_programs(name: str, programs: Programs) -> ComparedSide:
    """Return a side for local programs."""

    async def read() -> Programs:
        return programs

    return ComparedSide(name, read)


def diff_reader(page: Page, view: DiffView, title: Callable[[], list[Piece]]) -> Reader:
    """Return a reader of a comparison: it saves a patch, and counts lines in the new program."""
    reader = Reader(
        page, view, title=title, status=view.status_texts, file=lambda: TextFile(view.patch(), view.diff.program, "patch")
    )
    reader.go_line = view.action_line
    return reader


class ComparePage(ReadingPage):
    """Shows two sides: old on the left or with `-`, new on the right or with `+`."""

    page_name: ClassVar[str] = "compare"

    def __init__(self, old: ComparedSide, new: ComparedSide) -> None:
        super().__init__()
        self.view = DiffView(id="diff")
        self.reader = diff_reader(self, self.view, self._title)
        self._old, self._new = old, new

    def opened(self) -> None:
        """Read both sides."""
        self.focus_pane(self.view)
        self.reader.about.put(
            [
                [(" - ", "removed"), (f" {safe(self._old.name)}", "")],
                [(" + ", "added"), (f" {safe(self._new.name)}", "")],
            ]
        )
        self.reader.paint()
        self._load()

    @work(exclusive=True, group="sides")
    async def _load(self) -> None:
        try:
            old, new = await self._old.read(), await self._new.read()
        except (Refused, NoAnswer) as error:
            self.view.fail(safe(sentence("Read the code", error)))
            self.host.fail("Read the code", error)
            return
        self.view.put(old, new)

    def _title(self) -> list[Piece]:
        return [(" Comparison  ", "title-focus"), (self.view.count_text(), "")]

    def action_copy_text(self) -> None:
        """Copy the comparison as a patch; the `c` of `]c` does not copy."""
        if not self.view.is_in_bracket:
            self.reader.copy()
