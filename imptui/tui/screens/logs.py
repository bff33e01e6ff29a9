"""What devices said and say: history first, then every line as it comes."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work

from imptui.client.errors import NoAnswer
from imptui.model.errors import Refused
from imptui.model.ids import DeviceId
from imptui.model.log import LogEntry
from imptui.tui.present.age import clock
from imptui.tui.present.log_news import news
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.present.trouble import sentence
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.log_view import LogView
from imptui.tui.widgets.text_pane import TextPane

EVERY_S = 2.0
"""Pause between two looks for new lines."""

HISTORY = 200
"""Lines of each device that are read at first."""

PAGE = 100
"""Lines of each device that are read at every look."""


class LogsPage(ReadingPage):
    """The lines of some devices, merged by their times.

    Args:
        device_ids: Which devices.
        title: What they are together; foreign text.
    """

    page_name: ClassVar[str] = "logs"

    def __init__(self, device_ids: tuple[DeviceId, ...], title: str) -> None:
        super().__init__()
        self.device_ids, self.heading = device_ids, title
        self._names: dict[DeviceId, str] = {each: each for each in device_ids}
        self._pages: dict[DeviceId, Sequence[LogEntry]] = {}
        self._is_reading = False
        self.trouble: str | None = None

    def make_pane(self) -> TextPane:
        """The lines."""
        self.view = LogView(self._names, id="log")
        return self.view

    def opened(self) -> None:
        """History, then a look every two seconds."""
        self.give_keys(self.view)
        self.paint_title()
        self.begin()
        self.set_interval(EVERY_S, self.read)

    @work(exclusive=True, group="history")
    async def begin(self) -> None:
        """Names and history."""
        rows = await self.fleet.look.rows(list(self.device_ids))
        self._names.update({each: row.device.label for each, row in rows.items()})
        await self._look(HISTORY)
        if not self.view.row_count and self.trouble is None:
            self.view.why_empty = "Nothing was logged yet; lines appear here as they come."
            self.view.renew()

    def read(self) -> None:
        """Look for new lines, unless a look is under way, the screen is hidden, or live values are paused."""
        if not self._is_reading and self.app.screen is self and not self.fleet.status.is_paused and self._pages:
            self._read()

    @work(group="log")
    async def _read(self) -> None:
        await self._look(PAGE)

    async def _look(self, limit: int) -> None:
        self._is_reading = True
        found: list[LogEntry] = []
        was, self.trouble = self.trouble, None
        try:
            for device_id in self.device_ids:
                page = await self.fleet.logs.history(device_id, limit)
                new = news(self._pages.get(device_id, ()), page, limit)
                if new.has_gap:
                    name = self._names[device_id]
                    self.view.remark(page[0].at, f"--- {name}: lines may be missing here, more came than one look shows ---")
                self._pages[device_id] = page or self._pages.get(device_id, ())
                found += new.entries
        except (Refused, NoAnswer) as error:
            self.trouble = sentence("Read the log", error)
            if was is None:
                self.host.fail("Read the log", error)
            if not self.view.row_count:
                self.view.why_empty = safe(self.trouble)
                self.view.renew()
        finally:
            self._is_reading = False
        found.sort(key=lambda entry: entry.at)
        self.view.add(found)
        self.paint_title()

    def page_title(self) -> list[Piece]:
        """Whose lines, and how they come."""
        how = f"looked for every {EVERY_S:.0f} s"
        if self.trouble is not None:
            how = "no new lines: see !"
        elif self.is_ready and self.fleet.status.is_paused:
            how = "paused"
        return [(" Log of ", "title"), (safe(self.heading), "title-focus"), (f"  {how}", "weak" if self.trouble else "dim")]

    def tick(self) -> None:
        """Paused or not."""
        super().tick()
        self.paint_title()

    def status_words(self) -> list[str]:
        """Whether it follows, and where we are."""
        return ["following" if self.view.is_following else "staying here, s follows", self.position_words()]

    def action_mark(self) -> None:
        """A line under what was said so far."""
        now = self.host.now()
        self.view.remark(now, f"--- mark, {clock(now, now)} " + "-" * 40)

    def text_out(self) -> tuple[str, str, str]:
        """All lines that are kept."""
        return "\n".join(self.view.text_of(row) for row in range(self.view.row_count)) + "\n", "log", "txt"
