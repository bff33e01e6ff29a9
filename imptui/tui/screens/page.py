"""The base of all screens: header, body with panes, hint line, and keys that run commands."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingsMap
from textual.screen import Screen
from textual.widget import Widget

from imptui.config.keys import key_label
from imptui.tui.commands.catalogue import commands_of
from imptui.tui.commands.command import Command, Situation
from imptui.tui.screens.host import Host
from imptui.tui.widgets.hint_line import Hint, HintLine
from imptui.tui.widgets.jumps import Jump, Jumps
from imptui.tui.widgets.painted import PaintedLines
from imptui.tui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

SMALLEST = (40, 8)
"""Below this size a sentence is shown instead of the screen."""

FRAME = {"header", "hints"}
"""Ids of the widgets above and below every body."""

IN_TEXT = frozenset(
    f"app.{word}"
    for word in ("back", "quit", "interrupt", "palette", "help", "next-pane", "previous-pane", "header", "screenshot", "mouse")
)  # fmt: skip
"""Commands that work while text is typed; all other keys are text then."""


class Page(Screen[None]):
    """A screen with a header, a body and a hint line. Subclasses set a name and provide body and situation.

    Attributes:
        page_name: The name of the screen in the catalogue of commands.
    """

    page_name: ClassVar[str] = ""
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[Binding]] = []  # type: ignore[assignment]  # a page's keys come from the catalogue

    def __init__(self) -> None:
        super().__init__()
        self._by_key: dict[str, list[Command]] = {}
        self.zoomed = False
        self._was_behind = False
        self.active: Widget | None = None

    @property
    def host(self) -> Host:
        """The application that runs this screen."""
        return cast("Host", self.app)

    @property
    def fleet(self) -> "Fleet":
        """The use-cases of the fleet."""
        return self.host.fleet

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands of this screen."""
        return commands_of(self.page_name)

    def compose(self) -> ComposeResult:
        """Lay out header, body, hints, and the sentence for a small terminal."""
        yield StatusBar(id="header")
        yield from self.compose_body()
        yield HintLine(id="hints")
        yield PaintedLines(id="small")

    def compose_body(self) -> Iterable[Widget]:
        """Return the widgets between header and hints."""
        return ()

    def panes(self) -> list[Widget]:
        """Return the panes in the order of their numbers; a hidden pane is shown when it gets the focus."""
        return [each for each in self.query("*") if each.can_focus]

    def pane_name(self) -> str:
        """The name of the focused pane."""
        return self.focused.id or "" if self.focused is not None else ""

    def situation(self, key: str | None = None) -> Situation:
        """Return what commands act on."""
        because = self.fleet.status.read_only_because
        return Situation(self.page_name, self.pane_name(), because, key=key)

    def _compositor_refresh(self) -> None:
        """Skip refreshes until the first paint, which draws everything."""
        if self.host.first_paint.is_held:
            self._dirty_widgets.clear()
        else:
            super()._compositor_refresh()

    # Keys

    def on_mount(self) -> None:
        """Bind the keys of the commands, as the user's keymap sets them."""
        for command in self.commands:
            for key in self.host.keymap.keys_of(command.id, command.keys):
                self._by_key.setdefault(key, []).append(command)
        mine = [Binding(key, f"press('{key}')", show=False) for key in self._by_key]
        self._bindings = BindingsMap.merge([BindingsMap(mine), self._bindings])  # before Textual's own
        self.opened()
        self.tick()

    def opened(self) -> None:
        """Start the work of the screen; for subclasses."""

    def command_for(self, key: str) -> Command | None:
        """Return the command of a key in the focused pane."""
        pane = self.pane_name()
        for command in self._by_key.get(key, ()):
            if not command.panes or pane in command.panes:
                return command
        return None

    @property
    def is_typing(self) -> bool:
        """True if keys are letters of a text."""
        return self.focused is not None and self.focused.check_consume_key("a", "a")

    async def action_press(self, key: str) -> None:
        """Run the command of a key."""
        command = self.command_for(key)
        if command is None or (self.is_typing and command.id not in IN_TEXT):
            return
        await self.host.dispatcher.press(command, self.situation(key))

    def on_key(self, event: events.Key) -> None:
        """Report a key that is not bound, so that the user knows it was received."""
        if event.is_printable and not self.is_typing and self.command_for(event.key) is None and self.app.screen is self:
            event.stop()
            help_keys = self.host.keymap.keys_of("app.help", ("question_mark",))
            hint = f"; {key_label(help_keys[0])} shows what does" if help_keys else ""
            self.host.show_message(f"{key_label(event.key)} does nothing here{hint}.")

    def hints(self) -> list[Hint]:
        """Return the keys for the hint line: those of commands with a footer for this pane, and the help at the end."""
        if self.is_typing:
            return [Hint("Enter", "keep"), Hint("Esc", "clear"), Hint("F1", "help")]
        situation, pane, found = self.situation(), self.pane_name(), []
        for command in self.commands:
            keys = self.host.keymap.keys_of(command.id, command.keys)
            if command.footer is None or not keys or (command.panes and pane not in command.panes):
                continue
            if self.command_for(keys[0]) is command:
                found.append(Hint(key_label(keys[0]), command.footer, command.refusal(situation) is not None))
        help_keys = self.host.keymap.keys_of("app.help", ("question_mark",))
        return [*found, Hint(key_label(help_keys[0]) if help_keys else ":help", "help")]

    def offer_hints(self) -> None:
        """Update the hint line, after the object under the cursor changed."""
        if not self.host.first_paint.is_held and self.is_ready:
            self.query_one("#hints", HintLine).offer(self.hints())

    def update_texts(self) -> None:
        """Update header and hints, and in subclasses other lines. Nothing happens before the first paint."""
        self.tick()
        self.offer_hints()

    def on_descendant_focus(self) -> None:
        """Show the keys of the newly focused pane."""
        self.call_after_refresh(self.offer_hints)

    # Time and change

    @property
    def is_ready(self) -> bool:
        """True while it has its keys and widgets: after it opened and before it is removed."""
        return bool(self._by_key) and {each.id for each in self.children} >= FRAME

    def tick(self) -> None:
        """Update the header every second."""
        host = self.host
        if host.first_paint.is_held or not self.is_ready:
            return
        bar = self.query_one("#header", StatusBar)
        bar.display = host.everywhere.is_header_shown and not self.has_class("-small")
        bar.show_status(host.fleet.context, host.fleet.status, host.total, host.now())

    def fleet_changed(self) -> None:
        """Receive that the cache has new data."""
        self.tick()

    def on_screen_suspend(self) -> None:
        """Stop work while another screen is in front."""
        self._was_behind = True

    def on_screen_resume(self) -> None:
        """Update everything that changed while another screen was in front."""
        if self.is_ready:
            if self._was_behind:
                self.fleet_changed()
            self.offer_hints()
        if self.focused is not None:
            self.focused.post_message(events.Focus())  # A dialog moved the terminal's own cursor.

    def on_resize(self, event: events.Resize) -> None:
        """Lay out the panes for the new size; below the smallest size, show a sentence."""
        cells, lines = event.size
        too_small = cells < SMALLEST[0] or lines < SMALLEST[1]
        self.set_class(too_small, "-small")
        if too_small:
            texts = [
                "Too small.",
                f"{cells}x{lines} here,",
                f"{SMALLEST[0]}x{SMALLEST[1]} needed.",
                "Enlarge, or",
                "ctrl+q to quit.",
            ]
            self.query_one("#small", PaintedLines).put([[(text, "")] for text in texts[:lines]])
        else:
            self.lay_out(cells, lines)
        self.call_after_refresh(self.tick)
        self.call_after_refresh(self.offer_hints)

    def lay_out(self, cells: int, lines: int) -> None:
        """Choose the panes that are shown at this size; for subclasses."""

    # Panes

    def shown_panes(self) -> list[Widget]:
        """Return the visible panes in their order."""
        return [
            pane
            for pane in self.panes()
            if pane.display and all(each.display for each in pane.ancestors if isinstance(each, Widget))
        ]

    def focus_pane(self, pane: Widget) -> None:
        """Focus a pane; a hidden one is shown first."""
        self.active = pane
        self.lay_out(*self.size)
        self.set_focus(pane)
        self.offer_hints()

    def reveal_pane(self, pane: Widget) -> None:
        """Prepare for a command on a pane without focus; a screen that shows one pane at a time shows it first."""

    def action_next_pane(self) -> None:
        """Focus the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Focus the pane before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        panes = self.panes()
        if len(panes) < 2:
            self.host.show_message("There is one pane here.")
        else:
            at = panes.index(self.active) if self.active in panes else -by
            self.focus_pane(panes[(at + by) % len(panes)])

    def action_pane(self, number: int) -> None:
        """Focus a pane by its number."""
        panes = self.panes()
        if number > len(panes):
            self.host.show_message(f"There is no pane {number} here.")
        elif panes[number - 1] is self.focused:
            self.host.show_message(f"This is pane {number} already.")
        else:
            self.focus_pane(panes[number - 1])

    def jumps(self) -> Jumps:
        """Return a jump for every line that a label can lead to; a pane without lines has one jump."""
        found: Jumps = []
        for pane in self.shown_panes():
            of_pane: Callable[[], Jumps] | None = getattr(pane, "jumps", None)
            found += of_pane() if of_pane is not None else [Jump(pane, 0, lambda: None)]
        return found

    def action_jump(self) -> None:
        """Show labels on all lines."""
        self.choose_line()

    @work(group="dialogs", exclusive=True)
    async def choose_line(self) -> None:
        """Wait for a label, focus its pane, and move the cursor to its line."""
        from imptui.tui.screens.jump import JumpScreen

        chosen = await self.host.navigator.ask(JumpScreen(self.jumps()))
        if chosen is not None:
            self.focus_pane(chosen.pane)
            going = chosen.go()
            if going is not None:
                await going

    def action_zoom(self) -> None:
        """Show the focused pane alone, or all panes."""
        before = self.shown_panes()
        self.zoomed = not self.zoomed
        self.lay_out(*self.size)
        if self.shown_panes() == before:
            self.zoomed = False
            self.host.show_message("There is one pane here already.")

    async def action_back(self) -> None:
        """Go back to the screen before."""
        self.host.navigator.close(self)

    async def action_leave(self) -> None:
        """Leave the screen; the same as back unless a subclass differs."""
        await self.action_back()
