"""What all dialogs have in common.

A dialog ignores keys for 300 ms after it opened, and every key that was read in the same burst as the key that opened it,
so that a double tap does not answer its own question. Two kinds of keys are exempt: Esc, and text for a field, which
answers nothing by itself. `InputRouter` applies the rule before it delivers a key.
"""

from math import inf
from typing import cast

from textual import events

from imptui.tui.terminal.cell_diff_app import CellDiffApp
from imptui.tui.widgets.overlay import Answer, Overlay

DEAF_S = 0.3
"""How long a dialog ignores keys after it opened."""


class Dialog(Overlay[Answer]):
    """A box in front of a screen that wants an answer."""

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

    hears_after_text: bool = True
    """Whether Enter is accepted once text was typed, however soon it comes."""

    def __init__(self) -> None:
        super().__init__()
        self.has_heard = False
        """Whether text was typed into it."""
        self._opened_at = inf

    def on_mount(self) -> None:
        """Note the time, and set the width class before the first paint, not after the first resize."""
        self._opened_at = min(self._opened_at, self._monotonic())
        reached = [name for least, name in self.HORIZONTAL_BREAKPOINTS or [] if self.app.size.width >= least]
        self.add_class(*reached[-1:])

    @property
    def is_deaf(self) -> bool:
        """Whether keys are ignored, because it has only just opened."""
        return self.ignores_keys_read_at(self._monotonic())

    def _monotonic(self) -> float:
        return cast(CellDiffApp, self.app).monotonic()

    def ignores_keys_read_at(self, at: float) -> bool:
        """Whether a key that was read at this time (`time.monotonic`) is ignored."""
        return at < self._opened_at + DEAF_S

    @property
    def is_convinced(self) -> bool:
        """Whether typed text has shown that the dialog is meant, so that any key counts."""
        return self.has_heard and self.hears_after_text

    def hear_text(self) -> None:
        """Note that text was typed into it: that is no double tap."""
        self.has_heard = True
        if self.hears_after_text:
            self._opened_at = -DEAF_S

    def on_key(self, event: events.Key) -> None:
        """Esc cancels. The event stops here, because the screen below knows Esc too."""
        if event.key == "escape":
            event.stop()
            self.close()
