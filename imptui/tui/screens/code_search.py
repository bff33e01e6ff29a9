"""A text in all code that was ever read from here: which deployments hold it, and where."""

from typing import ClassVar

from textual import on, work
from textual.worker import Worker

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Invalid, Refused
from imptui.domain.ids import DeploymentId
from imptui.fleet.deployments.code_search import HIT_LIMIT, CodeFound, pattern_of
from imptui.query.regular_expression import PatternTooLong, RegularExpression
from imptui.tui.commands.routes import CodePlace, CodeRoute
from imptui.tui.present.deployment import name_of, place_of, standing
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.found_list import FoundList
from imptui.tui.widgets.search_bar import SearchBar
from imptui.tui.widgets.text_pane import TextPane


class CodeSearchPage(ReadingPage):
    """Results come as they are found; Esc stops the search.

    Args:
        text: What to look for; between slashes it is a regular expression. Empty: asked for.
    """

    page_name: ClassVar[str] = "code-search"

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text
        self.done = self.total = self.missing = 0
        self.trouble = ""
        self.fetched: int | None = None
        self._search: Worker[None] | None = None

    def make_pane(self) -> TextPane:
        """The lines that were found."""
        self.list = FoundList(id="found")
        return self.list

    def opened(self) -> None:
        """Look, or ask what for."""
        self.give_keys(self.list)
        if self.text:
            self._search = self.search()
        else:
            self.list.why_empty = "Type what to look for; /between slashes/ is a regular expression."
            self.call_after_refresh(self.action_search)
            self.count_missing()
        self.paint_title()

    @property
    def is_searching(self) -> bool:
        """Whether it goes on."""
        return self._search is not None and self._search.is_running

    @work(group="missing")
    async def count_missing(self) -> None:
        """How much code was never read from here."""
        self.missing = len(await self.fleet.code_search.missing())
        self.paint_title()

    @work(exclusive=True, group="code-search")
    async def search(self) -> None:
        """One deployment after the other."""
        self.trouble, self.done, self.total = "", 0, 0
        self.list.begin()
        try:
            pattern = _pattern(self.text)
        except Invalid as error:
            self._troubled(error.reason)
            return
        self.missing = len(await self.fleet.code_search.missing())
        try:
            async for step in self.fleet.code_search.search(pattern):
                self.done, self.total = step.done, step.total
                self.list.add(step.found)
                self.paint_title()
        except PatternTooLong as error:
            self._troubled(error.reason)
            self.host.say(error.reason)
            return
        self.list.why_empty = "Not found." if self.total else "No code was read from here yet: R reads it."
        self.list.renew()
        self.paint_title()

    def _troubled(self, reason: str) -> None:
        self.trouble = reason
        self.list.why_empty = safe(reason)
        self.list.renew()
        self.paint_title()

    def action_search(self) -> None:
        """Type what to look for."""
        self.bar.open("code", "look for", self.text)

    @on(SearchBar.Left)
    def search_left(self, event: SearchBar.Left) -> None:
        """Enter looks, Esc leaves all as it was."""
        if event.purpose != "code":
            super().search_left(event)
            return
        self.give_keys(self.list)
        if not event.is_given_up and event.text:
            self.text = event.text
            self._search = self.search()

    def action_refresh_now(self) -> None:
        """Read the code that is missing here."""
        if self.fetched is None:
            self.fetch()

    @work(exclusive=True, group="fetch")
    async def fetch(self) -> None:
        """One deployment after the other, then look again."""
        ids = await self.fleet.code_search.missing()
        if not ids:
            self.host.say("All code that is known of has been read.")
        self.fetched = 0
        try:
            async for _ in self.fleet.code_search.fetch(ids):
                self.fetched += 1
                self.missing = len(ids) - self.fetched
                self.paint_title()
        except (Refused, NoAnswer) as error:
            self.host.fail("Read the code", error)
        finally:
            self.fetched = None
        if self.text:
            self._search = self.search()
        else:
            self.paint_title()

    async def action_back(self) -> None:
        """First the search stops, then the reading, then the screen goes."""
        if self.fetched is not None:
            self.workers.cancel_group(self, "fetch")
            self.fetched = None
            self.host.say("Stopped reading.")
        elif self.is_searching and self._search is not None:
            self._search.cancel()
            self.host.say(f"Stopped after {self.done:,} of {self.total:,} deployments.")
        else:
            await self.leave()
        self.paint_title()

    @on(FoundList.Opened)
    def open_code(self) -> None:
        """The code, at the line."""
        found = self.list.current
        if found is not None:
            needle = "" if _is_regex(self.text) else self.text
            place = CodePlace(found.hit.program, found.hit.line, needle)
            self.host.navigator.open(CodeRoute(DeploymentId(found.hit.deployment_id), place))

    # What is said

    def paint_title(self) -> None:
        """What the columns are, too."""
        super().paint_title()
        if self.is_ready:
            self.about.put([[(self.list.heads, "columns")]] if self.list.found else [])

    def page_title(self) -> list[Piece]:
        """What is looked for, and how far it is."""
        if not self.text:
            return [(" Look through all code", "title-focus")]
        number = len(self.list.found)
        how = f"{number:,}{'+' if number >= HIT_LIMIT else ''} lines in {self.list.deployments:,} deployments"
        how += f", {self.done:,} of {self.total:,} searched" + (" ..." if self.is_searching else "")
        return [(" Code with ", "title"), (safe(self.text), "title-focus"), (f"  {how}", "dim")]

    def status_words(self) -> list[str]:
        """What the line is in, and what could not be looked at."""
        found = self.list.current
        words = [] if found is None else [f"{name_of(found.row)}, {place_of(found.row)}", standing(found.row)]
        if self.fetched is not None:
            return [*words, f"reading code: {self.fetched:,} read, {self.missing:,} to go, Esc stops"]
        rest = f"the code of {self.missing:,} deployments was never read from here: R reads it" if self.missing else ""
        return [rest, *words]

    def text_out(self) -> tuple[str, str, str]:
        """What was found, as grep prints it."""
        return "".join(f"{grep_line(each)}\n" for each in self.list.found), "found", "txt"


def grep_line(found: CodeFound) -> str:
    """`group:sha:program:line:text`; foreign text."""
    return f"{found.row.group_name or '-'}:{found.row.deployment.sha[:12]}:{found.hit.program}:{found.hit.line}:{found.hit.text}"


def _is_regex(text: str) -> bool:
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def _pattern(text: str) -> RegularExpression:
    is_regex = _is_regex(text)
    return pattern_of(text[1:-1] if is_regex else text, is_regex=is_regex)
