"""The application: how it looks, which keys do what, which screen is first. No use-case lives here."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import WorkerFailed

from imptui.cache.errors import CacheUnreadable
from imptui.config.keys import CommandKeys, Keymap
from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.config.themes import BrokenTheme, ThemeFile, choose_theme, find_theme, load_theme, theme_names, wants_ascii
from imptui.fleet.watch.reading_watch import ROUND_S
from imptui.tui import messages
from imptui.tui.commands.catalogue import all_commands
from imptui.tui.present.look import Look, css_variables, look_of
from imptui.tui.present.safe import safe
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.screens.listening import Listening
from imptui.tui.terminal.line_speed import SLOW_ROUND_S, LineSpeed

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet
    from imptui.tui.terminal.cells import Shadow
    from imptui.tui.terminal.frame import Frame


SOON = ("widgets.dialogs", "screens.help", "screens.device", "screens.code", "screens.deployments", "screens.compare")
"""Modules that are loaded behind the first screen."""

BREATH_S = 0.2
"""How long nothing is loaded behind the first screen: keys that were typed before it came are answered first."""

MANY_COLOURS, FEW_COLOURS = "dark", "ansi"
"""The theme that is chosen for most terminals, and the one that takes a third fewer bytes."""

KEEP_EVERY_S = 60.0
"""How often the screen is kept, should this process never get to its end."""


class ImptuiApp(Listening):
    """The console over one fleet.

    Args:
        fleet: What is known and what can be done; started after the first paint, closed at the end.
        settings: What the user set.
        locations: Where exports go; None: the working folder.
        warnings: Sentences that a person should see.
        environ: The environment, for what the terminal can do.
    """

    keeps: "Callable[[Frame | None], None] | None" = None
    """Keeps the last screen; None: nobody does."""
    loads: Callable[[], None] | None = None
    """Loads, in a thread, what the fleet needs for its first call; None: it is loaded."""
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
        self._environ = os.environ if environ is None else environ
        self.is_header_shown = True
        self._warnings = list(warnings)
        self._theme_file = self._first_theme()
        encoding = getattr(sys.__stdout__, "encoding", None)
        wish = self.settings.ascii
        self._is_ascii = wants_ascii(self._environ, encoding) if wish is None else wish
        self.look: Look = look_of(self._theme_file, ascii_only=self._is_ascii)
        self._end_listening: Callable[[], None] | None = None
        self.first_command: str | None = None
        """What is obeyed at the beginning, as if it were typed after `:`."""
        self._early: list[events.Key] = []
        self._is_letting = False
        self._opened_look = self.look
        self._kept: tuple[Shadow, int] | None = None
        self._has_mouse = False
        self.begun = asyncio.Event()
        super().__init__(fleet, locations, Keymap(self.settings.keys), self._environ, is_ascii=self._is_ascii)
        self.noticed = {}
        self.clipboard = self.settings.clipboard
        if self.settings.slow:
            self.go_slow()
        self.register_theme(_textual_theme(self._theme_file, is_ascii=self._is_ascii))
        self.theme = f"imptui-{self._theme_file.name}"

    # How it looks

    def _first_theme(self) -> ThemeFile:
        wish = self._theme_wished
        own = choose_theme(self._environ)
        own = FEW_COLOURS if self.settings.slow and own == MANY_COLOURS else own
        try:
            theme = find_theme(wish) if wish else load_theme(own)
        except BrokenTheme as error:
            self._warnings.append(str(error))
            return load_theme(own)
        if theme.warning is not None:
            self._warnings.append(theme.warning)
        return theme

    @property
    def _theme_wished(self) -> str | None:
        return self.settings.theme or self._fleet.context.theme

    def go_slow(self) -> None:
        """Fewer frames, longer polls, no animation; for a slow line."""
        self.is_slow = True
        self.animation_level = "none"
        self._fleet.watch.round_s = SLOW_ROUND_S

    def line_gauged(self, speed: LineSpeed) -> None:
        """Over a slow line there are fewer frames and, unless a theme was wished for, fewer colours."""
        if speed.is_slow and not self.is_slow:
            self.go_slow()
            if self._theme_wished is None and self._theme_file.name == MANY_COLOURS:
                self.use_theme(load_theme(FEW_COLOURS))
            self.say(f"The line is slow ({speed.words}): fewer frames and colours. With --slow it is so from the start.")

    def watch_app_focus(self, focus: bool) -> None:  # noqa: FBT001 - Textual's shape
        """While nobody works in this terminal, what is visible is read and painted less often."""
        self._fleet.watch.round_s = ROUND_S if focus and not self.is_slow else SLOW_ROUND_S
        if focus and self._running and self.screen_stack:
            self.paint_now()
            self.tick()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of the theme, from the first style sheet on."""
        return _variables(self._theme_file, is_ascii=self._is_ascii)

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001 - Textual's shape
        """Apply the style sheets again; before the first screen they are about to be parsed for the first time."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

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
        self._has_mouse = getattr(self._driver, "_mouse", False)  # over SSH it is the terminal's own at first
        self.set_interval(1.0, self.tick)
        self.set_interval(KEEP_EVERY_S, self._keep)
        self.hold()
        if "SSH_CONNECTION" in self._environ and not self.is_slow:
            self.gauge_line()
        self.call_after_refresh(self._set_out)

    def _set_out(self) -> None:
        if self.loads is None:
            self._begin()
        else:
            self.run_worker(self._load_and_begin(self.loads), group="begin")

    async def _load_and_begin(self, loads: Callable[[], None]) -> None:
        await self.painted.wait()  # a start is looked at first
        await asyncio.sleep(BREATH_S)
        await asyncio.to_thread(loads)
        self._begin()
        await asyncio.to_thread(_load_screens)

    def _begin(self) -> None:
        self._fleet.start()
        self.begun.set()
        if self.first_command is not None:
            self.run_worker(self.begin_with(self.first_command), group="dialogs")
        for text in self._warnings:
            self._mishap(text)
        if self._warnings:
            self.say(self._warnings[0])
        else:
            self.tell_unfinished()
        if self.keymap.overrides:
            screens = {
                name: [CommandKeys(each.id, each.keys, each.panes) for each in commands]
                for name, commands in all_commands().items()
            }
            for text in self.keymap.problems(screens):
                self._mishap(text)
                self.say(text)

    # The last screen, for the next start

    def let_paint(self) -> None:
        """Obey the keys that were typed meanwhile, and paint what they led to: the first screen answers them."""
        if self._is_letting:
            return
        self._is_letting = True
        if not self._early:
            super().let_paint()
            return
        early, self._early = self._early, []
        for event in early:
            self.post_message(event)
        self.call_later(super().let_paint)  # it is obeyed behind them

    def before_first_paint(self) -> None:
        """All that changes with every key and every second, for the first time."""
        page = self.page
        if page is not None:
            page.tell_all()

    def _remember(self) -> None:
        # A start shows home as it opens, so that is what is kept, and not where somebody went from there.
        top = self.screen if self.screen_stack else None
        is_as_opened = isinstance(top, FleetPage) and top.is_as_opened and self.look is self._opened_look
        if is_as_opened and self._shadow is not None and not self.is_held:
            self._kept = (self._shadow.copy(), int(time()))

    @property
    def last_frame(self) -> "Frame | None":
        """Home as it opens, as it was on the terminal last; None: it never was."""
        return self._kept[0].frame(self._kept[1]) if self._kept is not None else None

    async def _keep(self) -> None:
        self._remember()
        if self.keeps is not None and self._kept is not None:
            await asyncio.to_thread(lambda: self.keeps and self.keeps(self.last_frame))

    def exit(self, *args: Any, **named: Any) -> None:
        """End; what is on the terminal is remembered."""
        if self._running and self.screen_stack:
            self._remember()
        super().exit(*args, **named)

    async def on_event(self, event: events.Event) -> None:
        """Keys that were typed before there was anything to see wait until there is."""
        if isinstance(event, events.Key) and not event.is_forwarded and not self.is_headless:
            if self.is_held and not self._is_letting:
                self._early.append(event)
                return
            self._remember()
        await super().on_event(event)

    async def on_unmount(self) -> None:
        """Let the fleet end what it does."""
        if self._end_listening is not None:
            self._end_listening()
        await self._fleet.close()

    def _heard(self) -> None:
        self.post_message(messages.FleetChanged(self._fleet.changes.generation))

    def on_fleet_changed(self) -> None:
        """Tell the page that is seen; others read again when they are seen."""
        self.perhaps_sign_in()
        if self.noticed:
            self.tell_news()
        page = self.page
        if page is not None and page.is_ready:
            page.fleet_changed()

    def tick(self) -> None:
        """A second went by: ages are read again."""
        page = self.page
        if page is not None and page.is_ready:
            page.tick()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being read for the screen."""
        return not any(worker.is_running and worker.group != "dialogs" for worker in self.workers)

    def _handle_exception(self, error: Exception) -> None:
        """A cache that cannot be used any longer is no fault of the program: end with the sentence that says what to do."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, CacheUnreadable):
            self.exit(return_code=1, message=Text(f"imptui: {safe(str(cause))}"))
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End after an error that nobody foresaw: Textual's report would show local variables, which may hold secrets."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        report = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(report, self.console.options)))
        self._close_messages_no_wait()

    # Actions of everywhere

    def action_help(self) -> None:
        """What every key does here."""
        from imptui.tui.screens.help import HelpPage

        page = self.page
        if page is not None and not isinstance(page, HelpPage):
            panes = frozenset(each.id or "" for each in page.panes())
            self.push_screen(HelpPage(page.page_name, page.commands, page.situation(), self.keymap, panes))

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
        self.tick()

    def action_toggle_header(self) -> None:
        """Header on or off."""
        self.is_header_shown = not self.is_header_shown
        self.tick()

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
            driver._mouse = True


def _load_screens() -> None:
    """Load what the next keys will most likely need, so that they need not wait for it; in a thread."""
    for name in SOON:
        import_module(f"imptui.tui.{name}")


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
