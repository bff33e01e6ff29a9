"""Break lines that are longer than the screen into several."""

from collections.abc import Sequence

from imptui.tui.present.look import Piece
from imptui.tui.present.safe import cut, width


def wrapped(lines: Sequence[list[Piece]], cells: int, indent: int) -> list[list[Piece]]:
    """Return lines of safe pieces, broken between words.

    Args:
        lines: The lines.
        cells: The width of the screen; below twice the indent nothing is broken.
        indent: Blanks at the beginning of continuation lines.
    """
    if cells < 2 * indent:
        return list(lines)
    return [part for line in lines for part in _parts(line, cells, indent)]


def _parts(line: list[Piece], cells: int, indent: int) -> list[list[Piece]]:
    if sum(width(text) for text, _ in line) <= cells:
        return [line]
    found: list[list[Piece]] = [[]]
    room = cells
    for text, role in line:
        for word in _words(text, cells - indent):
            is_next = width(word.rstrip(" ")) > room and bool(found[-1])
            shown = word.lstrip(" ") if is_next else word
            if is_next:
                found.append([(" " * indent, role)])
                room = cells - indent
            found[-1].append((shown, role))
            room -= width(shown)
    return found


def _words(text: str, cells: int) -> list[str]:
    """Split a text into words with the blanks behind them.

    A word longer than a line is cut; blanks at the beginning are a word.
    """
    found, rest = [], text
    while rest:
        stripped = rest.lstrip(" ")
        blanks = len(rest) - len(stripped)
        end = rest.find(" ", blanks) if blanks < len(rest) else -1
        end = len(rest) if end < 0 else end
        while end < len(rest) and rest[end] == " ":
            end += 1
        word = rest[:end]
        if width(word) > cells:
            word = cut(rest, cells, "") or rest[:1]
        found.append(word)
        rest = rest[len(word) :]
    return found
