"""What all dialogs have in common.

A dialog is deaf for 300 ms after it opened, so that a double tap does not answer its own question; the application asks
`is_deaf` before it hands on a key. Text is heard at once by those that take text: it was typed behind the key that opened
them, and answers nothing by itself.
"""

from time import monotonic
from typing import TypeVar

from textual import events
from textual.screen import ModalScreen

DEAF_S = 0.3
"""How long a dialog ignores keys after it opened."""

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """Something in front of a screen that wants an answer. See `takes_text` and `hears_after_text` for what subclasses say."""

    AUTO_FOCUS = "Input"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (130, "-roomy")]  # noqa: RUF012 - Textual's shape

    DEFAULT_CSS = """
    Dialog { align: center middle; background: transparent; }
    Dialog > Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 100%;
        background: $dialog-paper; border: $frame $title-focus-ink; padding: 0 1;
    }
    Dialog.-roomy > Vertical { width: 60%; max-width: 110; }
    Dialog PaintedLine, Dialog PaintedLines { background: $dialog-paper; }
    Dialog Horizontal { height: 1; width: 1fr; align-horizontal: right; }
    Dialog LinesView { background: $dialog-paper; height: auto; max-height: 60vh; }
    """

    takes_text: bool = False
    """Whether it has a line to type in, which has the keys at first."""
    leads_on: bool = False
    """Whether keys behind its Enter are for what it leads to."""
    hears_after_text: bool = True
    """Whether text that was typed shows that it is meant, so that Enter behind it is obeyed."""

    def __init__(self) -> None:
        super().__init__()
        self.is_open = False
        self.has_heard = False
        """Whether text was typed into it."""
        self._opened_at = monotonic()

    def on_mount(self) -> None:
        """It knows how wide the terminal is before it is painted, and not by a size that it hears of afterwards."""
        reached = [name for least, name in self.HORIZONTAL_BREAKPOINTS or [] if self.app.size.width >= least]
        self.add_class(*reached[-1:])

    def on_screen_resume(self) -> None:
        """It is on the screen, and has the keys."""
        self.is_open = True

    @property
    def is_deaf(self) -> bool:
        """Whether keys are ignored, because it has only just opened."""
        return monotonic() - self._opened_at < DEAF_S

    def hear_text(self) -> None:
        """Text was typed into it: whoever does that has not merely tapped twice."""
        self.has_heard = True
        if self.hears_after_text:
            self._opened_at = -DEAF_S

    def on_key(self, event: events.Key) -> None:
        """Esc gives up, and goes no further: the screen below knows it too."""
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
