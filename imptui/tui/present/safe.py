"""Convert text from outside to safe text; the only place that does so.

Names, descriptions, logs, programs and sentences of the service may hold anything. Here

- control and escape characters become caret notation (`^[`), as `cat -v` writes it;
- bidirectional controls, zero-width and other format characters, unassigned and private ones, lone surrogates and
  everything else whose width terminals disagree about become their number in angle brackets (`<202e>`);
- one combining mark on a character stays, more of them are numbers too;
- what remains has a width in cells that can be added up.

Nothing here is ever read as markup: the results are plain strings, or `Content` and `Text` made from plain strings.
"""

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, get_character_cell_size

if TYPE_CHECKING:  # The command line without a terminal uses `safe` and must not load Textual.
    from rich.text import Text
    from textual.content import Content

_UNMEASURABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COMBINING = frozenset({"Mn", "Me"})
_DISPUTED = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d356\U0001d360-\U0001d376]"
)
"""Characters whose width terminals disagree about: regional indicators and skin tones, which may merge with a neighbour, and
signs that are two cells wide since Unicode 16.
"""


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return "^" + chr(code + 0x40)
    if code == 0x7F:
        return "^?"
    return f"<{code:04x}>"


def _is_odd(character: str) -> bool:
    return (
        unicodedata.category(character) in _UNMEASURABLE
        or _DISPUTED.match(character) is not None
        or get_character_cell_size(character) <= 0
    )


def is_plain(text: str) -> bool:
    """Return whether `text` is safe as it is."""
    return (text.isascii() and text.isprintable()) or safe(text) == text


@lru_cache(maxsize=8192)
def safe(text: str) -> str:
    """Return `text` as one safe line: no character moves, hides or reorders text.

    Tabs and line ends count as controls. Split first to keep lines.
    """
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    can_bear_mark = False
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.category(character) in _COMBINING:
            is_variation = "\ufe00" <= character <= "\ufe0f"
            out.append(character if can_bear_mark and not is_variation else _shown(character))
            can_bear_mark = False
        elif character.isspace() and unicodedata.category(character) == "Zs":
            out.append(" " * max(1, get_character_cell_size(character)))
            can_bear_mark = False
        elif _is_odd(character):
            out.append(_shown(character))
            can_bear_mark = False
        else:
            out.append(character)
            can_bear_mark = True
    return "".join(out)


def safe_lines(text: str) -> list[str]:
    """Return the lines of a text, each safe; tabs become four blanks."""
    return [safe(line.replace("\t", "    ")) for line in re.split(r"\r\n|\n|\r", text)]


def width(text: str) -> int:
    """Return the width of a safe text in cells."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, cells: int, ellipsis: str = "…") -> str:
    """Return `text`, safe and at most `cells` wide; if it is cut, it ends with `ellipsis`."""
    text = safe(text)
    if width(text) <= cells:
        return text
    room = cells - width(ellipsis)
    if room < 0:
        return ellipsis[: max(0, cells)]
    return _head(text, room) + ellipsis


def fit(text: str, cells: int, ellipsis: str = "…", *, right: bool = False) -> str:
    """Return `text`, safe and exactly `cells` wide: shortened with `ellipsis` or padded with blanks, on the left if `right`."""
    text = cut(text, cells, ellipsis)
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def fit_ends(text: str, cells: int, ellipsis: str = "…") -> str:
    """Return `text`, safe and exactly `cells` wide. A longer text loses its middle, because names often differ at their ends."""
    text = safe(text)
    room = cells - width(ellipsis)
    if width(text) <= cells or room < 8:
        return fit(text, cells, ellipsis)
    tail = text[::-1]
    end = _head(tail, room * 2 // 3)[::-1]
    joined = _head(text, room - width(end)) + ellipsis + end
    return joined + " " * (cells - width(joined))


def _head(text: str, cells: int) -> str:
    if text.isascii():
        return text[:cells]
    used = 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if used + size > cells:
            return text[:index]
        used += size
    return text


def content(text: str, style: str = "") -> "Content":
    """Return `text`, safe, for a Textual widget. Never parsed as markup."""
    from textual.content import Content

    return Content.styled(safe(text), style) if style else Content(safe(text))


def rich_text(text: str, style: str = "") -> "Text":
    """Return `text`, safe, for Rich. Never parsed as markup."""
    from rich.text import Text

    return Text(safe(text), style=style, no_wrap=True, end="")
