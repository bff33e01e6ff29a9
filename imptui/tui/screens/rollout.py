"""The rollout screen: how many devices restarted after a deployment, which are stuck, and the roll-back."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec.structs import replace
from textual import work
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused
from imptui.domain.ids import DeploymentId, DeviceId
from imptui.domain.log import LogEntry
from imptui.fleet.deployments.rollout import Rollout
from imptui.tui.commands.command import Situation
from imptui.tui.commands.prompts import devices
from imptui.tui.commands.questions import Menu, Option, Question
from imptui.tui.commands.routes import DeploymentsRoute, ReviewRoute
from imptui.tui.present.failure import sentence
from imptui.tui.present.look import Piece
from imptui.tui.present.rollout import per_minute, rollout_lines
from imptui.tui.present.safe import safe
from imptui.tui.screens.page import Page
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of

EVERY_S = 2.0
"""The pause between two readings."""

REMEMBERED = timedelta(minutes=2)
"""The period over which the rate is computed."""


class RolloutPage(Page):
    """Shows the rollout of a deployment; follows it while the screen is in front.

    Args:
        deployment_id: The deployment.
        before_id: The deployment that the group ran before; None: none.
    """

    page_name: ClassVar[str] = "rollout"

    def __init__(self, deployment_id: DeploymentId, *, before_id: DeploymentId | None = None) -> None:
        super().__init__()
        self.deployment_id, self.before_id = deployment_id, before_id
        self.rollout: Rollout | None = None
        self.trouble: str | None = None
        self._seen: deque[tuple[datetime, int]] = deque()
        self._is_reading = False
        self._last_words: dict[DeviceId, LogEntry | None] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Lay out a title and a text."""
        self.title_line = PaintedLine(id="list-title")
        self.lines_view = LinesView(id="text")
        yield self.title_line
        yield self.lines_view

    def panes(self) -> list[Widget]:
        """Return the only pane: the text."""
        return [self.lines_view]

    def pane_name(self) -> str:
        """The name of the pane in the commands."""
        return "rollout"

    def opened(self) -> None:
        """Read now, and again every two seconds."""
        self.focus_pane(self.lines_view)
        self.read()
        self.set_interval(EVERY_S, self.read)

    def read(self) -> None:
        """Read the rollout, unless a reading runs or another screen is in front."""
        if not self._is_reading and self.app.screen is self:
            self._is_reading = True
            self._read()

    @work(group="rollout")
    async def _read(self) -> None:
        try:
            self.rollout = await self.fleet.deploys.rollout(self.deployment_id, fresh=not self.fleet.status.is_paused)
            self.trouble = None
        except (Refused, NoAnswer) as error:
            self.trouble = sentence("Read the devices", error)
        finally:
            self._is_reading = False
        if self.rollout is not None:
            now = self.host.now()
            self._seen.append((now, self.rollout.restarted))
            while self._seen[0][0] < now - REMEMBERED:
                self._seen.popleft()
            await self._fetch_last_entries(self.rollout)
        self._paint()
        self.offer_hints()

    async def _fetch_last_entries(self, rollout: Rollout) -> None:
        """Fetch the last log entry of one stuck device per reading, the one fetched longest ago first."""
        waiting = [row.device.id for row in rollout.stuck]
        self._last_words = {each: entry for each, entry in self._last_words.items() if each in waiting}
        if not waiting or self.trouble is not None or self.fleet.status.is_paused:
            return
        unasked = [each for each in waiting if each not in self._last_words]
        device_id = unasked[0] if unasked else next(iter(self._last_words))
        self._last_words.pop(device_id, None)
        try:
            newest = await self.fleet.logs.history(device_id, 1)
        except (Refused, NoAnswer):
            newest = ()
        self._last_words[device_id] = newest[0] if newest else None

    def _paint(self) -> None:
        if not self.is_ready:
            return
        rollout = self.rollout
        lines: list[list[Piece]] = []
        if self.trouble is not None:
            lines += [
                [(f" {safe(self.trouble)}", "problem")],
                [(" These numbers are as old as the last look that worked.", "dim")],
            ]
        if rollout is not None:
            made = rollout.deployment
            name = f"{made.sha[:12]} {made.description or ''}".strip()
            self.title_line.show_pieces(
                [(" Rollout of ", "title"), (safe(name), "title-focus"), (f"  to {safe(rollout.group.name)}", "title")]
            )
            rate = per_minute(self._seen)
            lines += rollout_lines(rollout, rate, self.host.now(), self.size.width, look_of(self).glyphs, self._last_words)
        self.lines_view.put(lines or [[(" Reading.", "dim")]])

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Fit the bar to the new width."""
        self._paint()

    def situation(self, key: str | None = None) -> Situation:
        """Add the group of the rollout."""
        group = self.rollout.group if self.rollout is not None else None
        more: tuple[object, ...] = () if group is not None else ("Nothing is known about the rollout yet.",)
        return replace(super().situation(key), group=group, more=more)

    async def action_restart(self, key: str = "") -> None:
        """Restart the group, so that waiting devices take the new code."""
        rollout = self.rollout
        if rollout is None:
            return
        options = (
            Option("conditional", "conditional", "each when its program allows it", hotkey="c"),
            Option("hard", "hard", "all at once, whatever they are doing", hotkey="h"),
        )
        chosen = await self.host.choose(Menu(f"Restart {rollout.group.name}", options, opened_by=key or None))
        if chosen is None:
            return
        lines = (
            f"{devices(rollout.waiting)} of {rollout.total:,} wait for a restart.",
            "The service restarts the whole group, also those that restarted already.",
        )
        name = rollout.group.name if self.needs_name else None
        asked = Question(f"Restart {rollout.group.name} ({chosen})?", lines, "Restart", opened_by=key or None, must_type=name)
        if await self.host.ask(asked):
            await self.fleet.change.restart_group(rollout.group.id, conditional=chosen == "conditional")
            self.host.show_message(f"{rollout.group.name} restarts ({chosen}).")

    @property
    def needs_name(self) -> bool:
        """Return whether a mistake here reaches devices in the field."""
        from imptui.tui.commands.command import is_production

        return self.rollout is not None and is_production(self.rollout.group)

    async def action_roll_back(self, key: str = "") -> None:
        """Open the review of the roll-back."""
        rollout = self.rollout
        if rollout is None:
            return
        if self.before_id is None:
            self.host.show_message("The group ran nothing before; choose a deployment from its history.")
            self.host.navigator.open(DeploymentsRoute(group_id=rollout.group.id))
        else:
            self.host.navigator.open(ReviewRoute(rollout.group.id, self.before_id))
        del key
