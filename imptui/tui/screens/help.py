"""Help: what every key does where one came from, with the keys of the moment, and why something is off."""

from itertools import groupby

from imptui.config.keys import Keymap, spoken
from imptui.tui.commands.command import Command, Situation
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
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


class HelpPage(TextPage):
    """The list behind `?`."""

    def __init__(self, screen: str, commands: tuple[Command, ...], situation: Situation, keymap: Keymap) -> None:
        super().__init__(f"Help: the {screen} screen", help_lines(commands, situation, keymap))


def help_lines(commands: tuple[Command, ...], situation: Situation, keymap: Keymap) -> list[list[Piece]]:
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
            pieces: list[Piece] = [(f"  {safe(shown):<22} ", "hint-key"), (command.title + pane, ""), (f"  {command.id}", "dim")]
            why = command.refusal(situation) if command.footer or command.in_menu else None
            if why is not None:
                pieces.append((f"  off: {safe(why)}", "weak"))
            lines.append(pieces)
        lines.append([])
    lines.append([(" Good to know", "title-focus")])
    lines += [[(f"  {note}", "")] for note in NOTES]
    return lines
