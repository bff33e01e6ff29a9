"""What devices said and say: history first, then every line as it comes."""

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
from imptui.tui.present.log_events import together, words, words_of_several
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.log_view import LogView
from imptui.tui.widgets.text_pane import TextPane

SINCE = (None, *(timedelta(minutes=each) for each in (1, 5, 15, 30, 60, 1440)))
"""What 0 to 6 show: everything, then the last so long."""


class LogsPage(ReadingPage):
    """The lines of some devices, or of all of a group, merged by their times, live while the page is there.

    Args:
        device_ids: Which devices; those of the group when there is one.
        title: What they are together; foreign text.
        group_id: Follow whoever is in this group.
    """

    page_name: ClassVar[str] = "logs"

    class Heard(Message):
        """The log has something new."""

    def __init__(self, device_ids: tuple[DeviceId, ...], title: str, group_id: GroupId | None = None) -> None:
        super().__init__()
        self.device_ids, self.heading, self.group_id = device_ids, title, group_id
        self._names: dict[DeviceId, str] = {each: each for each in device_ids}
        self.live: LiveLog | None = None

    def make_pane(self) -> TextPane:
        """The lines."""
        self.view = LogView(self._names, id="log")
        return self.view

    def opened(self) -> None:
        """History, then the stream."""
        self.give_keys(self.view)
        self.paint_title()
        self.begin()

    @work(exclusive=True, group="history")
    async def begin(self) -> None:
        """Follow, and wait for what was said until now."""
        self.live = live = await self.fleet.logs.follow(self.device_ids, group_id=self.group_id)
        live.start(self._tell)
        await live.begun.wait()
        await self._learn_names()
        self.on_logs_page_heard()
        if not self.view.entries:
            self.view.why_empty = "Nothing was logged yet; lines appear here as they come."
            self.view.renew()
        self.paint_title()

    def _tell(self) -> None:
        self.post_message(self.Heard())

    async def _learn_names(self) -> None:
        if self.live is not None:
            rows = await self.fleet.look.rows(list(self.live.members.device_ids))
            self._names.update({each: row.device.label for each, row in rows.items()})

    async def on_unmount(self) -> None:
        """The stream ends with the page."""
        if self.live is not None:
            await self.live.close()

    def on_screen_resume(self) -> None:
        """Another log had the stream meanwhile: this one begins anew."""
        super().on_screen_resume()
        if self.is_ready and self.live is not None and self.live.is_closed:
            self.view.clear()
            self.begin()

    def fleet_changed(self) -> None:
        """Somebody may have come or gone."""
        super().fleet_changed()
        if self.live is not None:
            self.live.reconsider()
            self.learn_names()

    @work(exclusive=True, group="names")
    async def learn_names(self) -> None:
        """How the devices are called now."""
        await self._learn_names()

    def on_logs_page_heard(self) -> None:
        """Show what came, unless live values are paused."""
        live = self.live
        if live is None or not self.is_ready:
            return
        if not self.fleet.status.is_paused:
            entries: list[LogEntry] = []
            for each in together(live.take()):
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
        self.paint_title()

    # What is said about it

    def page_title(self) -> list[Piece]:
        """Whose lines, and how they come."""
        how, role = self._how()
        return [(" Log of ", "title"), (safe(self.heading), "title-focus"), (f"  {how}", role)]

    def _how(self) -> tuple[str, str]:
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
        """Paused or not."""
        super().tick()
        if self.live is not None and self.live.waiting:
            self.on_logs_page_heard()
        self.paint_title()

    def status_words(self) -> list[str]:
        """What is shown, whether it follows, and where we are."""
        follows = "following" if self.view.is_following else "staying here: End follows"
        return [self.view.choice.words(self._names), follows, self.position_words()]

    # Keys

    def action_mark(self) -> None:
        """A line under what was said so far."""
        now = self.host.now()
        self.view.remark(now, f"--- mark, {clock(now, now)} " + "-" * 40)

    def action_since(self, number: int) -> None:
        """Only the last so long; 0 is everything."""
        length = SINCE[number]
        since = None if length is None else self.host.now() - length
        if since is None and self.view.choice.since is None:
            self.host.say("All lines are shown.")
        self._choose(LogChoice(self.view.choice.part, self.view.choice.device_id, since))

    def action_choose_lines(self) -> None:
        """Errors, agent, device, service, or one of several devices."""
        self.ask_lines()

    @work(group="dialogs")
    async def ask_lines(self) -> None:
        """Which lines."""
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
        self.paint_title()

    async def action_back(self) -> None:
        """First the search goes, then the choice, then the screen."""
        if not self.view.needle and self.view.choice != LogChoice():
            self._choose(LogChoice())
        else:
            await super().action_back()

    def action_refresh_now(self) -> None:
        """Ask for the stream again, if there is none."""
        if self.live is not None:
            self.live.again()
            self.host.say("Live already." if self.live.is_open else "Asking for the stream.")

    def text_out(self) -> tuple[str, str, str]:
        """All lines that are shown."""
        return "\n".join(self.view.text_of(row) for row in range(self.view.row_count)) + "\n", "log", "txt"
