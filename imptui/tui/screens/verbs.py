"""What commands ask of the terminal (see `commands/console.py`): to say, to ask, to copy, to open."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual import work
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.config.keys import Keymap, spoken
from imptui.config.locations import Locations
from imptui.model.errors import Refused
from imptui.model.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.model.line import Tally
from imptui.model.query import Scope
from imptui.tui import messages
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.questions import Form, Menu, Option, Question, Report
from imptui.tui.present.trouble import sentence
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.screens.page import Page, run_action
from imptui.tui.widgets.hint_line import HintLine
from imptui.tui.widgets.slim import SlimApp

if TYPE_CHECKING:
    from imptui.fleet.look import DeploymentRow
    from imptui.tui.commands.console import CodePlace
    from imptui.fleet.draft import Unfinished
    from imptui.fleet.fleet import Fleet
    from imptui.tui.screens.errors import Mishap

KEPT_MISHAPS = 500


OPENING_S = 0.3
"""How long a command may take until its question is on the screen."""


class Verbs(SlimApp):
    """The verbs of the console; which screens there are, and what they say."""

    def __init__(
        self, fleet: "Fleet", locations: Locations | None, keymap: Keymap, environ: Mapping[str, str], *, is_ascii: bool
    ) -> None:
        self._fleet = fleet
        self.locations = locations
        self.keymap = keymap
        self.mishaps: list[Mishap] = []
        self.side: DeploymentRow | None = None
        """One side of a comparison, kept while lists come and go."""
        self._obeyed_at = 0.0
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

    # Commands

    async def act(self, action: str) -> None:
        """An action of what has the keys, of what it is in, of the screen, or of the application."""
        name, _, rest = action.partition("(")
        arguments: tuple[object, ...] = ()
        if rest:
            text = rest.removesuffix(")")
            arguments = (text.strip("'") if text.startswith("'") else int(text),)
        screen = self.screen
        chain: list[Widget] = (
            [each for each in screen.focused.ancestors_with_self if isinstance(each, Widget)] if screen.focused else [screen]
        )
        for node in chain:
            if await run_action(node, name, arguments):
                return
        for pane in self.page.panes() if self.page is not None else []:
            if await run_action(pane, name, arguments):
                return
        method = getattr(self, f"action_{name}", None)
        if method is None:
            self.say("That does nothing here.")
            return
        result = method(*arguments)
        if result is not None:
            await result

    def obey(self, command: Command, situation: Situation, argument: str = "") -> None:
        """Run a command unless it refuses, and say why it does."""
        why = command.refusal(situation)
        if why is not None:
            self.say(why)
            return
        is_asking = any(each.group == "dialogs" and not each.is_finished for each in self.workers)
        if is_asking and monotonic() - self._obeyed_at < OPENING_S:
            return  # the question of the last command is about to open: keys behind it must not ask another
        self._obeyed_at = monotonic()
        self.run_worker(self._obey(command, situation, argument), group="dialogs", name=command.id)

    async def _obey(self, command: Command, situation: Situation, argument: str) -> None:
        try:
            await command.run(self, situation, argument)
        except (Refused, NoAnswer) as error:
            self.fail(command.title, error)

    def action_palette(self) -> None:
        """Find a command."""
        self._choose_command(is_menu=False)

    def action_actions(self) -> None:
        """What can be done with what is chosen, and why not."""
        self._choose_command(is_menu=True)

    @work(group="dialogs")
    async def _choose_command(self, *, is_menu: bool) -> None:
        page = self.page
        if page is None:
            return
        situation = page.situation()
        offered = [each for each in page.commands if (each.in_menu or not is_menu) and each.id != "app.palette"]
        if is_menu:
            offered = [each for each in offered if not each.panes or situation.pane in each.panes]
        options = []
        for each in offered:
            keys = self.keymap.keys_of(each.id, each.keys)
            words = f":{each.words[0]}" if each.words else ""
            detail = "" if is_menu else " ".join([*map(spoken, keys[:2]), words])
            hotkey = spoken(keys[0]) if is_menu and keys else None
            options.append(Option(each.id, each.title, detail, each.refusal(situation), hotkey))
        title = f"Actions for {situation.subject}" if is_menu else "Find a command"
        chosen = await self.choose(Menu(title, tuple(options), can_filter=not is_menu, opened_by="a" if is_menu else None))
        for each in offered:
            if each.id == chosen:
                await self._obey(each, situation, "")

    def action_command_line(self) -> None:
        """Type a command."""
        self._type_command()

    @work(group="dialogs")
    async def _type_command(self) -> None:
        from imptui.tui.widgets.dialogs import CommandLine

        page = self.page
        if page is None:
            return
        words = {word: each for each in page.commands for word in each.words}
        options = [Option(word, f"{word}  {each.title}") for word, each in sorted(words.items())]
        typed = await self.push_screen_wait(CommandLine(options))
        if not typed:
            return
        word, _, argument = typed.partition(" ")
        if word.isdigit() and "line" in words:
            await self.act(f"line({int(word)})")
            return
        command = words.get(word) or next((each for each in page.commands if each.id == word), None)
        if command is None:
            self.say(f"There is no command :{word}; ? shows what there is.")
            return
        situation = page.situation()
        why = command.refusal(situation)
        if why is not None:
            self.say(why)
        else:
            await self._obey(command, situation, argument)

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

    def copy(self, text: str, what: str) -> None:
        """Through the terminal's own line; what is too long goes into a file."""
        from imptui.tui.present.clipboard import osc52

        sequence = osc52(text, self._environ)
        if sequence is not None and self._driver is not None and not self.is_headless:
            self._driver.write(sequence)
            self._driver.flush()
            self.say(f"Copied: {what} ({len(text):,} characters; the terminal must allow OSC 52).")
            return
        path = self.export_path("clip", "txt")
        path.write_text(text, encoding="utf-8", errors="replace")
        self.say(f"Written, as it cannot be copied: {what} is in {path}")

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

    def forget_marks(self) -> None:
        """What was marked has been dealt with."""
        if self.home is not None:
            self.home.table.unmark()

    def set_read_only(self, because: str | None) -> None:
        """Refuse every change, or allow them again."""
        self._fleet.set_read_only(because)
        now = self._fleet.status.read_only_because
        self.say("Changes are allowed." if now is None else f"Read-only: {now}.")
        if self.page is not None:
            self.page.tick()
            self.page.offer_hints()

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

    def resume_review(self, unfinished: "Unfinished") -> None:
        """A review that was kept, as it was left."""
        self._open("review", "ReviewPage", unfinished.group_id, unfinished=unfinished)

    @work(group="unfinished")
    async def tell_unfinished(self) -> None:
        """What was begun and not deployed, so that nobody forgets it."""
        found = await self._fleet.deploys.unfinished()
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
