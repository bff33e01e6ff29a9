"""Dialogs for questions, menus, reports and the command line.

A dialog ignores keys at first, see `Dialog`. In a question Cancel has the focus; to confirm, the user moves to the other button.
"""

import re
from collections.abc import Sequence

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from imptui.tui.commands.questions import Menu, Option, Question, Report
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import cut, safe, safe_lines, width
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of


class DialogLine(PaintedLine):
    """One painted line of a dialog."""

    role = "dialog"


class DialogText(LinesView, can_focus=False, inherit_bindings=False):
    """Several painted lines of a dialog."""

    role = "dialog"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's shape
        """Return the number of lines."""
        return len(self.lines)


class PushButton(Widget, can_focus=True):
    """A button that is one line high."""

    DEFAULT_CSS = """
    PushButton { height: 1; width: auto; margin: 0 0 0 2; }
    """

    class Pressed(Message):
        """The user pressed Enter or space, or clicked."""

        def __init__(self, button: "PushButton") -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> "PushButton":
            """Return the button that was pressed."""
            return self.button

    def __init__(self, text: str, *, id: str, is_dangerous: bool = False, deaf_to: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.text = f"[ {safe(text)} ]"
        self._deaf_to = deaf_to
        self._role = "danger" if is_dangerous else "button"
        self.is_off = False

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's shape
        """Return the width of the text."""
        return width(self.text)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - it has one line
        """Paint the text of the button."""
        role = "hint-off" if self.is_off else self._role + ("-focus" if self.has_focus else "")
        return Strip([Segment(self.text, look_of(self).style(role, "dialog"))])

    def put_off(self, *, is_off: bool) -> None:
        """Disable the button, or enable it."""
        self.is_off = is_off
        self.refresh()

    def on_focus(self) -> None:
        """Paint the button as focused, and put the terminal's cursor on it."""
        self.refresh()
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        if self.has_focus:
            self.app.cursor_position = self.region.offset
            self.refresh()

    def on_blur(self) -> None:
        """Paint the button without focus."""
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Press with Enter or space, unless that is the key which opened the dialog."""
        if event.key in ("enter", "space") and event.key != self._deaf_to:
            event.stop()
            self._press()

    def on_click(self) -> None:
        """Press with a mouse click."""
        self._press()

    def _press(self) -> None:
        if not self.is_off:
            self.post_message(self.Pressed(self))


class QuestionDialog(Dialog[bool]):
    """A yes-no question. Cancel has the focus, or the field for the name if one must be typed."""

    AUTO_FOCUS = "#name, #cancel"
    accepts_keys_after_text = False

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    @property
    def expects_text(self) -> bool:
        """True if the user must type a name."""
        return self.question.must_type is not None

    def compose(self) -> ComposeResult:
        """Lay out the consequences, the field for a name if one is needed, and two buttons."""
        asked = self.question
        with Vertical():
            yield DialogLine(id="title")
            yield DialogText(paragraphs(asked.lines, 66), id="lines")
            if asked.must_type is not None:
                yield DialogLine(id="typing")
                yield TextField(id="name")
            with Horizontal():
                yield PushButton("Cancel", id="cancel")
                yield PushButton(asked.yes, id="yes", is_dangerous=asked.is_dangerous, deaf_to=asked.opened_by)

    def on_mount(self) -> None:
        """Fill in the texts and set the focus."""
        self.query_one("#title", DialogLine).show_pieces([(safe(self.question.title), "title-focus")])
        if self.question.must_type is not None:
            self._ask_for_name()
            self.query_one("#yes", PushButton).put_off(is_off=True)
            # The field has the focus: on Cancel, the first blank of a typed name would press it,
            # and the rest of the name would run commands.
            self.query_one("#name", Input).focus()

    def _ask_for_name(self) -> None:
        wanted = safe(self.question.must_type or "")
        self.query_one("#typing", DialogLine).show_pieces([("Type ", "dim"), (wanted, ""), (" to go on:", "dim")])

    @on(Input.Changed, "#name")
    def typed(self, event: Input.Changed) -> None:
        """Enable the button if the typed name is equal."""
        self.query_one("#yes", PushButton).put_off(is_off=not self._fits(event.value))
        self._ask_for_name()

    @on(Input.Submitted, "#name")
    def submitted(self) -> None:
        """Move to the button with Enter if the name is equal; else show the difference."""
        typed = self.query_one("#name", Input).value
        if self._fits(typed):
            self.query_one("#yes").focus()
        else:
            why = difference(typed.strip(), safe(self.question.must_type or "").strip())
            self.query_one("#typing", DialogLine).show_pieces([(safe(why), "problem")])

    def _fits(self, typed: str) -> bool:
        wanted = self.question.must_type or ""
        return typed.strip() in (wanted.strip(), safe(wanted).strip())

    @on(PushButton.Pressed)
    def pressed(self, event: PushButton.Pressed) -> None:
        """Answer with the pressed button."""
        self.close(event.button.id == "yes")

    def on_key(self, event: events.Key) -> None:
        """Move between the buttons with the arrow keys."""
        if event.key in ("left", "right", "up", "down") and not isinstance(self.focused, Input):
            event.stop()
            if event.key in ("right", "down"):
                self.focus_next()
            else:
                self.focus_previous()


class ReportDialog(Dialog[None]):
    """A dialog that shows lines."""

    AUTO_FOCUS = "#close"

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    def compose(self) -> ComposeResult:
        """Lay out the lines and a button."""
        with Vertical():
            yield DialogLine(id="title")
            yield DialogText(paragraphs(self.report.lines, 66), id="lines")
            with Horizontal():
                yield PushButton("Close", id="close")

    def on_mount(self) -> None:
        """Fill in the title of the report."""
        self.query_one("#title", DialogLine).show_pieces([(safe(self.report.title), "title-focus")])

    def on_key(self, event: events.Key) -> None:
        """Scroll with the arrow keys."""
        lines = self.query_one(DialogText)
        moves = {
            "down": lines.action_cursor_down,
            "up": lines.action_cursor_up,
            "j": lines.action_cursor_down,
            "k": lines.action_cursor_up,
            "pagedown": lines.action_page_down,
            "pageup": lines.action_page_up,
        }
        if event.key in moves:
            event.stop()
            moves[event.key]()
        elif event.key == "q":
            event.stop()
            self.close()

    @on(PushButton.Pressed)
    def pressed(self) -> None:
        """Close with the button."""
        self.close()


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


class CommandLine(Dialog[str]):
    """A field for a command after `:`, with suggestions."""

    DEFAULT_CSS = """
    CommandLine { align: left bottom; }
    CommandLine.-roomy > Vertical { width: 100%; max-width: 100%; }
    CommandLine > Vertical { width: 100%; border: none; padding: 0; max-height: 12; }
    CommandLine MenuLines { max-height: 8; }
    CommandLine #colon { width: 1; }
    CommandLine Horizontal { align-horizontal: left; }
    CommandLine Input { width: 1fr; }
    """

    @property
    def expects_text(self) -> bool:
        """True, because the dialog is a field."""
        return True

    @property
    def passes_keys_on(self) -> bool:
        """True: keys typed behind Enter are for the screen or dialog that the command opens."""
        return True

    def ignores_keys_read_at(self, at: float) -> bool:  # noqa: ARG002 - the shape of a dialog
        """Accept keys immediately: text typed right behind `:` is the beginning of the command."""
        return False

    def __init__(self, options: Sequence[Option], typed: str = "") -> None:
        super().__init__()
        self.options = options
        self._typed = typed

    def compose(self) -> ComposeResult:
        """Lay out the suggestions above the field."""
        with Vertical():
            yield MenuLines()
            with Horizontal():
                yield DialogLine(id="colon")
                yield TextField(self._typed, id="word")

    def on_mount(self) -> None:
        """Suggest every command, because nothing is typed yet."""
        self.query_one("#colon", DialogLine).show_pieces([(":", "title-focus")])
        self._suggest(self._typed)

    @on(Input.Changed, "#word")
    def typed(self, event: Input.Changed) -> None:
        """Suggest the commands that match."""
        self._suggest(event.value)

    def _suggest(self, text: str) -> None:
        word = text.split(" ", 1)[0].casefold()
        found = [each for each in self.options if each.key.casefold().startswith(word)]
        found += [each for each in self.options if each not in found and word in each.label.casefold()]
        self.query_one(MenuLines).put(found if " " not in text else found[:1])

    @on(Input.Submitted, "#word")
    def submitted(self, event: Input.Submitted) -> None:
        """Run the typed command with Enter, or the only one that it can become."""
        text = event.value.strip()
        word, _, rest = text.partition(" ")
        names = [each.key for each in self.options]
        if word and word not in names:
            fitting = [name for name in names if name.startswith(word)]
            word = fitting[0] if len(fitting) == 1 else word
        self.close(f"{word} {rest}".strip() or None)

    def on_key(self, event: events.Key) -> None:
        """Complete with Tab, move among the suggestions with the arrow keys."""
        lines = self.query_one(MenuLines)
        if event.key in ("up", "down"):
            event.stop()
            lines.move(1 if event.key == "down" else -1)
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            if lines.current is not None:
                field = self.query_one("#word", Input)
                field.value = lines.current.key + " "
                field.cursor_position = len(field.value)


def difference(typed: str, wanted: str) -> str:
    """Return a sentence that says how a typed name differs from the expected one."""
    if not typed:
        return f"Type the name first: {wanted}"
    at = next((index for index, pair in enumerate(zip(typed, wanted, strict=False)) if pair[0] != pair[1]), None)
    if at is not None:
        return f"Not {wanted}: it differs from letter {at + 1} on."
    if len(typed) < len(wanted):
        return f"Not {wanted} yet: {len(wanted) - len(typed)} more to type."
    return f"Not {wanted}: {len(typed) - len(wanted)} too many at the end."


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


def paragraphs(lines: Sequence[str], cells: int) -> list[list[Piece]]:
    """Return foreign texts as safe lines of at most `cells`, broken between words."""
    from textwrap import wrap

    found: list[list[Piece]] = []
    for text in lines:
        for line in safe_lines(text):
            found += [[(part, "")] for part in wrap(line, cells, break_on_hyphens=False) or [""]]
    return found
