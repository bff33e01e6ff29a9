"""The application: builds the parts of the console, and hands Textual's events to them. No use-case lives here."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.worker import WorkerFailed

from imptui.cache.errors import CacheUnreadable
from imptui.config.keys import Keymap
from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.domain.rows import Tally
from imptui.fleet.watch.reading_watch import ROUND_S
from imptui.tui import messages
from imptui.tui.commands.console_protocol import Target
from imptui.tui.commands.finding import open_scanned
from imptui.tui.commands.questions import Form, Menu, Question, Report
from imptui.tui.console.appearance import Appearance
from imptui.tui.console.contexts import ContextSwitch
from imptui.tui.console.device_news import DeviceNews
from imptui.tui.console.dispatcher import ASKING, Dispatcher
from imptui.tui.console.everywhere import EverywhereActions
from imptui.tui.console.input_events import InputEvent, KeyPressed, Pasted, Resized
from imptui.tui.console.input_router import InputRouter
from imptui.tui.console.last_frame import LastFrame
from imptui.tui.console.navigator import Navigator
from imptui.tui.console.notifier import Notifier
from imptui.tui.console.outlets import Outlets
from imptui.tui.console.session import SessionStore
from imptui.tui.console.sign_in import SignInPrompt
from imptui.tui.console.startup import Startup
from imptui.tui.present.look import Look
from imptui.tui.present.safe import safe
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.screens.page import Page
from imptui.tui.terminal.cell_diff_app import CellDiffApp
from imptui.tui.terminal.connection_speed import SLOW_ROUND_S, ConnectionSpeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from imptui.fleet.fleet import Fleet
    from imptui.fleet.read_model import DeploymentRow

SAVE_FRAME_EVERY_S = 60.0
"""The interval at which the frame for the next start is saved, in case this process is killed."""

READ_AGAIN_S = 2.0
"""The pause before the screen reads a locked or full cache again."""


class ImptuiApp(CellDiffApp):
    """The console over one fleet.

    Args:
        fleet: The use-cases; started after the first paint, closed at the end.
        settings: What the user set.
        locations: Where exports and saved state go; None: the working folder, and nothing is saved.
        warnings: Sentences that a person should see.
        environ: The environment, for what the terminal can do.

    Attributes:
        router: Orders keys, scans and pastes.
        dispatcher: Runs commands.
        navigator: Opens and closes screens.
        notifier: Shows messages and dialogs.
        side: One side of a comparison, kept while lists come and go.
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
        self.fleet = fleet
        self.settings = settings = settings or Settings()
        environ = os.environ if environ is None else environ
        self.keymap = Keymap(settings.keys)
        self.side: DeploymentRow | None = None
        self._end_listening: Callable[[], None] | None = None
        self.appearance = Appearance(settings, fleet.context.theme, environ)
        super().__init__(environ, is_ascii=self.appearance.is_ascii)

        self.navigator = Navigator(self)
        self.notifier = Notifier(self.navigator, self.now, self.bell)
        self.outlets = Outlets(
            self,
            self.notifier,
            locations=locations,
            environ=environ,
            clipboard=settings.clipboard,
            send=self.send,
            now=self.now,
        )
        self.session = SessionStore(self, self.notifier, locations)
        self.contexts = ContextSwitch(self, fleet, self.navigator, self.notifier, locations)
        self.device_news = DeviceNews(self, fleet, self.notifier)
        self.everywhere = EverywhereActions(
            self, fleet, self.navigator, self.notifier, self.outlets, self.appearance, self.keymap
        )
        self.dispatcher = Dispatcher(self, self, self.navigator, self.notifier, self.keymap, self.everywhere)
        self.router = InputRouter(
            self, self.dispatcher, scanned=self._scanned, say=self.notifier.show_message, stir=fleet.watch.stir
        )
        self.sign_in = SignInPrompt(fleet, self.navigator, self.notifier, self.dispatcher)
        self.last_frame = LastFrame(self, self.navigator, self.appearance)
        broken = (self.appearance.warning,) if self.appearance.warning is not None else ()
        self.startup = Startup(self, fleet, self.notifier, self.dispatcher, self.keymap, (*warnings, *broken))

        if settings.slow:
            self._go_slow()
        self.register_theme(self.appearance.textual_theme())
        self.theme = f"imptui-{self.appearance.name}"

    # The console that commands and screens see

    def now(self) -> datetime:
        """The time of the fleet."""
        return self.fleet.changes.now()

    @property
    def total(self) -> Tally:
        """The counts of the whole account, as last read."""
        home = self.navigator.home
        tree = home.tree_known if home is not None else None
        return tree.total if tree is not None else Tally()

    def target(self, kind: type[Target]) -> Target | None:
        """Return the nearest object that offers these actions; see `Console.target`."""
        return self.dispatcher.target(kind)

    def show_message(self, text: str) -> None:
        """Show one sentence on the bottom line for some seconds."""
        self.notifier.show_message(text)

    def fail(self, attempt: str, error: Exception) -> None:
        """Show one sentence about a failure, and list it behind `!`."""
        self.notifier.fail(attempt, error)

    async def ask(self, question: Question) -> bool:
        """Ask a question. True: the person confirmed."""
        return await self.notifier.ask(question)

    async def choose(self, menu: Menu) -> str | None:
        """Show a menu. The key of the chosen option; None: nothing was chosen."""
        return await self.notifier.choose(menu)

    async def fill(self, form: Form) -> Mapping[str, str] | None:
        """Show a form. The answers by key; None: it was cancelled."""
        return await self.notifier.fill(form)

    async def show(self, report: Report) -> None:
        """Show lines to read until they are closed."""
        await self.notifier.show(report)

    def notify(self, message: str, **_: object) -> None:
        """Show a sentence of a widget of Textual's."""
        self.notifier.show_message(message)

    def on_show_message(self, message: messages.ShowMessage) -> None:
        """Show a sentence of a widget of ours."""
        self.notifier.show_message(message.text)

    # How it looks

    @property
    def look(self) -> Look:
        """The styles of the theme."""
        return self.appearance.look

    def _go_slow(self) -> None:
        """Paint fewer frames, poll less often, animate nothing: the line is slow."""
        self.is_slow = True
        self.animation_level = "none"
        self.fleet.watch.round_s = SLOW_ROUND_S

    def connection_gauged(self, speed: ConnectionSpeed) -> None:
        """Over a slow line, send fewer frames and, unless a theme was wished for, fewer colours."""
        if speed.is_slow and not self.is_slow:
            self._go_slow()
            theme = self.appearance.theme_for_slow_line()
            if theme is not None:
                self.everywhere.use_theme(theme)
            self.show_message(f"The line is slow ({speed.words}): fewer frames and colours. With --slow it is so from the start.")

    def watch_app_focus(self, focus: bool) -> None:  # noqa: FBT001 - Textual's shape
        """While nobody works in this terminal, read and paint less often."""
        self.fleet.watch.round_s = ROUND_S if focus and not self.is_slow else SLOW_ROUND_S
        if focus and self._running and self.screen_stack:
            self.paint_now()
            self._tick()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of the theme, from the first style sheet on."""
        return self.appearance.variables()

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001 - Textual's shape
        """Apply the style sheets again; before the first screen they are about to be parsed for the first time."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    # Beginning and end

    def get_default_screen(self) -> Screen[None]:
        """The fleet screen."""
        return FleetPage()

    def on_mount(self) -> None:
        """Listen for changes; the fleet begins to work after the first paint."""
        self._end_listening = self.fleet.changes.listen(self._heard)
        self.set_interval(1.0, self._tick)
        self.set_interval(SAVE_FRAME_EVERY_S, self.last_frame.note_and_save)
        self.hold()
        if "SSH_CONNECTION" in self._environ and not self.is_slow:
            self.gauge_connection()
        self.call_after_refresh(self.startup.start)

    def run_early_keys(self) -> None:
        """Deliver the keys that came before the first paint; it answers them."""

        async def drain_and_paint() -> None:
            await self.router.drain()
            self.call_later(self.first_paint.paint)  # behind what the keys posted

        self.call_later(drain_and_paint)

    def before_first_paint(self) -> None:
        """Fill in what changes with every key and every second, for the first time."""
        page = self.navigator.page
        if page is not None:
            page.update_texts()

    def exit(self, *args: Any, **named: Any) -> None:
        """End; what is on the terminal is kept for the next start."""
        if self._running and self.screen_stack:
            self.last_frame.note()
        super().exit(*args, **named)

    async def on_unmount(self) -> None:
        """Let the fleet end what it does."""
        if self._end_listening is not None:
            self._end_listening()
        await self.fleet.close()

    # Events

    async def on_event(self, event: events.Event) -> None:
        """Hand input to the router; Textual handles everything else."""
        made = input_of(event)
        if made is None:
            await super().on_event(event)
            return
        if isinstance(event, events.Resize):
            await super().on_event(event)
        elif not self.is_headless and not self.first_paint.is_held:
            self.last_frame.note()
        await self.router.take(made)

    def _scanned(self, code: str) -> None:
        if not isinstance(self.screen, Page):
            self.show_message(f"Scanned {code}: answer or close what is open first.")
            return
        self.run_beside(partial(open_scanned, self, code), group="scan", exclusive=True)

    def _heard(self) -> None:
        self.post_message(messages.FleetChanged(self.fleet.changes.generation))

    def on_fleet_changed(self) -> None:
        """Tell the page in front; others read again when they come to the front."""
        self.sign_in.fleet_changed()
        self.device_news.fleet_changed()
        page = self.navigator.page
        if page is not None and page.is_ready:
            page.fleet_changed()

    def _tick(self) -> None:
        """A second went by: ages are read again."""
        page = self.navigator.page
        if page is not None and page.is_ready:
            page.tick()

    @property
    def is_settled(self) -> bool:
        """True if nothing is being read for the screen."""
        return not any(worker.is_running and worker.group != ASKING for worker in self.workers)

    def _handle_exception(self, error: Exception) -> None:
        """Go on without a cache that is locked or full for a while, and read again; end with a sentence if it is damaged."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, CacheUnreadable) and cause.is_passing:
            self.notifier.fail("Read the cache", cause)
            self.set_timer(READ_AGAIN_S, self._read_again)
            return
        if isinstance(cause, CacheUnreadable):
            self.exit(return_code=1, message=Text(f"imptui: {safe(str(cause))}"))
            return
        super()._handle_exception(error)

    def _read_again(self) -> None:
        page = self.navigator.page
        if page is not None and page.is_ready:
            page.fleet_changed()

    def _fatal_error(self) -> None:
        """End after an error that nobody foresaw: Textual's report would show local variables, which may hold secrets."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        report = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(report, self.console.options)))
        self._close_messages_no_wait()

    def action_help_quit(self) -> None:
        """Say how to quit: Textual binds ctrl+c to this."""
        self.everywhere.action_how_to_quit()


def input_of(event: events.Event) -> InputEvent | None:
    """Return an event as input for the router; None: it is something else, or was delivered already."""
    if isinstance(event, events.Key) and not event.is_forwarded:
        return KeyPressed(event.key, event.character, event.time)
    if isinstance(event, events.Paste) and not event.is_forwarded:
        return Pasted(event.text, event.time)
    if isinstance(event, events.Resize):
        return Resized(event.size.width, event.size.height, event.time)
    return None
