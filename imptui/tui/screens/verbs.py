"""What commands ask of the terminal (see `commands/console.py`): to copy, to open, to allow."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.domain.rows import DeviceRow
from imptui.query.query import Scope
from imptui.tui import messages
from imptui.tui.screens.asking import Asking
from imptui.tui.screens.fleet import FleetPage

if TYPE_CHECKING:
    from imptui.config.contexts import NamedContext
    from imptui.fleet.deployments.draft import UnfinishedReview
    from imptui.tui.commands.console_protocol import CodePlace


class Verbs(Asking):
    """The verbs of the console, and which screens there are.

    Attributes:
        next_context: Where the person wants to go from here; None: nowhere.
    """

    next_context: str | None = None
    noticed: dict[DeviceId, DeviceRow]
    """Devices that the person wants to hear of, as they were known last."""
    clipboard = "auto"
    """Where copied text goes, one of the `CLIPBOARDS` of the settings."""

    def copy(self, text: str, what: str) -> None:
        """As the settings say; what cannot go that way goes into a file."""
        way = self.clipboard
        if way == "native":
            self._copy_by_program(text, what)
        elif way == "file" or not self._copied_over_the_line(text, what):
            self._copy_into_file(text, what, is_wished=way == "file")

    def _copied_over_the_line(self, text: str, what: str) -> bool:
        from imptui.tui.terminal.osc52 import osc52

        sequence = osc52(text, self._environ)
        if sequence is None or self._driver is None or self.is_headless:
            return False
        self._driver.write(sequence)
        self._driver.flush()
        self.say(f"Copied: {what} ({len(text):,} characters; the terminal must allow OSC 52).")
        return True

    @work(group="copy", exclusive=True)
    async def _copy_by_program(self, text: str, what: str) -> None:
        from imptui.tui.terminal.native_clipboard import put_native

        program = await asyncio.to_thread(put_native, text, self._environ)
        if program is not None:
            self.say(f"Copied: {what} ({len(text):,} characters, by {program}).")
        else:
            self._copy_into_file(text, what)

    def _copy_into_file(self, text: str, what: str, *, is_wished: bool = False) -> None:
        path = self.export_path("clip", "txt")
        path.write_text(text, encoding="utf-8", errors="replace")
        why = "Written" if is_wished else "Written, as it cannot be copied"
        self.say(f"{why}: {what} is in {path}")

    def export_path(self, what: str, suffix: str) -> Path:
        """A new file below the exports folder, readable by its owner alone."""
        folder = self.locations.exports if self.locations is not None else Path.cwd()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stem = f"imptui-{what}-{self.now().astimezone():%Y%m%d-%H%M%S}"
        for number in range(1000):
            path = folder / (f"{stem}.{suffix}" if not number else f"{stem}-{number}.{suffix}")
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                continue
            return path
        raise FileExistsError(folder)

    def open_url(self, url: str) -> None:  # type: ignore[override]  # never a new tab of Textual's choice
        """A browser where there is one, else the clipboard."""
        is_web = url.startswith(("https://", "http://"))
        if (
            is_web
            and not self._environ.get("SSH_CONNECTION")
            and (self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin")
        ):
            super().open_url(url)
            self.say(f"Opened {url}")
        else:
            self.copy(url, "agent URL")

    def keep_marks(self, device_ids: set[DeviceId]) -> None:
        """Of what was marked, these were not dealt with."""
        if self.home is not None:
            self.home.table.keep_marks(device_ids)

    def forget_marks(self) -> None:
        """What was marked has been dealt with."""
        if self.home is not None:
            self.home.table.unmark()

    def contexts(self) -> "tuple[NamedContext, ...]":
        """Read from their file, which another console may have written meanwhile."""
        from imptui.config.contexts import load_contexts
        from imptui.config.errors import UnreadableFile

        if self.locations is None:
            return ()
        try:
            return load_contexts(self.locations.contexts).all()
        except UnreadableFile as error:
            self.fail("Read the contexts", error)
            return ()

    def switch_context(self, name: str) -> None:
        """Whoever started this console starts the next one."""
        self.next_context = name
        self.exit()

    def set_read_only(self, because: str | None) -> None:
        """Refuse every change, or allow them again."""
        self._fleet.set_read_only(because)
        now = self._fleet.status.read_only_because
        self.say("Changes are allowed." if now is None else f"Read-only: {now}.")
        if self.page is not None:
            self.page.tick()
            self.page.offer_hints()

    # Noticing

    def notice(self, rows: Sequence[DeviceRow]) -> None:
        """Tell when something happens to these devices, or no longer where all of them are noticed."""
        known = {row.device.id: row for row in rows}
        if known.keys() <= self.noticed.keys():
            self.noticed = {key: row for key, row in self.noticed.items() if key not in known}
            self.say(f"No more news of {len(known):,} device{'s' * (len(known) != 1)}.")
            return
        self.noticed |= known
        self.say(f"You will hear of {len(self.noticed):,} device{'s' * (len(self.noticed) != 1)}; the news stay behind !.")

    @work(group="noticing", exclusive=True)
    async def tell_news(self) -> None:
        """What happened to the devices that are noticed, with the terminal's bell."""
        from imptui.tui.present.news import news

        known = dict(self.noticed)
        rows = await self._fleet.look.rows(list(known))
        for device_id, was in known.items():
            text, row = news(was, rows.get(device_id)), rows.get(device_id)
            if device_id in self.noticed:
                if row is None:
                    del self.noticed[device_id]
                else:
                    self.noticed[device_id] = row
            if text is not None:
                self._mishap(text)
                self.say(text)
                self.bell()

    # Screens

    def open_device(self, device_id: DeviceId) -> None:
        """The device screen, in the place of one that is in front: scanning a box of units leaves no pile of screens."""
        from imptui.tui.screens.device import DevicePage

        page = DevicePage(device_id)
        if isinstance(self.screen, DevicePage):
            self.switch_screen(page)
        else:
            self.push_screen(page)

    def show_scope(self, scope: Scope) -> None:
        """The fleet screen with the devices of a scope."""
        while not isinstance(self.screen, FleetPage) and len(self.screen_stack) > 1:
            self.pop_screen()
        if self.home is not None:
            self.home.show_scope(scope)
            self.home.give_keys(self.home.table)

    def _open(self, module: str, name: str, *arguments: object, **named: object) -> None:
        """A screen of a module that is read only now."""
        from importlib import import_module

        try:
            page = getattr(import_module(f"imptui.tui.screens.{module}"), name)
        except ModuleNotFoundError as error:
            if error.name != f"imptui.tui.screens.{module}":
                raise
            self.say("This version has no such screen.")
            return
        self.push_screen(page(*arguments, **named))

    def open_code(self, deployment_id: DeploymentId, place: "CodePlace | None" = None) -> None:
        """The code screen of a deployment, at a place in it."""
        self._open("code", "CodePage", deployment_id, place)

    def open_rollout(self, deployment_id: DeploymentId, before_id: DeploymentId | None = None) -> None:
        """How far a deployment has come."""
        self._open("rollout", "RolloutPage", deployment_id, before_id=before_id)

    def open_lineage(self, product_id: ProductId, group_id: GroupId | None = None) -> None:
        """Where the code of a product went, with a group chosen."""
        self._open("lineage", "LineagePage", product_id, group_id)

    def open_cleaning(self, group_id: GroupId) -> None:
        """Which old deployments of a group would go."""
        self._open("cleaning", "CleaningPage", group_id)

    def open_code_search(self, text: str = "") -> None:
        """A text in all code that was ever read."""
        self._open("code_search", "CodeSearchPage", text)

    def open_review(self, group_id: GroupId, source_id: DeploymentId | None = None) -> None:
        """The review of what would be deployed to a group."""
        self._open("review", "ReviewPage", group_id, source_id)

    def resume_review(self, unfinished: "UnfinishedReview") -> None:
        """A review that was kept, as it was left."""
        self._open("review", "ReviewPage", unfinished.group_id, unfinished=unfinished)

    @work(group="unfinished")
    async def tell_unfinished(self) -> None:
        """What was begun and not deployed, so that nobody forgets it."""
        found = await self._fleet.drafts.unfinished()
        if found:
            from imptui.tui.present.review import unfinished_words

            self.say(unfinished_words(found))

    def open_deployments(self, *, group_id: GroupId | None = None, product_id: ProductId | None = None) -> None:
        """The history of a group or product."""
        self._open("deployments", "DeploymentsPage", group_id=group_id, product_id=product_id)

    def open_logs(self, device_ids: tuple[DeviceId, ...], title: str, group_id: GroupId | None = None) -> None:
        """The live log of some devices, or of whoever is in a group."""
        self._open("logs", "LogsPage", device_ids, title, group_id)

    def open_line(self, group_id: GroupId) -> None:
        """The production line of a fixture group."""
        self._open("line", "LinePage", group_id)

    def on_open_device(self, message: messages.OpenDevice) -> None:
        """A widget asks for a screen."""
        self.open_device(message.device_id)

    def on_open_code(self, message: messages.OpenCode) -> None:
        """A widget asks for a screen."""
        self.open_code(message.deployment_id)

    def on_open_review(self, message: messages.OpenReview) -> None:
        """A widget asks for a screen."""
        self.open_review(message.group_id, message.source_id)

    def on_say(self, message: messages.Say) -> None:
        """A widget has something to say."""
        self.say(message.text)
