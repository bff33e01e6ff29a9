"""Messages, dialogs, the bell, and the list of failures."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from imptui.tui.commands.questions import Form, Menu, Question, Report
from imptui.tui.console.navigator import Navigator
from imptui.tui.present.failure import sentence
from imptui.tui.widgets.hint_line import HintLine

if TYPE_CHECKING:
    from imptui.tui.screens.errors import ShownFailure

FAILURE_LIMIT = 500
"""The limit of the list behind `!`; the oldest failures are dropped."""


class Notifier:
    """Shows messages and dialogs.

    Args:
        navigator: Shows dialogs, and has the page whose bottom line shows messages.
        now: The clock.
        ring: Rings the terminal's bell.
    """

    def __init__(self, navigator: Navigator, now: Callable[[], datetime], ring: Callable[[], None]) -> None:
        self._navigator = navigator
        self._now = now
        self._ring = ring
        self.failures: list[ShownFailure] = []

    def show_message(self, text: str) -> None:
        """Show one sentence on the bottom line for some seconds."""
        self._show(text, is_trouble=False)

    def fail(self, attempt: str, error: Exception) -> None:
        """Show one sentence about a failure, and list it behind `!`."""
        text = sentence(attempt, error)
        self.record(text)
        self._show(text, is_trouble=True)

    def announce(self, text: str) -> None:
        """Show a sentence, list it and ring the bell, for an event of an announced device."""
        self.record(text)
        self.show_message(text)
        self._ring()

    def record(self, text: str) -> None:
        """List a sentence behind `!` without showing it."""
        from imptui.tui.screens.errors import ShownFailure

        self.failures.append(ShownFailure(self._now(), text))
        del self.failures[:-FAILURE_LIMIT]

    def _show(self, text: str, *, is_trouble: bool) -> None:
        page = self._navigator.page
        if page is not None and page.is_ready:
            page.query_one("#hints", HintLine).show_message(text, is_trouble=is_trouble)

    async def ask(self, question: Question) -> bool:
        """Ask a question, and return whether the user confirmed."""
        from imptui.tui.widgets.dialogs.question import QuestionDialog

        answer = await self._navigator.ask(QuestionDialog(question))
        return answer is True

    async def choose(self, menu: Menu) -> str | None:
        """Show a menu, and return the key of the chosen option; None: nothing was chosen."""
        from imptui.tui.widgets.dialogs.menu import MenuDialog

        return await self._navigator.ask(MenuDialog(menu))

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """Show a form, and return the answers by key; None: it was cancelled."""
        from imptui.tui.widgets.forms import FormDialog

        return await self._navigator.ask(FormDialog(form))

    async def show(self, report: Report) -> None:
        """Show lines until the user closes them."""
        from imptui.tui.widgets.dialogs.report import ReportDialog

        await self._navigator.ask(ReportDialog(report))
