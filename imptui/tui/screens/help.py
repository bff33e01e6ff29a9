"""Help: what every key does where one came from, with the keys of the moment, and why something is off."""

from collections.abc import Sequence
from itertools import groupby

from imptui.config.keys import Keymap, spoken
from imptui.tui.commands.command import Command, Situation
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, width
from imptui.tui.screens.text import TextPage

NOTES = (
    'A filter is words, or field and value: rssi<-80 and online; name:pump group="Line 3"; offline>2h; not type:pre.',
    "Deployed is not running: a device takes new code when it restarts. The column P marks devices that have not restarted"
    " since the deployment; this is inferred from times, the service does not say.",
    "Signal and memory are read from the visible devices in turn, within the account's request budget (req in the header).",
    "With the mouse on, hold Shift to select text with the terminal; F9 turns the mouse off.",
    "Coming from k9s: ctrl+d is half a page, not delete; delete is D, and asks.",
    "Every key can be changed in settings.toml under [keys], by the name shown on the right.",
)


KEYS_CELLS = 25
"""How wide the part for keys and words is; what a command does begins behind it."""


class HelpPage(TextPage):
    """The list behind `?`."""

    def __init__(self, screen: str, commands: tuple[Command, ...], situation: Situation, keymap: Keymap) -> None:
        super().__init__(f"Help: the {screen} screen", [])
        self._about = (commands, situation, keymap)

    def lay_out(self, cells: int, lines: int) -> None:
        """Words keep together at any width."""
        super().lay_out(cells, lines)
        if self.is_ready:
            self.put(help_lines(*self._about, cells))

    def read(self) -> None:
        """At the width of now."""
        self.lay_out(*self.size)


def help_lines(commands: tuple[Command, ...], situation: Situation, keymap: Keymap, cells: int) -> list[list[Piece]]:
    """Every command under its heading: keys, what it does, its name; and why it is off, where it is."""
    lines: list[list[Piece]] = []
    ordered = sorted(commands, key=lambda command: [each.group for each in commands].index(command.group))
    for heading, members in groupby(ordered, key=lambda command: command.group):
        lines.append([(f" {heading}", "title-focus")])
        for command in members:
            keys = [spoken(key) for key in keymap.keys_of(command.id, command.keys)]
            words = [f":{word}" for word in command.words[:2]]
            shown = " ".join([*keys, *words]) or "-"
            pane = f" ({'/'.join(sorted(command.panes))})" if command.panes else ""
            why = command.refusal(situation) if command.footer or command.in_menu else None
            pieces = [(command.title + pane, ""), (f" {command.id}", "dim"), (f" off: {safe(why)}" if why else "", "weak")]
            lines += hanging((f"  {safe(shown):<{KEYS_CELLS - 3}} ", "hint-key"), pieces, cells)
        lines.append([])
    lines.append([(" Good to know", "title-focus")])
    for note in NOTES:
        lines += hanging(("  ", ""), [(note, "")], cells)
    return lines


def hanging(first: Piece, pieces: Sequence[Piece], cells: int) -> list[list[Piece]]:
    """A line whose words go on below it where there is no room, as far right as `first` is wide; all texts are safe."""
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
