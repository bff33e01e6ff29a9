"""The base of all dialogs.

A dialog ignores keys for 300 ms after it opened, and every key that was read in the same burst as the key that opened it, so
that a double tap does not answer its own question. Two kinds of keys are exempt: Esc, and text for a field, which answers
nothing by itself. `InputRouter` applies the rule before it delivers a key.
"""

from time import monotonic

from textual import events

from imptui.tui.widgets.overlay import Answer, Overlay

IGNORED_KEYS_S = 0.3
"""The time that a dialog ignores keys after it opened."""


class Dialog(Overlay[Answer]):
    """A box in front of a screen that asks for an answer."""

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

    accepts_keys_after_text: bool = True
    """True if Enter is accepted once text was typed, without waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.has_received_text = False
        """True if text was typed into the dialog."""
        self._opened_at = monotonic()

    def on_mount(self) -> None:
        """Set the width class before the first paint, not after the first resize."""
        reached = [name for least, name in self.HORIZONTAL_BREAKPOINTS or [] if self.app.size.width >= least]
        self.add_class(*reached[-1:])

    @property
    def is_ignoring_keys(self) -> bool:
        """True if keys are ignored, because the dialog has just opened."""
        return self.ignores_keys_read_at(monotonic())

    def ignores_keys_read_at(self, at: float) -> bool:
        """Return whether a key that was read at this time (`time.monotonic`) is ignored."""
        return at < self._opened_at + IGNORED_KEYS_S

    @property
    def accepts_any_key(self) -> bool:
        """True if typed text has shown that the user means the dialog, so that any key counts."""
        return self.has_received_text and self.accepts_keys_after_text

    def record_text(self) -> None:
        """Record that text was typed, which excludes a double tap."""
        self.has_received_text = True
        if self.accepts_keys_after_text:
            self._opened_at = -IGNORED_KEYS_S

    def on_key(self, event: events.Key) -> None:
        """Cancel with Esc. The event stops here, because the screen below handles Esc, too."""
        if event.key == "escape":
            event.stop()
            self.close()
