"""What every screen has: a header, a body with panes, a line of hints, and keys that run commands."""

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
"""Below this a sentence is shown instead of the screen."""

FRAME = {"header", "hints"}
"""What every screen has above and below its body."""

IN_TEXT = frozenset(
    f"app.{word}"
    for word in ("back", "quit", "interrupt", "palette", "help", "next-pane", "previous-pane", "header", "screenshot", "mouse")
)  # fmt: skip
"""What works while text is typed; no other key reaches a list or changes anything then."""


class Page(Screen[None]):
    """A screen. Subclasses name themselves, bring a body, and say what is under the cursor.

    Attributes:
        page_name: Its name in the catalogue of commands.
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
        """The application."""
        return cast("Host", self.app)

    @property
    def fleet(self) -> "Fleet":
        """What is known and what can be done."""
        return self.host.fleet

    @property
    def commands(self) -> tuple[Command, ...]:
        """What can be done here."""
        return commands_of(self.page_name)

    def compose(self) -> ComposeResult:
        """Header, body, hints, and a sentence for when there is no room."""
        yield StatusBar(id="header")
        yield from self.compose_body()
        yield HintLine(id="hints")
        yield PaintedLines(id="small")

    def compose_body(self) -> Iterable[Widget]:
        """What is between header and hints."""
        return ()

    def panes(self) -> list[Widget]:
        """The panes by number; those that are not displayed are shown when they are asked for."""
        return [each for each in self.query("*") if each.can_focus]

    def pane_name(self) -> str:
        """The name of the pane that has the keys."""
        return self.focused.id or "" if self.focused is not None else ""

    def situation(self, key: str | None = None) -> Situation:
        """What commands act on."""
        because = self.fleet.status.read_only_because
        return Situation(self.page_name, self.pane_name(), because, key=key)

    def _compositor_refresh(self) -> None:
        """Nothing is drawn before anything may be painted: the first painting draws everything."""
        if self.host.first_paint.is_held:
            self._dirty_widgets.clear()
        else:
            super()._compositor_refresh()

    # Keys

    def on_mount(self) -> None:
        """Bind the keys of the catalogue, or those that the user put in their place."""
        for command in self.commands:
            for key in self.host.keymap.keys_of(command.id, command.keys):
                self._by_key.setdefault(key, []).append(command)
        mine = [Binding(key, f"press('{key}')", show=False) for key in self._by_key]
        self._bindings = BindingsMap.merge([BindingsMap(mine), self._bindings])  # before Textual's own, such as Tab
        self.opened()
        self.tick()

    def opened(self) -> None:
        """Subclasses begin here."""

    def command_for(self, key: str) -> Command | None:
        """What a key does in the pane that has the keys."""
        pane = self.pane_name()
        for command in self._by_key.get(key, ()):
            if not command.panes or pane in command.panes:
                return command
        return None

    @property
    def is_typing(self) -> bool:
        """Whether keys are letters of a text."""
        return self.focused is not None and self.focused.check_consume_key("a", "a")

    async def action_press(self, key: str) -> None:
        """A key of the catalogue."""
        command = self.command_for(key)
        if command is None or (self.is_typing and command.id not in IN_TEXT):
            return
        await self.host.dispatcher.press(command, self.situation(key))

    def on_key(self, event: events.Key) -> None:
        """A letter that nothing here is bound to: silence would leave open whether it was heard."""
        if event.is_printable and not self.is_typing and self.command_for(event.key) is None and self.app.screen is self:
            event.stop()
            help_keys = self.host.keymap.keys_of("app.help", ("question_mark",))
            hint = f"; {key_label(help_keys[0])} shows what does" if help_keys else ""
            self.host.say(f"{key_label(event.key)} does nothing here{hint}.")

    def hints(self) -> list[Hint]:
        """The keys that matter in this pane: those of commands that bring a word for it, at last the help."""
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
        """The hint line again, after something changed under the cursor."""
        if not self.host.first_paint.is_held and self.is_ready:
            self.query_one("#hints", HintLine).offer(self.hints())

    def tell_all(self) -> None:
        """Header and hints, and what subclasses say beside them: nothing of it is said while nothing is painted."""
        self.tick()
        self.offer_hints()

    def on_descendant_focus(self) -> None:
        """Other keys matter in another pane."""
        self.call_after_refresh(self.offer_hints)

    # Time and change

    @property
    def is_ready(self) -> bool:
        """Whether it has its keys and widgets: not before it opened, and not any longer while it is taken down."""
        return bool(self._by_key) and {each.id for each in self.children} >= FRAME

    def tick(self) -> None:
        """A second went by."""
        host = self.host
        if host.first_paint.is_held or not self.is_ready:
            return
        bar = self.query_one("#header", StatusBar)
        bar.display = host.everywhere.is_header_shown and not self.has_class("-small")
        bar.tell(host.fleet.context, host.fleet.status, host.total, host.now())

    def fleet_changed(self) -> None:
        """The cache has something new."""
        self.tick()

    def on_screen_suspend(self) -> None:
        """Another screen comes in front."""
        self._was_behind = True

    def on_screen_resume(self) -> None:
        """Something may have changed while another screen was in front."""
        if self.is_ready:
            if self._was_behind:
                self.fleet_changed()
            self.offer_hints()
        if self.focused is not None:
            self.focused.post_message(events.Focus())  # a dialog had the terminal's own cursor

    def on_resize(self, event: events.Resize) -> None:
        """Panes follow the room; below the smallest size there is a sentence."""
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
        """Which panes are on the screen at this size."""

    # Panes

    def shown_panes(self) -> list[Widget]:
        """The panes on the screen, in their order."""
        return [
            pane
            for pane in self.panes()
            if pane.display and all(each.display for each in pane.ancestors if isinstance(each, Widget))
        ]

    def give_keys(self, pane: Widget) -> None:
        """The keys to a pane, which is shown when it was not."""
        self.active = pane
        self.lay_out(*self.size)
        self.set_focus(pane)
        self.offer_hints()

    def make_way(self, pane: Widget) -> None:
        """A command is about to be run on a pane that has not got the keys; where panes take turns it is shown first."""

    def action_next_pane(self) -> None:
        """The keys to the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """The keys to the pane before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        panes = self.panes()
        if len(panes) < 2:
            self.host.say("There is one pane here.")
        else:
            at = panes.index(self.active) if self.active in panes else -by
            self.give_keys(panes[(at + by) % len(panes)])

    def action_pane(self, number: int) -> None:
        """The keys to a pane by its number."""
        panes = self.panes()
        if number > len(panes):
            self.host.say(f"There is no pane {number} here.")
        elif panes[number - 1] is self.focused:
            self.host.say(f"This is pane {number} already.")
        else:
            self.give_keys(panes[number - 1])

    def jumps(self) -> Jumps:
        """Every line that a label can lead to; a pane without lines of its own is one."""
        found: Jumps = []
        for pane in self.shown_panes():
            of_pane: Callable[[], Jumps] | None = getattr(pane, "jumps", None)
            found += of_pane() if of_pane is not None else [Jump(pane, 0, lambda: None)]
        return found

    def action_jump(self) -> None:
        """Labels on all lines."""
        self.choose_line()

    @work(group="dialogs", exclusive=True)
    async def choose_line(self) -> None:
        """The keys to the pane, and the cursor on the line, whose label is typed."""
        from imptui.tui.screens.jump import JumpScreen

        chosen = await self.host.navigator.ask(JumpScreen(self.jumps()))
        if chosen is not None:
            self.give_keys(chosen.pane)
            going = chosen.go()
            if going is not None:
                await going

    def action_zoom(self) -> None:
        """This pane alone, or all."""
        before = self.shown_panes()
        self.zoomed = not self.zoomed
        self.lay_out(*self.size)
        if self.shown_panes() == before:
            self.zoomed = False
            self.host.say("There is one pane here already.")

    async def action_back(self) -> None:
        """Up: to the screen before."""
        self.host.navigator.close(self)

    async def action_leave(self) -> None:
        """As back."""
        await self.action_back()
