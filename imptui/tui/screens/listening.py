"""Keys, codes and pasted text: what comes from the keyboard, in its order."""

from collections.abc import Mapping
from time import monotonic

from textual import events
from textual.timer import Timer
from textual.widget import Widget

from imptui.config.keys import Keymap
from imptui.config.locations import Locations
from imptui.fleet.fleet import Fleet
from imptui.tui.commands.command import Command
from imptui.tui.commands.going import open_scanned
from imptui.tui.commands.signing_in import SignIn
from imptui.tui.screens.obeying import Obeying
from imptui.tui.screens.page import Page
from imptui.tui.widgets.burst import Burst, is_code
from imptui.tui.widgets.dialog import Dialog

LINE_OPENS_S = 5.0
"""How long the line for a command may take to open, on a busy machine."""

QUESTION_OPENS_S = 1.0
"""How long keys wait for the question of a command that may ask none."""

LINE_LEAVES_S = 1.0
"""How long a line may take to go, or to give its keys to the next one, after Enter."""

TYPED_S = 3.0
"""How long keys wait for what a typed command leads to; one that takes longer goes on beside them."""

LOOK_S = 0.02


class Listening(Obeying):
    """The console's ear."""

    def __init__(
        self, fleet: Fleet, locations: Locations | None, keymap: Keymap, environ: Mapping[str, str], *, is_ascii: bool
    ) -> None:
        self._burst = Burst()
        self._has_asked_to_sign_in = False
        self._opens_until = self._leads_until = 0.0
        self._line_left: tuple[Widget, float] | None = None
        self._page_key = ""
        self._behind: list[events.Key] = []
        self._burst_over: Timer | None = None
        super().__init__(fleet, locations, keymap, environ, is_ascii=is_ascii)

    @property
    def is_typing(self) -> bool:
        """Whether letters go into a text."""
        return self.focused is not None and self.focused.check_consume_key("a", "a")

    async def on_event(self, event: events.Event) -> None:
        """Codes of bar-code readers are found, pasted text is no command, all other keys are obeyed one by one."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._heard_key(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded and not self.is_typing:
            event.stop()
            self._pasted(event.text.strip())
        else:
            await super().on_event(event)

    async def _heard_key(self, key: events.Key) -> None:
        self._fleet.watch.stir()
        burst = self._burst
        if burst.keys and key.key == "enter" and is_code(burst.text):
            self._burst_ended()
            self._scanned("".join(each.character or "" for each in burst.taken()))
        elif (burst.keys or not self.is_typing) and burst.takes(key):
            self._burst_ended()
            self._burst_over = self.set_timer(burst.wait_s, self._waited)
        else:
            await self._let_go()
            await self._obey_key(key)

    def _burst_ended(self) -> None:
        if self._burst_over is not None:
            self._burst_over.stop()
            self._burst_over = None

    async def _waited(self) -> None:
        """Nothing more came: they were keys, unless no fingers type so many digits so fast."""
        if self._burst.is_surely_a_code:
            text = self._burst.text
            self._burst.taken()
            self.say(f"Half a code came, without Enter: {text}. Scan again.")
        await self._let_go()

    async def _let_go(self) -> None:
        """They were keys after all."""
        self._burst_ended()
        for key in self._burst.taken():
            await self._obey_key(key)

    def action_command_line(self) -> None:
        """Type a command; what is typed before its line is on the screen belongs to it."""
        super().action_command_line()
        self._opens_until = monotonic() + LINE_OPENS_S

    def expect_question(self, command: Command) -> None:
        """What is typed behind the key of a command is for the question that it asks, however long that takes to open."""
        if command.may_ask:
            self._opens_until = max(self._opens_until, monotonic() + QUESTION_OPENS_S)

    @property
    def _is_going(self) -> bool:
        """Whether a command is being carried out, or the list that it asked for is still the one before."""
        return self._is_asking or any(each.group == "list" and not each.is_finished for each in self.workers)

    def _waits_for_a_line(self) -> bool:
        """Whether what is typed now is for something that is about to open, or to have the keys."""
        now = monotonic()
        if self._line_left is not None:
            line, until = self._line_left
            if self.focused is line and now < until:
                return True
            self._line_left = None
        screen = self.screen
        if now < self._leads_until and self._is_going and (not isinstance(screen, Dialog) or screen.leads_on):
            return True
        if now >= self._opens_until:
            return False
        if isinstance(screen, Dialog):
            is_there = screen.is_open and (self.is_typing or not screen.takes_text)
        else:
            is_there = not self._is_asking
        if is_there:
            self._opens_until = 0.0
        return not is_there

    async def _obey_key(self, key: events.Key) -> None:
        """Keys that come right after a dialog opened are dropped, except Esc and text for it: a double tap answers nothing."""
        if self._behind or self._waits_for_a_line():
            self._behind.append(key)
            if len(self._behind) == 1:
                self.set_timer(LOOK_S, self._let_in)
            return
        screen = self.screen
        if isinstance(screen, Dialog):
            is_text = self.is_typing and key.is_printable and (screen.has_heard or key.key != self._page_key)
            if screen.is_deaf and key.key != "escape" and not is_text:  # giving up is never an accident
                return
            if is_text:
                screen.hear_text()
        else:
            self._page_key = key.key
        if key.key == "enter" and self.is_typing and self.focused is not None:
            self._line_left = self.focused, monotonic() + LINE_LEAVES_S
            if isinstance(screen, Dialog) and screen.leads_on:
                self._leads_until = monotonic() + TYPED_S
        # Keys are obeyed one by one, in order: on the long way through the widgets, letters that were typed right
        # behind `/` would still reach the list and be taken for commands.
        if not self.is_typing and await self._check_bindings(key.key):
            return
        await super().on_event(key)

    async def _let_in(self) -> None:
        """What came behind a key into its line, once that is there; what came while none opened is obeyed as it is."""
        if self._waits_for_a_line():
            self.set_timer(LOOK_S, self._let_in)
            return
        keys, self._behind = self._behind, []
        for number, key in enumerate(keys):
            if self._behind:  # one of them opened something: the rest is for that
                self._behind += keys[number:]
                return
            await self._obey_key(key)

    def perhaps_sign_in(self) -> None:
        """Ask once for a login when the service takes ours no longer; what is on the screen stays as it is behind it."""
        if not self._fleet.status.needs_login or self._fleet.context.is_embedded:
            self._has_asked_to_sign_in = False
        elif not self._has_asked_to_sign_in and isinstance(self.screen, Page) and not self.is_typing:
            self._has_asked_to_sign_in = True
            self.say("The login is over; the list stays as it was.")
            self.obey(SignIn(), self.screen.situation())

    def _pasted(self, text: str) -> None:
        if is_code(text):
            self._scanned(text)
        else:
            self.say("Pasted text is not obeyed as commands; paste it behind / or : instead.")

    def _scanned(self, code: str) -> None:
        """A code: its device, wherever the keys went, but never in front of a question."""
        if not isinstance(self.screen, Page):
            self.say(f"Scanned {code}: answer or close what is open first.")
            return
        self.run_worker(self._open_scanned(code), group="scan", exclusive=True)

    async def _open_scanned(self, code: str) -> None:
        await open_scanned(self, code)
