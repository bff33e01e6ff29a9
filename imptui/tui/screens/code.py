"""The programs of a deployment."""

from dataclasses import replace
from typing import ClassVar

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
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.code_view import PROGRAMS, CodeView
from imptui.tui.widgets.text_pane import TextPane
from imptui.tui.widgets.theme_access import look_of


class CodePage(ReadingPage):
    """Agent and device program, one at a time; nothing can be changed here, only copied."""

    page_name: ClassVar[str] = "code"

    def __init__(self, deployment_id: DeploymentId, place: CodePlace | None = None) -> None:
        super().__init__()
        self.deployment_id, self._place = deployment_id, place
        self.row: DeploymentRow | None = None

    def make_pane(self) -> TextPane:
        """The program."""
        self.view = CodeView(id="code")
        return self.view

    def opened(self) -> None:
        """Read the programs: from the cache, else from the service."""
        self.give_keys(self.view)
        if self._place is not None:
            self.view.program = self._place.program
        self.load()

    def on_text_pane_told(self) -> None:
        """The program is there: to the place that was asked for."""
        if self._place is not None and self.view.row_count:
            place, self._place = self._place, None
            self.go_line(place.line)
            self.view.search(place.needle)
        super().on_text_pane_told()

    @work(exclusive=True, group="code")
    async def load(self) -> None:
        """First what is known of the deployment, then its programs."""
        await self._load_row()
        try:
            programs = await self.fleet.deploys.programs(self.deployment_id)
        except (Refused, NoAnswer) as error:
            why = sentence("Read the code", error)
            self.view.fail(safe(why))
            self.host.fail("Read the code", error)
            return
        await self._load_row()
        self.view.put(programs)

    async def _load_row(self) -> None:
        self.row = await self.fleet.look.deployment(self.deployment_id)
        self.about.put(about_lines(self.row, self.host.now(), look_of(self).glyphs) if self.row is not None else [])
        self.paint_title()
        self.offer_hints()  # what can be done with a deployment is not struck out once it is known

    def situation(self, key: str | None = None) -> Situation:
        """This deployment."""
        return replace(super().situation(key), deployment=self.row)

    def page_title(self) -> list[Piece]:
        """Which deployment, and which program of it."""
        name = name_of(self.row) if self.row is not None else self.deployment_id
        pieces: list[Piece] = [(f" {safe(name)}  ", "title-focus")]
        for program in PROGRAMS:
            pieces += [(f"[{program}]" if program == self.view.program else f" {program} ", "title"), (" ", "")]
        return pieces

    def status_words(self) -> list[str]:
        """Where we are, and how much there is."""
        view = self.view
        if view.programs is None:
            return []
        return [self.position_words(), f"{len(view.text):,} characters"]

    def text_out(self) -> tuple[str, str, str]:
        """The program that is shown."""
        sha = self.row.deployment.sha[:12] if self.row is not None else self.deployment_id[:12]
        return self.view.text, f"{self.view.program}-{sha}", f"{self.view.program}.nut"

    def edited(self, text: str) -> None:
        """The changed copy may go into a review."""
        self.offer_review(text)

    @work(group="dialogs")
    async def offer_review(self, text: str) -> None:
        """Ask whether the changed copy shall be reviewed; else keep it in a file."""
        programs, row = self.view.programs, self.row
        group_id = row.deployment.group_id if row is not None else None
        if row is None or programs is None or group_id is None:
            super().edited(text)
            return
        lines = (f"The copy of the {self.view.program} program was changed. Nothing is deployed by looking at it.",)
        asked = Question("Review the changed copy?", lines, "Review", is_dangerous=False)
        if not await self.host.ask(asked):
            super().edited(text)
            return
        from imptui.tui.screens.review import ReviewPage

        changed = Programs(text, programs.device_code) if self.view.program == "agent" else Programs(programs.agent_code, text)
        source = f"an edited copy of {row.deployment.sha[:12]}"
        self.host.navigator.show(ReviewPage(group_id, programs=changed, source=source, origin=row.deployment.sha))

    def action_outline(self) -> None:
        """Jump to a function, class or enum."""
        self.ask_symbol()

    @work(group="dialogs")
    async def ask_symbol(self) -> None:
        """Which one, and there."""
        symbols = await self.view.symbols()
        if not symbols:
            self.host.say("No function, class or enum begins on a line of its own here.")
            return
        options = tuple(Option(str(each.line), f"{each.name}", f"{each.kind}, line {each.line + 1}") for each in symbols)
        chosen = await self.host.choose(Menu(f"Outline of the {self.view.program} program", options, can_filter=True))
        if chosen is not None:
            self.view.go(int(chosen), middle=True)
