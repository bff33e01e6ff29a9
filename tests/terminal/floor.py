"""The least that a screen can cost: bytes from one picture to the next, by the plainest means that all terminals know.

Moving the cursor the shortest way, changing colours by the shortest sequence, writing what differs, and erasing to the
end of a line, or everything first where that is less. Between two places that differ, what lies between is written again
where this takes fewer bytes than a move. Nothing is scrolled, inserted or repeated: not every terminal can.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

from pyte.graphics import FG_BG_256

from tests.terminal.pictures import Cell, Pen, Picture

_INDEX = {colour: number for number, colour in enumerate(FG_BG_256)}
"""Of two numbers for one colour the higher: the first sixteen are what the person chose."""

_SWITCHES = ("bold", "italic", "underline", "strike", "reverse")
_ON = {"bold": "1", "italic": "3", "underline": "4", "strike": "9", "reverse": "7"}
_OFF = {"bold": "22", "italic": "23", "underline": "24", "strike": "29", "reverse": "27"}
_ERASE, _CLEAR = len("\x1b[K"), len("\x1b[2J")


def least_bytes(before: Picture, after: Picture) -> int:
    """The bytes that turn one picture into the other; 0 when they are the same."""
    if before == after:
        return 0
    changed = _changed_bytes(before, after)
    empty = Picture.blank(len(after.lines[0]), len(after.lines))
    return min(changed, _CLEAR + _changed_bytes(empty._replace(cursor=before.cursor), after))


def _changed_bytes(before: Picture, after: Picture) -> int:
    hand = _Hand(before.cursor)
    for row, (old, new) in enumerate(zip(before.lines, after.lines, strict=True)):
        hand.draw(row, old, new)
    hand.move(*after.cursor)
    return hand.bytes


class _Hand:
    """Where the cursor is, what colour it writes in, and what that took."""

    def __init__(self, place: tuple[int, int]) -> None:
        self.bytes = 0
        self.place = place
        self.pen = Pen()

    def draw(self, row: int, old: tuple[Cell, ...], new: tuple[Cell, ...]) -> None:
        """One line."""
        blank_from = _blank_from(new)
        differs = [column for column in range(len(new)) if old[column] != new[column]]
        tail = [column for column in differs if column >= blank_from]
        body = [column for column in differs if column < blank_from]
        for first, last in _runs(body):
            self._reach(row, first, new)
            self._write(new, first, last)
        if tail:
            self._finish(row, tail, new)

    def _finish(self, row: int, tail: list[int], new: tuple[Cell, ...]) -> None:
        """The blank end of a line, written or erased."""
        written = _copy(self)
        for first, last in _runs(tail):
            written._reach(row, first, new)
            written._write(new, first, last)
        erased = _copy(self)
        erased._reach(row, tail[0], new)
        erased.bytes += sgr_bytes(erased.pen, new[-1].pen) + _ERASE
        erased.pen = new[-1].pen
        best = min(written, erased, key=lambda hand: hand.bytes)
        self.bytes, self.place, self.pen = best.bytes, best.place, best.pen

    def _reach(self, row: int, column: int, new: tuple[Cell, ...]) -> None:
        """Get to a place, by a move or by writing what lies between."""
        here_row, here = self.place
        moved = move_bytes(self.place, (row, column)) + sgr_bytes(self.pen, new[column].pen)
        if here_row == row and here < column:
            over = _copy(self)
            over._write(new, here, column - 1)
            if over.bytes - self.bytes + sgr_bytes(over.pen, new[column].pen) <= moved:
                self.bytes, self.place, self.pen = over.bytes, over.place, over.pen
                return
        self.move(row, column)

    def _write(self, new: tuple[Cell, ...], first: int, last: int) -> None:
        for column in range(first, last + 1):
            text, pen = new[column]
            self.bytes += sgr_bytes(self.pen, pen) + len(text.encode())
            self.pen = pen
        self.place = (self.place[0], min(last + 1, len(new) - 1))

    def move(self, row: int, column: int) -> None:
        """Move the cursor."""
        self.bytes += move_bytes(self.place, (row, column))
        self.place = (row, column)


def _copy(hand: _Hand) -> _Hand:
    other = _Hand(hand.place)
    other.bytes, other.pen = hand.bytes, hand.pen
    return other


def _blank_from(line: tuple[Cell, ...]) -> int:
    """From where on a line can be erased: blanks of one colour, with nothing that shows on a blank."""
    last = line[-1]
    if last.text != " " or last.pen.underline or last.pen.strike or last.pen.reverse:
        return len(line)
    first = len(line)
    while first and line[first - 1].text == " " and line[first - 1].pen == last.pen:
        first -= 1
    return first


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    """First and last of what lies side by side."""
    found = []
    for _, group in itertools.groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0]):
        run = [column for _, column in group]
        found.append((run[0], run[-1]))
    return found


def move_bytes(start: tuple[int, int], end: tuple[int, int]) -> int:
    """The shortest way for the cursor."""
    if start == end:
        return 0
    (row, column), (to_row, to_column) = start, end
    if end == (0, 0):
        absolute = len("\x1b[H")
    elif to_column == 0:
        absolute = len(f"\x1b[{to_row + 1}H")
    else:
        absolute = len(f"\x1b[{to_row + 1};{to_column + 1}H")
    down = to_row - row
    vertical = 0 if not down else min(_sequence(abs(down)), down if down > 0 else 99, len(f"\x1b[{to_row + 1}d"))
    across = to_column - column
    sideways = [_sequence(abs(across)), len(f"\x1b[{to_column + 1}G")] if across else [0]
    if across < 0:
        sideways.append(-across)  # backspaces
    if to_column == 0:
        sideways.append(1)  # carriage return
    return min(absolute, vertical + min(sideways))


def _sequence(count: int) -> int:
    return len("\x1b[C") if count == 1 else len(f"\x1b[{count}C")


@lru_cache(maxsize=65536)
def sgr_bytes(old: Pen, new: Pen) -> int:
    """The shortest change from one look to another."""
    if old == new:
        return 0
    step = [_ON[name] if getattr(new, name) else _OFF[name] for name in _SWITCHES if getattr(new, name) != getattr(old, name)]
    step += [_colour(new.ink, "3")] if new.ink != old.ink else []
    step += [_colour(new.paper, "4")] if new.paper != old.paper else []
    anew = [_ON[name] for name in _SWITCHES if getattr(new, name)]
    anew += [_colour(new.ink, "3")] if new.ink != "default" else []
    anew += [_colour(new.paper, "4")] if new.paper != "default" else []
    ways = [";".join(step), ";".join(["", *anew]) if anew else ""]  # an empty parameter is 0: everything off
    return min(len(f"\x1b[{way}m") for way in ways)


def _colour(name: str, ground: str) -> str:
    if name == "default":
        return f"{ground}9"
    number = _INDEX.get(name)
    if number is not None:
        return f"{ground}8;5;{number}"
    if len(name) == 6 and all(letter in "0123456789abcdef" for letter in name):
        return f"{ground}8;2;" + ";".join(str(int(name[at : at + 2], 16)) for at in (0, 2, 4))
    is_bright = name.startswith("b") and "ight" in name
    return ("10" if ground == "4" else "9") + "0" if is_bright else f"{ground}0"
