"""The application: how it looks, which keys do what, which screen is first. No use-case lives here."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import events, work
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.config.keys import Bound, Keymap
from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.config.themes import BrokenTheme, ThemeFile, choose_theme, find_theme, load_theme, theme_names, wants_ascii
from imptui.model.errors import Refused
from imptui.model.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.model.line import Tally
from imptui.model.query import Scope
from imptui.tui import messages
from imptui.tui.commands.catalogue import all_commands
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.questions import Form, Menu, Question, Report
from imptui.tui.present.cells import Painted, Shadow, can_erase_coloured, encoder
from imptui.tui.present.look import Look, css_variables, look_of
from imptui.tui.present.trouble import sentence
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.screens.page import Page, run_action
from imptui.tui.widgets.hint_line import HintLine

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet
    from imptui.tui.screens.errors import Mishap

KEPT_MISHAPS = 500


class ImptuiApp(App[None]):
    """The console over one fleet.

    Args:
        fleet: What is known and what can be done; started after the first paint, closed at the end.
        settings: What the user set.
        locations: Where exports go; None: the working folder.
        warnings: Sentences that a person should see.
        environ: The environment, for what the terminal can do.
    """

    CSS_PATH = "imptui.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "imptui"
    BINDINGS: ClassVar[list[tuple[str, str, str]]] = []  # type: ignore[assignment]  # keys come from the catalogue
    AUTO_FOCUS = None

    def __init__(
        self,
        fleet: "Fleet",
        settings: Settings | None = None,
        *,
        locations: Locations | None = None,
        warnings: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._fleet = fleet
        self.settings = settings or Settings()
        self.locations = locations
        self._environ = os.environ if environ is None else environ
        self.keymap = Keymap(self.settings.keys)
        self.is_header_shown = True
        self.mishaps: list[Mishap] = []
        self._warnings = list(warnings)
        self._theme_file = self._first_theme()
        ascii_wish = self.settings.ascii
        encoding = getattr(sys.__stdout__, "encoding", None)
        self._is_ascii = wants_ascii(self._environ, encoding) if ascii_wish is None else ascii_wish
        self.look: Look = look_of(self._theme_file, ascii_only=self._is_ascii)
        self._end_listening: Callable[[], None] | None = None
        self._has_mouse = True
        self._shadow: Shadow | None = None
        super().__init__()
        if self.settings.slow:
            self.animation_level = "none"
        self.register_theme(_textual_theme(self._theme_file, is_ascii=self._is_ascii))
        self.theme = f"imptui-{self._theme_file.name}"

    # How it looks

    def _first_theme(self) -> ThemeFile:
        wish = self.settings.theme or self._fleet.context.theme
        try:
            return find_theme(wish) if wish else load_theme(choose_theme(self._environ))
        except BrokenTheme as error:
            self._warnings.append(str(error))
            return load_theme(choose_theme(self._environ))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of the theme, from the first style sheet on."""
        return _variables(self._theme_file, is_ascii=self._is_ascii)

    def use_theme(self, theme: ThemeFile) -> None:
        """Paint everything with another theme."""
        self._theme_file = theme
        self.look = look_of(theme, ascii_only=self._is_ascii)
        self.register_theme(_textual_theme(theme, is_ascii=self._is_ascii))
        self.theme = f"imptui-{theme.name}"
        for screen in self.screen_stack:
            for widget in screen.query("*"):
                widget.refresh()

    def action_next_theme(self) -> None:
        """The next theme by name."""
        names = theme_names()
        at = names.index(self._theme_file.name) if self._theme_file.name in names else -1
        try:
            self.use_theme(load_theme(names[(at + 1) % len(names)]))
        except BrokenTheme as error:
            self.fail("Change the theme", error)
        else:
            self.say(f"Theme {self._theme_file.name}.")

    # Beginning and end

    def get_default_screen(self) -> Screen[None]:
        """Home."""
        return FleetPage()

    def on_mount(self) -> None:
        """Listen for changes; the fleet begins to work after the first paint."""
        self._end_listening = self._fleet.changes.listen(self._heard)
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._fleet.start()
        for text in self._warnings:
            self._mishap(text)
        if self._warnings:
            self.say(self._warnings[0])
        if self.keymap.wishes:
            screens = {
                name: [Bound(each.id, each.keys, each.panes) for each in commands] for name, commands in all_commands().items()
            }
            for text in self.keymap.troubles(screens):
                self._mishap(text)
                self.say(text)

    async def on_unmount(self) -> None:
        """Let the fleet end what it does."""
        if self._end_listening is not None:
            self._end_listening()
        await self._fleet.close()

    def _heard(self) -> None:
        self.post_message(messages.FleetChanged(self._fleet.changes.generation))

    def on_fleet_changed(self) -> None:
        """Tell the page that is seen; others read again when they are seen."""
        page = self.page
        if page is not None and page.is_mounted:
            page.fleet_changed()

    def _tick(self) -> None:
        page = self.page
        if page is not None and page.is_mounted:
            page.tick()

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

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being read for the screen."""
        return not any(worker.is_running and worker.group != "dialogs" for worker in self.workers)

    # Painting: only the cells that differ are sent

    def _display(self, screen: Screen[object], renderable: object) -> None:  # type: ignore[override]  # Textual's type is wider
        driver = self._driver
        is_ours = isinstance(renderable, LayoutUpdate | ChopsUpdate)
        if not is_ours or self._batch_count or not self._running or self._closed or self.is_headless or driver is None:
            super()._display(screen, renderable)  # type: ignore[arg-type]  # as it came
            return
        if self._shadow is None or self._shadow.size != tuple(screen.size):
            self._shadow = self._new_shadow(*screen.size)
        place = screen.outer_size.clamp_offset(self.cursor_position)
        out = self._shadow.paint(_pieces(renderable), (place.y, place.x))  # type: ignore[arg-type]  # one of the two
        if out:
            self._begin_update()
            driver.write(out)
            self._end_update()
            driver.flush()
        self.post_display_hook()

    def _new_shadow(self, columns: int, lines: int) -> Shadow:
        system = self.console._color_system  # noqa: SLF001 - Rich has no public name for it

        def sgr(segment: Segment) -> str:
            return Strip.render_ansi(segment.style, system) if segment.style else ""

        encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
        encodes = encoder("ascii" if self._is_ascii else encoding)
        erases = can_erase_coloured(self._environ.get("TERM", ""))
        return Shadow(columns, lines, sgr=sgr, erases_coloured=erases, encodes=encodes)

    def action_redraw(self) -> None:
        """Paint every cell anew, after something else wrote on the terminal."""
        self._shadow = None
        self.refresh(repaint=True, layout=True)
        for widget in self.screen.query("*"):
            widget.refresh()

    # Keys and commands

    async def on_event(self, event: events.Event) -> None:
        """Keys that come right after a dialog opened are dropped, so that a double tap answers nothing."""
        if isinstance(event, events.Key) and getattr(self.screen, "is_deaf", False):
            return
        await super().on_event(event)

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
        from imptui.config.keys import spoken
        from imptui.tui.commands.questions import Option

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
        from imptui.tui.commands.questions import Option
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

    # What commands ask (see commands/console.py)

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
        if page is not None and page.is_mounted:
            page.query_one("#hints", HintLine).tell(text, is_trouble=is_trouble)

    def _mishap(self, text: str) -> None:
        from imptui.tui.screens.errors import Mishap

        self.mishaps.append(Mishap(self.now(), text))
        del self.mishaps[:-KEPT_MISHAPS]

    def notify(self, message: str, **_: object) -> None:  # type: ignore[override]  # sentences go to the bottom line, not to toasts
        """Sentences of widgets."""
        self.say(message)

    async def ask(self, question: Question) -> bool:
        """Whether the person confirmed."""
        from imptui.tui.widgets.dialogs import QuestionDialog

        return bool(await self.push_screen_wait(QuestionDialog(question)))

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
        self._tick()
        if self.page is not None:
            self.page.offer_hints()

    # Screens

    def open_device(self, device_id: DeviceId) -> None:
        """The device screen."""
        from imptui.tui.screens.device import DevicePage

        self.push_screen(DevicePage(device_id))

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

    def open_code(self, deployment_id: DeploymentId) -> None:
        """The code screen of a deployment."""
        self._open("code", "CodePage", deployment_id)

    def open_review(self, group_id: GroupId, source_id: DeploymentId | None = None) -> None:
        """The review of what would be deployed to a group."""
        self._open("review", "ReviewPage", group_id, source_id)

    def open_deployments(self, *, group_id: GroupId | None = None, product_id: ProductId | None = None) -> None:
        """The history of a group or product."""
        self._open("deployments", "DeploymentsPage", group_id=group_id, product_id=product_id)

    def open_logs(self, device_ids: tuple[DeviceId, ...], title: str) -> None:
        """The live log of some devices."""
        self._open("logs", "LogsPage", device_ids, title)

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

    # Actions of everywhere

    def action_help(self) -> None:
        """What every key does here."""
        from imptui.tui.screens.help import HelpPage

        page = self.page
        if page is not None and not isinstance(page, HelpPage):
            self.push_screen(HelpPage(page.page_name, page.commands, page.situation(), self.keymap))

    def action_errors(self) -> None:
        """What went wrong."""
        from imptui.tui.screens.errors import ErrorsPage, Mishap

        trouble = self._fleet.status.trouble
        now = [Mishap(self.now(), trouble)] if trouble else []
        self.push_screen(ErrorsPage([*self.mishaps, *now]))

    def action_activity(self) -> None:
        """What was changed from here."""
        from imptui.tui.screens.activity import ActivityPage

        self.push_screen(ActivityPage())

    def action_quit_now(self) -> None:
        """End."""
        self.exit()

    def action_how_to_quit(self) -> None:
        """Ctrl+c ends nothing by accident."""
        self.say("To quit: ctrl+q, or :q")

    def action_help_quit(self) -> None:
        """Textual's own word for it."""
        self.action_how_to_quit()

    def action_refresh_now(self) -> None:
        """Read what is visible now, begin a pass, and sort again."""
        self._fleet.look.resort()
        self._fleet.sync.start()
        self.run_worker(self._fleet.watch.refresh_now(), group="refresh", exclusive=True)
        self.say("Reading.")

    def action_pause(self) -> None:
        """Pause or resume live values."""
        watch = self._fleet.watch
        if watch.is_paused:
            watch.resume()
        else:
            watch.pause()
        self.say("Live values are paused." if watch.is_paused else "Live values go on.")
        self._tick()

    def action_toggle_header(self) -> None:
        """Header on or off."""
        self.is_header_shown = not self.is_header_shown
        self._tick()

    def action_picture(self) -> None:
        """A picture of the screen, as SVG."""
        path = self.export_path("screen", "svg")
        path.write_text(self.export_screenshot(title="imptui"), encoding="utf-8")
        self.say(f"The screen is in {path}")

    def action_toggle_mouse(self) -> None:
        """Mouse on or off."""
        self._has_mouse = not self._has_mouse
        name = "_enable_mouse_support" if self._has_mouse else "_disable_mouse_support"
        switch = getattr(self._driver, name, None)
        if switch is not None:
            self._driver_mouse(self._driver, on=self._has_mouse)
            switch()
        self.say("The mouse is on." if self._has_mouse else "The mouse is off: select text with it as always.")

    @staticmethod
    def _driver_mouse(driver: Driver | None, *, on: bool) -> None:
        # The driver sends nothing for a mouse that it believes to be absent.
        if driver is not None and on:
            driver._mouse = True  # noqa: SLF001 - there is no public switch

    async def show_for_picture(self, screen: str) -> None:
        """Open a screen by name, with something on it.

        Args:
            screen: `fleet`, `device`, `code`, `compare`, `deploy`, `deployments`, `logs` or `help`.
        """
        home = self.home
        if home is None or screen == "fleet":
            return
        for _ in range(100):
            if home.table.current is not None and home.tree_known is not None:
                break
            await _pause(0.05)
        row = home.table.current
        groups = [each.group for line in home.tree_known.products for each in line.groups] if home.tree_known else []
        deployed = next((group for group in groups if group.current_deployment_id), None)
        if screen == "help":
            self.action_help()
        elif screen == "device" and row is not None:
            self.open_device(row.device.id)
        elif screen == "logs" and row is not None:
            self.open_logs((row.device.id,), row.device.label)
        elif screen == "code" and deployed is not None and deployed.current_deployment_id is not None:
            self.open_code(deployed.current_deployment_id)
        elif screen == "deployments" and deployed is not None:
            self.open_deployments(group_id=deployed.id)
        elif screen in ("deploy", "compare") and deployed is not None:
            self.open_review(deployed.id, deployed.current_deployment_id)


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Painted]:
    """Everything that the compositor wants on the screen, piece by piece."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, begin, end in update.spans:
        for right, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= end and right > begin:
                yield y, x, strip if right <= end else strip.crop(0, end - x)


async def _pause(seconds: float) -> None:
    from asyncio import sleep

    await sleep(seconds)


def _variables(theme: ThemeFile, *, is_ascii: bool) -> dict[str, str]:
    return {**css_variables(theme), "frame": "ascii" if is_ascii else "solid"}


def _textual_theme(theme: ThemeFile, *, is_ascii: bool) -> Theme:
    found = _variables(theme, is_ascii=is_ascii)
    accent = found["title-focus-ink"]
    return Theme(
        name=f"imptui-{theme.name}",
        primary=accent,
        foreground=found["text-ink"],
        background=found["text-paper"],
        surface=found["text-paper"],
        panel=found["dialog-paper"],
        dark=theme.is_dark,
        ansi=theme.is_ansi,
        variables={
            **found,
            **({"ansi-background": "ansi_default", "ansi-foreground": "ansi_default"} if theme.is_ansi else {}),
            "input-cursor-background": found["text-ink"] if not theme.is_ansi else "ansi_default",
            "input-cursor-foreground": found["text-paper"] if not theme.is_ansi else "ansi_default",
            "input-cursor-text-style": "reverse" if theme.is_ansi else "none",
            "input-selection-background": found["match-paper"],
            "input-selection-foreground": found["match-ink"],
        },
    )
