"""The dialog of a menu, which typing narrows."""

import re
from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input

from imptui.tui.commands.questions import Menu, Option
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import cut, safe, width
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.dialogs.parts import DialogLine, DialogText, paragraphs
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.theme_access import look_of


class MenuLines(ScrollView, can_focus=False, inherit_bindings=False):
    """The options of a menu; disabled ones show their reason."""

    DEFAULT_CSS = """
    MenuLines { height: auto; max-height: 16; scrollbar-size: 0 0; background: $dialog-paper; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.options: Sequence[Option] = ()
        self.cursor = 0

    def put(self, options: Sequence[Option]) -> None:
        """Show these options, with the cursor on the first enabled one."""
        self.options = options
        self.cursor = next((index for index, each in enumerate(options) if each.refusal is None), 0)
        self.virtual_size = Size(self.size.width, len(options))
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self.refresh(layout=True)
        self.call_after_refresh(self._place_cursor)

    @property
    def current(self) -> Option | None:
        """The option under the cursor."""
        return self.options[self.cursor] if self.cursor < len(self.options) else None

    def move(self, lines: int) -> None:
        """Move the cursor up or down."""
        old, self.cursor = self.cursor, max(0, min(self.cursor + lines, len(self.options) - 1))
        top, page = round(self.scroll_offset.y), max(1, self.size.height)
        if self.cursor < top or self.cursor >= top + page:
            to = self.cursor if self.cursor < top else self.cursor - page + 1
            self.scroll_to(y=to, animate=False, immediate=True, force=True)
            self.refresh()
        else:
            for index in (old, self.cursor):
                self.refresh(Region(0, index - top, self.size.width, 1))
        self._place_cursor()

    def on_resize(self) -> None:
        """Put the terminal's cursor on the moved line."""
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        """Put the terminal's cursor on the current option, unless the user types in the field."""
        y = self.cursor - round(self.scroll_offset.y)
        if self.screen.focused is None and self.size.height > y:
            self.app.cursor_position = self.region.offset + Offset(0, y)
            self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's shape
        """Return the number of options, at least one."""
        return max(1, len(self.options))

    def render_line(self, y: int) -> Strip:
        """Paint one option: its letter, its label, and the reason if it is disabled."""
        look, cells = look_of(self), self.size.width
        index = round(self.scroll_offset.y) + y
        if index >= len(self.options):
            text = " nothing fits" if not self.options else ""
            return Strip(look.line([(text, "dim")], cells, "dialog"), cells)
        option = self.options[index]
        is_here = index == self.cursor
        off = option.refusal is not None
        key, ellipsis = f"{safe(option.hotkey or ''):>3} ", look.glyphs.ellipsis
        label = cut(safe(option.label), max(0, cells - width(key)), ellipsis)
        detail = cut(f"  {safe(option.refusal or option.detail)}", max(0, cells - width(key) - width(label)), ellipsis)
        pieces: list[Piece] = [
            (key, "" if is_here else "hint-key" if not off else "dim"),
            (label, "dim" if off and not is_here else ""),
            (detail, "" if is_here else "weak" if off else "dim"),
        ]
        return Strip(look.line(pieces, cells, "cursor" if is_here else "dialog"), cells)


class MenuDialog(Dialog[str]):
    """A menu from which the user chooses one option."""

    def __init__(self, menu: Menu) -> None:
        super().__init__()
        self.menu = menu
        self._texts: list[str] = []

    @property
    def expects_text(self) -> bool:
        """True if typing narrows the menu."""
        return self.menu.can_filter

    def compose(self) -> ComposeResult:
        """Lay out the field that narrows a long menu, the options, and the reason of a disabled one."""
        with Vertical():
            yield DialogLine(id="title")
            if self.menu.can_filter:
                yield TextField(id="narrow", placeholder="type to narrow down")
            yield MenuLines()
            yield DialogText(id="why")

    def on_mount(self) -> None:
        """Fill in the texts and the options."""
        self.query_one("#title", DialogLine).show_pieces([(safe(self.menu.title), "title-focus")])
        self.query_one(MenuLines).put(self.menu.options)

    @on(Input.Changed, "#narrow")
    def narrowed(self, event: Input.Changed) -> None:
        """Show only the options that match the typed text."""
        if not self._texts:
            self._texts = texts_of(self.menu.options)
        self.query_one(MenuLines).put(narrow(self.menu.options, event.value, self._texts))

    @on(Input.Submitted, "#narrow")
    def submitted(self) -> None:
        """Choose the current option with Enter."""
        self._choose(self.query_one(MenuLines).current)

    def on_key(self, event: events.Key) -> None:
        """Move, choose, or take the letter of an option."""
        lines = self.query_one(MenuLines)
        moves = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10, "ctrl+n": 1, "ctrl+p": -1}
        if not self.menu.can_filter:
            moves |= {"j": 1, "k": -1}
        if event.key in moves:
            event.stop()
            lines.move(moves[event.key])
        elif event.key == "enter" and not self.menu.can_filter:
            event.stop()
            self._choose(lines.current)
        elif not self.menu.can_filter:
            for option in self.menu.options:
                if option.hotkey is not None and event.character == option.hotkey and event.key != self.menu.opened_by:
                    event.stop()
                    self._choose(option)
                    return
            if event.key == "q":
                event.stop()
                self.close()

    def _choose(self, option: Option | None) -> None:
        if option is None:
            return
        if option.refusal is not None:
            lines = paragraphs([option.refusal], 66)
            self.query_one("#why", DialogText).put([[(text, "problem") for text, _ in line] for line in lines])
            return
        self.close(option.key)


def narrow(options: Sequence[Option], typed: str, texts: Sequence[str] | None = None) -> list[Option]:
    """Return the options that hold every typed word, then those that hold the letters in this order.

    Args:
        options: Any number: a menu of groups may have ten thousand.
        typed: The typed text.
        texts: The result of `texts_of`, if it is known already.
    """
    words = typed.casefold().split()
    if not words:
        return list(options)
    letters = map(re.escape, "".join(words))
    # The pattern takes each letter at its first place, so it never backtracks.
    in_order = re.compile("".join(f"[^{each}]*{each}" for each in letters))
    exact: list[Option] = []
    loose: list[Option] = []
    for each, text in zip(options, texts or texts_of(options), strict=True):
        if all(word in text for word in words):
            exact.append(each)
        elif in_order.match(text):
            loose.append(each)
    return exact + loose


def texts_of(options: Sequence[Option]) -> list[str]:
    """Return the text of each option that a narrowed menu searches."""
    return [f"{each.label} {each.detail} {each.key}".casefold() for each in options]
