"""The bottom line: the keys that work here, or for some seconds a message."""

from collections.abc import Sequence

from msgspec import Struct
from textual.timer import Timer

from imptui.tui.present.look import Piece
from imptui.tui.present.safe import fit, safe, width
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of

MESSAGE_S = 6.0

MORE = "  ! says all"
"""Appended to a failure that is longer than the line: the list of errors shows all of it."""


class Hint(Struct, frozen=True):
    """A key and its description."""

    key: str
    word: str
    is_off: bool = False


class HintLine(PaintedLine):
    """The keys, most wanted first. Keys without room are left out, except the last, which is the help."""

    role = "hint"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._hints: tuple[Hint, ...] = ()
        self._message: Timer | None = None

    def offer(self, hints: Sequence[Hint]) -> None:
        """Set the keys of the current situation."""
        self._hints = tuple(hints)
        if self._message is None:
            self._paint()

    def show_message(self, text: str, *, is_trouble: bool = False) -> None:
        """Show a sentence instead of the keys for some seconds. Foreign text is made safe."""
        if self._message is not None:
            self._message.stop()
        self._message = self.set_timer(MESSAGE_S * (2 if is_trouble else 1), self._over)
        text = f" {safe(text)}"
        if is_trouble and width(text) > self.size.width > len(MORE):
            text = fit(text, self.size.width - len(MORE), look_of(self).glyphs.ellipsis) + MORE
        self.show_pieces([(text, "trouble" if is_trouble else "message")])

    @property
    def has_message(self) -> bool:
        """True while a sentence is shown."""
        return self._message is not None

    def clear_message(self) -> None:
        """Show the keys again."""
        if self._message is not None:
            self._message.stop()
            self._over()

    def on_resize(self) -> None:
        """Fit the keys to the new width."""
        if self._message is None:
            self._paint()

    def _over(self) -> None:
        self._message = None
        self._paint()

    def _paint(self) -> None:
        left = self.size.width - 1
        kept: list[Hint] = []
        for hint in reversed(self._hints[-1:]):
            left -= _cells(hint)
        for hint in self._hints[:-1]:
            if _cells(hint) <= left:
                kept.append(hint)
                left -= _cells(hint)
        pieces: list[Piece] = [(" ", "")]
        for hint in (*kept, *self._hints[-1:]):
            pieces += [(hint.key, "hint-key"), (" ", ""), (hint.word, "hint-off" if hint.is_off else ""), ("  ", "")]
        self.show_pieces(pieces)


def _cells(hint: Hint) -> int:
    return width(hint.key) + width(hint.word) + 3
