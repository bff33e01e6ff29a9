"""Routes keys, scans and pastes, in order, to the dispatcher or the focused field.

All input passes through `InputRouter.take` as a value of `input_events.py` and waits in one queue. The router delivers the
first entry when the effect of the one before is there: a dialog that is opening is open, a page has its keys, Enter in a
field was handled, a command has asked or ended. So what is typed ahead reaches what it was typed for, at any speed.

Keys that were typed for something that never came are dropped:

- A dialog closed: the keys that were read in the same burst as the key that closed it.
- A command was refused or failed: the keys that waited for it, and the rest of their burst.
- A command ended without asking and without opening a screen: the keys of its burst.
- A dialog opened: keys of the burst that opened it, except Esc and text for its field.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from textual.screen import Screen
from textual.timer import Timer

from imptui.tui.commands.scanned_code import identifiers_in, is_identifier
from imptui.tui.console.dispatcher import Dispatcher
from imptui.tui.console.input_events import InputEvent, KeyPressed, Pasted, Resized, Scanned
from imptui.tui.console.scan_classifier import GAP_S, Broken, Keys, Scan, Undecided, classify
from imptui.tui.screens.page import Page
from imptui.tui.terminal.cell_diff_app import CellDiffApp
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.overlay import Overlay

PATIENCE_S = 3.0
"""The limit that keys wait for the effect of the previous key; then they are delivered anyway."""

NEXT_DIALOG_S = 0.3
"""The time that keys wait after a dialog closed for the next dialog of the same command."""

TIMER_S = 0.01
"""The delay of a timer that does not count as a stall."""

LOOK_S = 0.02
"""The interval at which the router checks for an awaited effect."""

HELD_DOWN = frozenset("jkgG")
"""Keys that move. Held down, they are delivered at once: a repeated key is no scan."""


class Delivered(Struct):
    """The key that was delivered last, and what is known of its effect."""

    key: KeyPressed
    screen: Screen[Any]
    at: float
    """When it was delivered, by `time.monotonic`."""
    is_processed: bool = False
    """True if all widgets concerned have handled it."""
    is_command: bool = False
    """True if it started a command that may ask."""
    leads_on: bool = False
    """True if later keys belong to the screen or dialog that it opens."""
    closed_at: float | None = None
    """When the dialog that it was pressed in was found closed."""

    def note_processed(self) -> None:
        """Every widget that it concerns has handled it."""
        self.is_processed = True


class InputRouter:
    """The ordered queue of all input.

    Args:
        app: Presses keys, and has the screens.
        dispatcher: Knows whether a command is about to ask, and how many were refused.
        scanned: Called with a scanned code.
        say: Says something to the person.
        stir: Called with every input: somebody is there.

    Attributes:
        on_delivered: Called with every input just before it is delivered; None: nothing is recorded.
    """

    def __init__(
        self,
        app: CellDiffApp,
        dispatcher: Dispatcher,
        *,
        scanned: Callable[[str], None],
        say: Callable[[str], None],
        stir: Callable[[], None],
    ) -> None:
        self._app = app
        self._dispatcher = dispatcher
        self._scanned = scanned
        self._say = say
        self._stir = stir
        self.on_delivered: Callable[[InputEvent], None] | None = None
        self._queue: deque[KeyPressed | Pasted | Scanned] = deque()
        self._timer: Timer | None = None
        self._last: Delivered | None = None
        self._pressed = ""
        self._opened_by: tuple[Screen[Any], KeyPressed] | None = None
        self._burst = 0
        self._read_at = 0.0
        self._judged = 0
        self._due = 0.0
        self._dropped_burst: int | None = None

    # In

    async def take(self, event: InputEvent) -> None:
        """Take one input. It is delivered now, or in its turn."""
        self._stir()
        match event:
            case KeyPressed():
                self._allow_for_stall()
                if event.at - self._read_at > GAP_S:
                    self._burst += 1
                self._read_at = event.at
                late_s = max(0.0, self._app.monotonic() - event.at)
                self._queue.append(KeyPressed(event.key, event.character, event.at, self._burst, late_s))
            case Pasted():
                self._queue.append(event)
            case Scanned() | Resized():
                await self._deliver(event)
        await self.drain()

    async def take_routed(self, event: KeyPressed | Pasted | Scanned) -> None:
        """Take an input of a record: it has its burst and is known to be keys or a scan. It is delivered in its turn."""
        self._stir()
        self._queue.append(event)
        self._judged = len(self._queue)
        await self.drain()

    @property
    def is_idle(self) -> bool:
        """True if everything was delivered and the last key took effect."""
        return not self._queue and (self._last is None or not self._is_pending(self._last))

    async def _look_again(self) -> None:
        self._allow_for_stall()
        await self.drain()

    async def drain(self) -> None:
        """Deliver what can be delivered."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        while self._queue:
            if not self._is_ready():
                self._look_again_in(LOOK_S)
                return
            if not self._queue:  # what waited is dropped
                return
            first = self._queue[0]
            if isinstance(first, KeyPressed) and not self._judged and not self._app.keys.is_typing:
                wait_s = await self._judge(first)
                if wait_s is not None:
                    self._look_again_in(wait_s)
                    return
                continue
            self._judged = max(0, self._judged - 1)
            await self._deliver(self._queue.popleft())

    def _look_again_in(self, seconds: float) -> None:
        self._timer = self._app.set_timer(seconds, self._look_again)

    # Keys or a scan

    async def _judge(self, first: KeyPressed) -> float | None:
        """Decide what the head of the queue is, and deliver a scan; how long to wait where that is open."""
        keys = [each for each in self._queue if isinstance(each, KeyPressed)]
        if len(keys) == 1 and first.letter in HELD_DOWN and first.key == self._pressed:
            self._judged = 1
            return None
        match classify(keys, now := self._app.monotonic()):
            case Undecided(until):
                self._due = until
                return max(0.001, until - now)
            case Keys(count):
                self._judged = count
            case Scan(count, text):
                self._take_out(count)
                await self._deliver(Scanned(text, first.at))
            case Broken(count, text):
                self._take_out(count)
                self._say(f"Half a code came, without Enter: {text}. Scan again.")
        return None

    def _allow_for_stall(self) -> None:
        """If nothing looked at the queue when it was due, the machine stalled: a scanner's next key may be as late."""
        if not self._due or not self._queue:
            return
        stalled_s, last = self._app.monotonic() - self._due, self._queue[-1]
        self._due = 0.0
        if isinstance(last, KeyPressed) and stalled_s > max(TIMER_S, last.late_s):
            self._queue[-1] = replace(last, late_s=stalled_s)

    def _take_out(self, count: int) -> None:
        for _ in range(count):
            self._queue.popleft()
        self._pressed = ""

    # Whose turn it is

    def _is_ready(self) -> bool:
        """True if the first entry can be delivered: the previous key took effect, or took too long."""
        if self._app.first_paint.is_held and not self._app.first_paint.accepts_keys:
            return False
        last = self._last
        if last is None:
            return True
        is_late = self._app.monotonic() > last.at + PATIENCE_S
        if not is_late and self._is_pending(last):
            return False
        self._last = None
        self._settle(last, is_late=is_late)
        return True

    def _is_pending(self, last: Delivered) -> bool:
        screen = self._app.screen
        if screen is last.screen and not last.is_processed:
            return True
        if isinstance(screen, Overlay):
            is_open = screen.is_open and (screen is last.screen or self._app.keys.is_typing or not screen.expects_text)
            return not is_open or (last.leads_on and screen is last.screen)
        if isinstance(screen, Page) and not screen.is_ready:
            return True
        if isinstance(last.screen, Overlay) and not last.leads_on:
            last.closed_at = last.closed_at or self._app.monotonic()
            return self._dispatcher.is_busy() and self._app.monotonic() < last.closed_at + NEXT_DIALOG_S
        return last.is_command and self._dispatcher.is_busy(with_lists=last.leads_on)

    def _settle(self, last: Delivered, *, is_late: bool) -> None:
        """Note what the key led to: a dialog opened, or what was typed behind it is for nothing."""
        screen = self._app.screen
        refused_at = self._dispatcher.refused_at
        if refused_at > last.at:
            self._dropped_burst = last.key.burst
            while self._queue and self._queue[0].at <= refused_at:
                dropped = self._queue.popleft()
                self._judged = max(0, self._judged - 1)
                if isinstance(dropped, KeyPressed):
                    self._dropped_burst = dropped.burst
        elif isinstance(screen, Overlay):
            if screen is not last.screen:
                self._opened_by = (screen, last.key)
        elif last.leads_on or is_late:
            return
        elif isinstance(last.screen, Overlay) or (last.is_command and screen is last.screen):
            self._dropped_burst = last.key.burst

    # Out

    async def _deliver(self, event: InputEvent) -> None:
        """Deliver one input: everything that reaches the console passes here, in this order."""
        if self.on_delivered is not None:
            self.on_delivered(event)
        match event:
            case KeyPressed():
                await self._deliver_key(event)
            case Scanned(text):
                self._scanned(text)
            case Pasted(text):
                await self._deliver_paste(text)
            case Resized():
                pass  # Textual lays the screens out

    async def _deliver_paste(self, text: str) -> None:
        if self._app.keys.is_typing:
            await self._app.keys.paste(text)
        elif any(is_identifier(each) for each in identifiers_in(text)):
            self._scanned(text.strip())
        else:
            self._say("Pasted text is not obeyed as commands; paste it behind / or : instead.")

    async def _deliver_key(self, key: KeyPressed) -> None:
        screen = self._app.screen
        if isinstance(screen, Dialog):
            if self._is_accident(screen, key):
                return
        elif not isinstance(screen, Overlay):
            if key.burst == self._dropped_burst:
                return
            self._pressed = key.key
        is_text = self._app.keys.is_typing and bool(key.letter)
        last = Delivered(key, screen, self._app.monotonic())
        last.leads_on = key.key == "enter" and isinstance(screen, Overlay) and screen.passes_keys_on
        self._last = last
        running = self._dispatcher.running
        last.is_processed = await self._app.keys.press(key.key, key.character) or is_text
        if not last.is_processed:
            self._app.keys.follow(last.note_processed)
        last.is_command = last.leads_on or self._dispatcher.running > running

    def _is_accident(self, dialog: Dialog[Any], key: KeyPressed) -> bool:
        """True if a dialog ignores a key: it came with or right behind the key that opened it, and is no text for it."""
        opener = self._opened_by[1] if self._opened_by is not None and self._opened_by[0] is dialog else None
        opened_by = opener.key if opener is not None else self._pressed
        if self._app.keys.is_typing and key.letter and (dialog.has_received_text or key.key != opened_by):
            dialog.record_text()
            return False
        if key.key == "escape" or dialog.accepts_any_key:
            return False
        return dialog.ignores_keys_read_at(key.at) or (opener is not None and opener.burst == key.burst)
