"""The search in all code that was read from this machine."""

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
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.reader import Reader
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.found_list import FoundList
from imptui.tui.widgets.search_bar import SearchBar


class CodeSearchPage(ReadingPage):
    """Searches a text in all code; results are shown as they are found, and Esc stops the search.

    Args:
        text: The text; between slashes it is a regular expression. Empty: the user is asked.
    """

    page_name: ClassVar[str] = "code-search"

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.list = FoundList(id="found")
        self.reader = Reader(self, self.list, title=self._title, status=self._status, file=self._file)
        self.text = text
        self.done = self.total = self.missing = 0
        self.trouble = ""
        self.fetched: int | None = None
        self._search: Worker[None] | None = None

    def opened(self) -> None:
        """Search, or ask for a text."""
        self.focus_pane(self.list)
        if self.text:
            self._search = self._find()
        else:
            self.list.explain_empty("Type what to look for; /between slashes/ is a regular expression.")
            self.call_after_refresh(self.action_search)
            self._count_missing()
        self._paint()

    @property
    def _is_searching(self) -> bool:
        return self._search is not None and self._search.is_running

    @work(group="missing")
    async def _count_missing(self) -> None:
        """Count the deployments whose code was never read."""
        self.missing = len(await self.fleet.code_search.missing())
        self._paint()

    @work(exclusive=True, group="code-search")
    async def _find(self) -> None:
        """Search one deployment after the other."""
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
                self._paint()
        except PatternTooLong as error:
            self._troubled(error.reason)
            self.host.show_message(error.reason)
            return
        self.list.explain_empty("Not found." if self.total else "No code was read from here yet: R reads it.")
        self._paint()

    def _troubled(self, reason: str) -> None:
        self.trouble = reason
        self.list.explain_empty(safe(reason))
        self._paint()

    def action_search(self) -> None:
        """Ask for a text to search in all code."""
        self.reader.ask("code", "look for", self.text)

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Start the search with Enter; Esc changes nothing."""
        if event.purpose == "code" and not event.is_given_up and event.text:
            self.text = event.text
            self._search = self._find()

    def action_refresh_now(self) -> None:
        """Fetch the code that was never read."""
        if self.fetched is None:
            self._fetch()

    @work(exclusive=True, group="fetch")
    async def _fetch(self) -> None:
        """Fetch one deployment after the other, then search again."""
        ids = await self.fleet.code_search.missing()
        if not ids:
            self.host.show_message("All code that is known of has been read.")
        self.fetched = 0
        try:
            async for _ in self.fleet.code_search.fetch(ids):
                self.fetched += 1
                self.missing = len(ids) - self.fetched
                self._paint()
        except (Refused, NoAnswer) as error:
            self.host.fail("Read the code", error)
        finally:
            self.fetched = None
        if self.text:
            self._search = self._find()
        else:
            self._paint()

    async def action_back(self) -> None:
        """Stop the search, else the fetching, else leave the screen."""
        if self.fetched is not None:
            self.workers.cancel_group(self, "fetch")
            self.fetched = None
            self.host.show_message("Stopped reading.")
        elif self._is_searching and self._search is not None:
            self._search.cancel()
            self.host.show_message(f"Stopped after {self.done:,} of {self.total:,} deployments.")
        else:
            await self.action_leave()
        self._paint()

    @on(FoundList.Opened)
    def _open_code(self) -> None:
        """Open the code at the line under the cursor."""
        found = self.list.current
        if found is not None:
            needle = "" if _is_regex(self.text) else self.text
            place = CodePlace(found.hit.program, found.hit.line, needle)
            self.host.navigator.open(CodeRoute(DeploymentId(found.hit.deployment_id), place))

    # Title and status

    def on_text_pane_updated(self) -> None:
        """Paint the headings as well."""
        self._paint_heads()

    def _paint(self) -> None:
        self.reader.paint()
        self._paint_heads()

    def _paint_heads(self) -> None:
        if self.is_ready:
            self.reader.about.put([[(self.list.heads, "columns")]] if self.list.found else [])

    def _title(self) -> list[Piece]:
        if not self.text:
            return [(" Look through all code", "title-focus")]
        number = len(self.list.found)
        how = f"{number:,}{'+' if number >= HIT_LIMIT else ''} lines in {self.list.deployments:,} deployments"
        how += f", {self.done:,} of {self.total:,} searched" + (" ..." if self._is_searching else "")
        return [(" Code with ", "title"), (safe(self.text), "title-focus"), (f"  {how}", "dim")]

    def _status(self) -> list[str]:
        """Return the deployment of the line under the cursor, and how much code could not be searched."""
        found = self.list.current
        words = [] if found is None else [f"{name_of(found.row)}, {place_of(found.row)}", standing(found.row)]
        if self.fetched is not None:
            return [*words, f"reading code: {self.fetched:,} read, {self.missing:,} to go, Esc stops"]
        rest = f"the code of {self.missing:,} deployments was never read from here: R reads it" if self.missing else ""
        return [rest, *words]

    def _file(self) -> TextFile:
        """Return the results in the format of grep."""
        return TextFile("".join(f"{grep_line(each)}\n" for each in self.list.found), "found", "txt")


def grep_line(found: CodeFound) -> str:
    """Return `group:sha:program:line:text`; foreign text."""
    return f"{found.row.group_name or '-'}:{found.row.deployment.sha[:12]}:{found.hit.program}:{found.hit.line}:{found.hit.text}"


def _is_regex(text: str) -> bool:
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def _pattern(text: str) -> RegularExpression:
    is_regex = _is_regex(text)
    return pattern_of(text[1:-1] if is_regex else text, is_regex=is_regex)
