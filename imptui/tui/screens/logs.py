"""The log screen: history first, then the live stream."""

from datetime import timedelta
from typing import ClassVar

from textual import work
from textual.message import Message

from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.log import LogEntry
from imptui.fleet.logs.live_log import LiveLog
from imptui.fleet.logs.log_events import LogEvent
from imptui.tui.commands.questions import Menu, Option
from imptui.tui.present.age import clock
from imptui.tui.present.elapsed import span
from imptui.tui.present.log_choice import LogChoice, LogPart
from imptui.tui.present.log_events import grouped, words, words_of_several
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.reader import Reader
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.log_view import LogView

SINCE = (None, *(timedelta(minutes=each) for each in (1, 5, 15, 30, 60, 1440)))
"""The ages of entries that the keys 0 to 6 select; None: all entries."""


class LogsPage(ReadingPage):
    """Shows the log of some devices, or of a whole group, merged by time, live while the screen is in front.

    Args:
        device_ids: The devices; with a group, those of the group.
        title: The name of the devices together; foreign text.
        group_id: The group whose devices are followed.
    """

    page_name: ClassVar[str] = "logs"

    class Arrived(Message):
        """The log has new entries."""

    def __init__(self, device_ids: tuple[DeviceId, ...], title: str, group_id: GroupId | None = None) -> None:
        super().__init__()
        self._device_ids, self._heading, self._group_id = device_ids, title, group_id
        self._names: dict[DeviceId, str] = {each: each for each in device_ids}
        self.live: LiveLog | None = None
        self.view = LogView(self._names, id="log")
        self.reader = Reader(
            self, self.view, title=self._title, status=self._status, file=lambda: TextFile(self._text(), "log", "txt")
        )

    def opened(self) -> None:
        """Read the history, then follow the stream."""
        self.focus_pane(self.view)
        self.reader.paint()
        self._begin()

    @work(exclusive=True, group="history")
    async def _begin(self) -> None:
        """Open the stream, and load the history before it."""
        self.live = live = await self.fleet.logs.follow(self._device_ids, group_id=self._group_id)
        live.start(self._notify)
        await live.begun.wait()
        await self._read_names()
        self.on_logs_page_arrived()
        if not self.view.entries:
            self.view.explain_empty("Nothing was logged yet; lines appear here as they come.")
        self.reader.paint()

    def _notify(self) -> None:
        self.post_message(self.Arrived())

    async def _read_names(self) -> None:
        if self.live is not None:
            rows = await self.fleet.look.rows(list(self.live.members.device_ids))
            self._names.update({each: row.device.label for each, row in rows.items()})

    async def on_unmount(self) -> None:
        """Close the stream."""
        if self.live is not None:
            await self.live.close()

    def on_screen_resume(self) -> None:
        """Restart the stream if another log screen took it meanwhile."""
        if self.is_ready and self.live is not None and self.live.is_closed:
            self.view.clear()
            self._begin()

    def fleet_changed(self) -> None:
        """Follow the present devices of the group."""
        super().fleet_changed()
        if self.live is not None:
            self.live.reconsider()
            self._renew_names()

    @work(exclusive=True, group="names")
    async def _renew_names(self) -> None:
        await self._read_names()

    def on_logs_page_arrived(self) -> None:
        """Show the new entries, unless live values are paused."""
        live = self.live
        if live is None or not self.is_ready:
            return
        if not self.fleet.status.is_paused:
            entries: list[LogEntry] = []
            for each in grouped(live.take()):
                if isinstance(each, LogEntry):
                    entries.append(each)
                    continue
                self.view.add(entries)
                entries = []
                if isinstance(each, LogEvent):
                    self.view.remark(each.at, words(each, self._names))
                else:
                    self.view.remark(each[-1].at, words_of_several(each, self._names))
            self.view.add(entries)
        self.reader.paint()

    # Title and status

    def _title(self) -> list[Piece]:
        how, role = self._stream_status()
        return [(" Log of ", "title"), (safe(self._heading), "title-focus"), (f"  {how}", role)]

    def _stream_status(self) -> tuple[str, str]:
        live = self.live
        if live is None or not live.begun.is_set():
            return "reading", "dim"
        if self.fleet.status.is_paused:
            return f"paused, {live.waiting:,} waiting: p goes on", "marked"
        if live.is_closed:
            return "another log is open", "weak"
        followed, total, count = len(live.members.device_ids), live.members.total, len(live.streamed)
        rest = followed - count
        if not live.is_open:
            return ("not live, looked at in turn" if rest and live.is_turned_away else "no connection, trying again"), "weak"
        if not rest:
            return "live" if total == 1 else f"live: {count:,} devices", "online"
        said = f"{count:,} live, {rest:,} in turn every {span(max(2, rest * 2))}"
        return said + (f", {total - followed:,} not followed" if total > followed else ""), "dim"

    def tick(self) -> None:
        """Update the status of the stream."""
        super().tick()
        if self.live is not None and self.live.waiting:
            self.on_logs_page_arrived()
        self.reader.paint()

    def _status(self) -> list[str]:
        follows = "following" if self.view.is_following else "staying here: End follows"
        return [self.view.choice.words(self._names), follows, self.reader.position_text]

    # Keys

    def action_mark(self) -> None:
        """Draw a line under the newest entry."""
        now = self.host.now()
        self.view.remark(now, f"--- mark, {clock(now, now)} " + "-" * 40)

    def action_since(self, number: int) -> None:
        """Show only the entries of the last minutes or hours; 0 shows all."""
        length = SINCE[number]
        since = None if length is None else self.host.now() - length
        if since is None and self.view.choice.since is None:
            self.host.show_message("All lines are shown.")
        self._choose(LogChoice(self.view.choice.part, self.view.choice.device_id, since))

    def action_choose_lines(self) -> None:
        """Choose errors, agent, device, service, or one of several devices."""
        self._ask_lines()

    @work(group="dialogs")
    async def _ask_lines(self) -> None:
        chosen = self.view.choice
        options = [
            Option(LogPart.ALL, "everything", hotkey="e"),
            Option(LogPart.ERRORS, "errors", "of device and agent, and why devices stopped", hotkey="r"),
            Option(LogPart.AGENT, "agent", "what agent code said", hotkey="g"),
            Option(LogPart.DEVICE, "device", "what device code said", hotkey="d"),
            Option(LogPart.SERVICE, "service", "connections, restarts, downloads", hotkey="s"),
        ]
        members = self.live.members.device_ids if self.live is not None else ()
        if len(members) > 1:
            options += [Option(f"device {each}", self._names.get(each, each), f"only this device, {each}") for each in members]
        answer = await self.host.choose(Menu("Show", tuple(options), opened_by="F"))
        if answer is None:
            return
        if answer.startswith("device "):
            self._choose(LogChoice(chosen.part, DeviceId(answer.removeprefix("device ")), chosen.since))
        else:
            part = LogPart(answer)
            self._choose(LogChoice(part, None if part is LogPart.ALL else chosen.device_id, chosen.since))

    def _choose(self, choice: LogChoice) -> None:
        self.view.choose(choice)
        self.reader.paint()

    async def action_back(self) -> None:
        """End the search, else reset the choice, else leave the screen."""
        if not self.view.search.needle and self.view.choice != LogChoice():
            self._choose(LogChoice())
        else:
            await super().action_back()

    def action_refresh_now(self) -> None:
        """Open the stream again, if it is closed."""
        if self.live is not None:
            self.live.again()
            self.host.show_message("Live already." if self.live.is_open else "Asking for the stream.")

    def _text(self) -> str:
        """Return all lines that are shown."""
        return "\n".join(self.view.source.text_of(row) for row in range(self.view.row_count)) + "\n"
