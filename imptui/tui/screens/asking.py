"""What commands ask of the terminal (see `commands/console.py`): to say and to ask."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from imptui.config.filter_history import load_filters, save_filters, with_filter
from imptui.config.keys import Keymap
from imptui.config.locations import Locations
from imptui.config.state import SessionState, load_state, save_state
from imptui.domain.rows import Tally
from imptui.tui.commands.questions import Form, Menu, Question, Report
from imptui.tui.present.failure import sentence
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.screens.page import Page
from imptui.tui.terminal.cell_diff_app import CellDiffApp
from imptui.tui.widgets.hint_line import HintLine

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet
    from imptui.fleet.read_model import DeploymentRow
    from imptui.tui.screens.errors import Mishap

KEPT_MISHAPS = 500


class Asking(CellDiffApp):
    """The console says something, or asks a person."""

    def __init__(
        self, fleet: "Fleet", locations: Locations | None, keymap: Keymap, environ: Mapping[str, str], *, is_ascii: bool
    ) -> None:
        self._fleet = fleet
        self.locations = locations
        self.keymap = keymap
        self.mishaps: list[Mishap] = []
        self.habits = load_state(locations.state) if locations is not None else SessionState()
        """How lists were left; changed by `remember`."""
        self._asked: tuple[str, ...] | None = None
        self._remembering = asyncio.Lock()
        self.side: DeploymentRow | None = None
        """One side of a comparison, kept while lists come and go."""
        super().__init__(environ, is_ascii=is_ascii)

    @property
    def page(self) -> Page | None:
        """The topmost screen that is no dialog."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)

    @property
    def home(self) -> FleetPage | None:
        """The fleet screen."""
        return next((screen for screen in self.screen_stack if isinstance(screen, FleetPage)), None)

    @property
    def total(self) -> Tally:
        """Of the whole account, as last read."""
        tree = self.home.tree_known if self.home is not None else None
        return tree.total if tree is not None else Tally()

    @property
    def fleet(self) -> "Fleet":
        """What is known and what can be done."""
        return self._fleet

    def now(self) -> datetime:
        """The time of the fleet."""
        return self._fleet.changes.now()

    # Remembering

    def remember(self, habits: SessionState) -> None:
        """Keep how things are left, for the next sitting."""
        self.habits = habits
        if self.locations is not None:
            path = self.locations.state
            self._write_down(lambda: save_state(path, self.habits), "Remember how the list was left")

    def _write_down(self, write: Callable[[], None], attempt: str) -> None:
        """Write something down in a thread, one thing after the other; `write` takes what is true by then."""

        async def written() -> None:
            async with self._remembering:
                try:
                    await asyncio.to_thread(write)
                except OSError as error:
                    self.fail(attempt, error)

        self.run_worker(written(), group="habits")

    @property
    def asked(self) -> tuple[str, ...]:
        """What lists were filtered by, newest first; of this sitting and of those before."""
        if self._asked is None:
            self._asked = load_filters(self.locations.filter_history) if self.locations is not None else ()
        return self._asked

    def remember_asked(self, text: str) -> None:
        """Keep a filter among those that were asked for."""
        self._asked = with_filter(self.asked, text)
        if self.locations is not None:
            path = self.locations.filter_history
            self._write_down(lambda: save_filters(path, self.asked), "Remember the filter")

    def hint_once(self, name: str, text: str) -> None:
        """Something that is said once in a lifetime."""
        if name not in self.habits.hints_shown:
            self.say(text)
            self.remember(self.habits.with_hint_shown(name))

    # Saying and asking

    def say(self, text: str) -> None:
        """One sentence at the bottom, for some seconds."""
        self._tell(text, is_trouble=False)

    def fail(self, attempt: str, error: Exception) -> None:
        """One sentence about what did not work, kept in the list of errors."""
        text = sentence(attempt, error)
        self._mishap(text)
        self._tell(text, is_trouble=True)

    def _tell(self, text: str, *, is_trouble: bool) -> None:
        page = self.page
        if page is not None and page.is_ready:
            page.query_one("#hints", HintLine).tell(text, is_trouble=is_trouble)

    def _mishap(self, text: str) -> None:
        from imptui.tui.screens.errors import Mishap

        self.mishaps.append(Mishap(self.now(), text))
        del self.mishaps[:-KEPT_MISHAPS]

    def notify(self, message: str, **_: object) -> None:
        """Sentences of widgets."""
        self.say(message)

    async def ask(self, question: Question) -> bool:
        """Whether the person confirmed."""
        from imptui.tui.widgets.dialogs import QuestionDialog

        answer: bool | None = await self.push_screen_wait(QuestionDialog(question))
        return bool(answer)

    async def choose(self, menu: Menu) -> str | None:
        """The key of the chosen option."""
        from imptui.tui.widgets.dialogs import MenuDialog

        return await self.push_screen_wait(MenuDialog(menu))

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """What was filled in."""
        from imptui.tui.widgets.forms import FormDialog

        return await self.push_screen_wait(FormDialog(form))

    async def show(self, report: Report) -> None:
        """Lines to read."""
        from imptui.tui.widgets.dialogs import ReportDialog

        await self.push_screen_wait(ReportDialog(report))
