"""Labels on every line that the cursor can go to: two strokes instead of many."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from imptui.tui.widgets.jumps import Jump, labels
from imptui.tui.widgets.overlay import Overlay
from imptui.tui.widgets.theme_access import look_of


class Label(Widget):
    """One or two letters in front of a line."""

    DEFAULT_CSS = """
    Label { position: absolute; height: 1; }
    """

    def __init__(self, text: str, x: int, y: int) -> None:
        super().__init__()
        self.text = text
        self.styles.width = len(text)
        self.styles.offset = (x, y)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - it has one line
        """Paint the letters of the label."""
        return Strip([Segment(self.text, look_of(self).style("match"))])


class JumpScreen(Overlay[Jump]):
    """Labels over a page; answers with the jump whose label was typed."""

    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, jumps: Sequence[Jump]) -> None:
        super().__init__()
        self._by_label = dict(zip(labels(len(jumps)), jumps, strict=False))
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Put a label at the beginning of each line."""
        for text, jump in self._by_label.items():
            region = jump.pane.region
            yield Label(text, region.x, region.y + jump.line)

    def on_key(self, event: events.Key) -> None:
        """Take a letter of a label; any other key cancels."""
        event.stop()
        self._typed += event.character or "\0"
        if self._typed in self._by_label:
            self.close(self._by_label[self._typed])
        elif not any(label.startswith(self._typed) for label in self._by_label):
            self.close()

    def on_resize(self) -> None:
        """Cancel, because the lines have moved."""
        if self.is_mounted and self.size != self.app.size:
            self.close()
