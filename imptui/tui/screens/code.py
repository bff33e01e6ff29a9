"""The screen of the programs of a deployment."""

from typing import ClassVar

from msgspec.structs import replace
from textual import work

from imptui.client.errors import NoAnswer
from imptui.domain.deployment import Programs
from imptui.domain.errors import Refused
from imptui.domain.ids import DeploymentId
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.commands.command import Situation
from imptui.tui.commands.questions import Menu, Option, Question
from imptui.tui.commands.routes import CodePlace
from imptui.tui.present.deployment import about_lines, name_of
from imptui.tui.present.failure import sentence
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.reader import Reader
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.code_text import PROGRAMS
from imptui.tui.widgets.code_view import CodeView
from imptui.tui.widgets.theme_access import look_of


class CodePage(ReadingPage):
    """Shows the agent and the device program, one at a time, read-only.

    Args:
        deployment_id: The deployment.
        place: The place to begin at; None: the top of the agent program.
    """

    page_name: ClassVar[str] = "code"

    def __init__(self, deployment_id: DeploymentId, place: CodePlace | None = None) -> None:
        super().__init__()
        self.view = CodeView(id="code")
        self.reader = Reader(self, self.view, title=self._title, status=self._status, file=self._file)
        self.reader.edited = self._edited
        self._deployment_id, self._place = deployment_id, place
        self.row: DeploymentRow | None = None

    def opened(self) -> None:
        """Read the programs from the cache, else from the service."""
        self.focus_pane(self.view)
        if self._place is not None:
            self.view.code.program = self._place.program
        self._load()

    def on_text_pane_updated(self) -> None:
        """Move to the requested place once the program is loaded."""
        if self._place is not None and self.view.row_count:
            place, self._place = self._place, None
            self.reader.go_line(place.line)
            self.view.find(place.needle)

    @work(exclusive=True, group="code")
    async def _load(self) -> None:
        """Read the deployment from the cache, then its programs."""
        await self._load_row()
        try:
            programs = await self.fleet.programs.of(self._deployment_id)
        except (Refused, NoAnswer) as error:
            self.view.fail(safe(sentence("Read the code", error)))
            self.host.fail("Read the code", error)
            return
        await self._load_row()
        self.view.put(programs)

    async def _load_row(self) -> None:
        self.row = row = await self.fleet.look.deployment(self._deployment_id)
        self.reader.about.put(about_lines(row, self.host.now(), look_of(self).glyphs) if row is not None else [])
        self.reader.paint()
        self.offer_hints()  # Commands on the deployment are enabled once it is known.

    def situation(self, key: str | None = None) -> Situation:
        """Add this deployment."""
        return replace(super().situation(key), deployment=self.row)

    def _title(self) -> list[Piece]:
        name = name_of(self.row) if self.row is not None else self._deployment_id
        pieces: list[Piece] = [(f" {safe(name)}  ", "title-focus")]
        for program in PROGRAMS:
            pieces += [(f"[{program}]" if program == self.view.code.program else f" {program} ", "title"), (" ", "")]
        return pieces

    def _status(self) -> list[str]:
        code = self.view.code
        return [self.reader.position_text, f"{len(code.text):,} characters"] if code.programs is not None else []

    def _file(self) -> TextFile:
        sha = self.row.deployment.sha[:12] if self.row is not None else self._deployment_id[:12]
        program = self.view.code.program
        return TextFile(self.view.code.text, f"{program}-{sha}", f"{program}.nut")

    # A changed copy

    def _edited(self, text: str) -> None:
        self._offer_review(text)

    @work(group="dialogs")
    async def _offer_review(self, text: str) -> None:
        """Ask whether to review a changed copy; else write it to a file."""
        programs, row, program = self.view.code.programs, self.row, self.view.code.program
        group_id = row.deployment.group_id if row is not None else None
        if row is None or programs is None or group_id is None or not await self._wants_review(program):
            self.reader.write_edited(text)
            return
        from imptui.tui.screens.review import ReviewPage

        changed = Programs(text, programs.device_code) if program == "agent" else Programs(programs.agent_code, text)
        source = f"an edited copy of {row.deployment.sha[:12]}"
        self.host.navigator.show(ReviewPage(group_id, programs=changed, source=source, origin=row.deployment.sha))

    async def _wants_review(self, program: str) -> bool:
        lines = (f"The copy of the {program} program was changed. Nothing is deployed by looking at it.",)
        return await self.host.ask(Question("Review the changed copy?", lines, "Review", is_dangerous=False))

    # Outline

    def action_outline(self) -> None:
        """Choose a function, class or enum, and move there."""
        self._ask_symbol()

    @work(group="dialogs")
    async def _ask_symbol(self) -> None:
        symbols = await self.view.symbols()
        if not symbols:
            self.host.show_message("No function, class or enum begins on a line of its own here.")
            return
        options = tuple(Option(str(each.line), f"{each.name}", f"{each.kind}, line {each.line + 1}") for each in symbols)
        menu = Menu(f"Outline of the {self.view.code.program} program", options, can_filter=True)
        chosen = await self.host.choose(menu)
        if chosen is not None:
            self.view.go(int(chosen), middle=True)
