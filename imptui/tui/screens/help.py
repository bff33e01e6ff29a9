"""Help: every command of a screen with its present keys, and why it is off."""

from collections.abc import Iterable, Sequence
from itertools import groupby, zip_longest
from typing import ClassVar

from msgspec import Struct

from imptui.config.keys import Keymap, key_label
from imptui.query.completion import NOTE, SYNTAX
from imptui.tui.commands.command import Command, Situation
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, width
from imptui.tui.screens.reader import LinesReader
from imptui.tui.screens.reading import ReadingPage

NOTES = (
    'A filter is words, or field and value: rssi<-80 and online; name:pump group="Line 3"; offline>2h; not type:pre.'
    " While one is typed, F1 tells all that can be asked, Tab completes, Up brings back what was asked before.",
    "Deployed is not running: a device takes new code when it restarts. The column P marks devices that have not restarted"
    " since the deployment; this is inferred from times, the service does not say.",
    "Signal and memory are read from the visible devices in turn, within the account's request budget (req in the header).",
    "With the mouse on, hold Shift to select text with the terminal; F9 turns the mouse off.",
    "Coming from k9s: ctrl+d is half a page, not delete; delete is D, and asks.",
    "Every key can be changed in settings.toml under [keys], by the name shown on the right.",
)

IDS_FROM = 76
"""Below this width ids follow the titles, without a column of their own."""

WIDEST = 140
"""The largest width; beyond, ids would be too far from titles to read across."""

WORDS_FROM = 100
"""Below this width words follow the keys, without a column of their own."""


class HelpPage(ReadingPage):
    """Lists the commands of a screen; opens with `?`.

    Args:
        screen: The screen that the help describes.
        commands: Its commands.
        situation: The situation in which they would run.
        keymap: The keys of each command.
        panes: The names of its panes; commands of other panes are left out.
    """

    page_name: ClassVar[str] = "text"

    def __init__(
        self, screen: str, commands: tuple[Command, ...], situation: Situation, keymap: Keymap, panes: frozenset[str]
    ) -> None:
        super().__init__()
        self.lines = self.reader = LinesReader(self, f"Help: the {screen} screen")
        self._about = (commands, situation, keymap, panes)

    def opened(self) -> None:
        """Focus the text, which lays it out."""
        self.focus_pane(self.reader.pane)

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Wrap the lines for the new width."""
        if self.is_ready:
            self.lines.show(help_lines(*self._about, cells))


class FilterHelpPage(ReadingPage):
    """Lists everything that a filter can contain."""

    page_name: ClassVar[str] = "text"

    def __init__(self) -> None:
        super().__init__()
        self.lines = self.reader = LinesReader(self, "Help: the filter")

    def opened(self) -> None:
        """Focus the text, which lays it out."""
        self.focus_pane(self.reader.pane)

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Show meanings beside the syntax if there is room, else below it."""
        if self.is_ready:
            self.lines.show(filter_lines(cells))


def filter_lines(cells: int) -> list[list[Piece]]:
    """Return the syntax of the filter, with headings."""
    cells = min(cells, WIDEST)
    beside = max(width(text) for _, lines in SYNTAX for text, _ in lines) + 4
    found: list[list[Piece]] = []
    for heading, lines in SYNTAX:
        found.append([(f" {heading}", "title-focus")])
        for text, meaning in lines:
            if cells >= 2 * beside:
                found += hanging((f"  {text:<{beside - 2}}", "hint-key"), [(meaning, "")], cells)
            else:
                found += [[(f"  {text}", "hint-key")], *hanging(("    ", ""), [(meaning, "")], cells)]
        found.append([])
    return [*found, *hanging(("  ", ""), [(NOTE, "")], cells)]


class HelpEntry(Struct, frozen=True):
    """A line of the help; all texts are safe."""

    keys: str
    words: str
    title: str
    id: str
    why_off: str


class Columns(Struct, frozen=True):
    """The positions of the columns in cells, for all lines of one help."""

    keys: int
    words: int
    """The column of words; 0: words follow the keys."""
    titles: int
    ids: int
    """The column of ids; 0: ids follow the titles."""

    @property
    def titles_at(self) -> int:
        """The cell at which titles begin."""
        return 2 + self.keys + 1 + (self.words + 1 if self.words else 0)


def help_lines(
    commands: tuple[Command, ...], situation: Situation, keymap: Keymap, panes: frozenset[str], cells: int
) -> list[list[Piece]]:
    """Return every command under its heading: keys, words, title, reason why it is off, and at the right edge its id, dim."""
    cells = min(cells, WIDEST)
    here = [each for each in commands if not each.panes or each.panes & panes]
    ordered = sorted(here, key=lambda command: [each.group for each in here].index(command.group))
    entries = {each.id: entry_of(each, situation, keymap, panes) for each in ordered}
    columns = columns_for(entries.values(), cells)
    lines: list[list[Piece]] = []
    for heading, members in groupby(ordered, key=lambda command: command.group):
        lines.append([(f" {heading}", "title-focus")])
        for command in members:
            lines += entry_lines(entries[command.id], columns)
        lines.append([])
    lines.append([(" Good to know", "title-focus")])
    for note in NOTES:
        lines += hanging(("  ", ""), [(note, "")], cells)
    return lines


def entry_of(command: Command, situation: Situation, keymap: Keymap, panes: frozenset[str]) -> HelpEntry:
    """Return the entry of a command; it names panes only if the command does not work in all."""
    keys = " ".join(key_label(key) for key in keymap.keys_of(command.id, command.keys))
    words = " ".join(f":{word}" for word in command.words[:2])
    only = f" ({', '.join(sorted(command.panes & panes))})" if command.panes and panes - command.panes else ""
    why = command.refusal(situation) if command.footer or command.in_menu else None
    return HelpEntry(
        safe(keys) or ("" if words else "-"), words, command.title + only, command.id, f"off: {safe(why)}" if why else ""
    )


def columns_for(entries: Iterable[HelpEntry], cells: int) -> Columns:
    """Return columns as wide as their widest text; titles get the rest."""
    there = list(entries)
    ids = max(width(each.id) for each in there) if cells >= IDS_FROM else 0
    words = max(width(each.words) for each in there) if cells >= WORDS_FROM else 0
    keys = max(width(each.keys if words else _together(each)) for each in there)
    found = Columns(min(keys, cells // 3), words, 0, ids)
    return Columns(found.keys, words, max(10, cells - found.titles_at - (ids + 1 if ids else 0)), ids)


def entry_lines(entry: HelpEntry, columns: Columns) -> list[list[Piece]]:
    """Return the lines of one command; long titles and many keys are wrapped."""
    titles = wrapped([(entry.title, ""), *([] if columns.ids else [(entry.id, "dim")]), (entry.why_off, "weak")], columns.titles)
    keys = wrapped([(entry.keys if columns.words else _together(entry), "hint-key")], columns.keys)
    lines: list[list[Piece]] = []
    nothing: list[Piece] = []
    for number, (key, title) in enumerate(zip_longest(keys, titles, fillvalue=nothing)):
        line = [("  ", ""), *padded(key, columns.keys + 1)]
        if columns.words:
            line += padded([(entry.words, "hint-key")] if number == 0 else [], columns.words + 1)
        if columns.ids and number == 0:
            line += [*padded(title, columns.titles + 1), (f"{entry.id:>{columns.ids}}", "dim")]
        else:
            line += title
        lines.append(line)
    return lines


def _together(entry: HelpEntry) -> str:
    return f"{entry.keys} {entry.words}".strip()


def wrapped(pieces: Sequence[Piece], cells: int) -> list[list[Piece]]:
    """Return pieces on as many lines as needed, broken between words; all texts are safe."""
    return [line[1:] for line in hanging(("", ""), pieces, cells)]


def padded(pieces: list[Piece], cells: int) -> list[Piece]:
    """Return pieces, padded with blanks up to a column."""
    return [*pieces, (" " * max(1, cells - sum(width(text) for text, _ in pieces)), "")]


def hanging(first: Piece, pieces: Sequence[Piece], cells: int) -> list[list[Piece]]:
    """Return lines with a hanging indent as wide as `first`, broken between words; all texts are safe."""
    lines, indent = [[first]], width(first[0])
    left = cells - indent
    for text, role in pieces:
        for word in text.split():
            need = width(word) + (len(lines[-1]) > 1)
            if need > left and len(lines[-1]) > 1:
                lines.append([(" " * indent, "")])
                left, need = cells - indent, width(word)
            lines[-1].append((word if len(lines[-1]) == 1 else f" {word}", role))
            left -= need
    return lines
