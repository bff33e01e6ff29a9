"""The last screen of a console as it is kept for the next start: cells, never what a terminal obeys.

A start paints it before it loads anything, so this module imports next to nothing. The file is the person's own, yet what
is in it reaches the terminal, so it is read as if a stranger had written it: texts must be printable, which no control,
escape or bidirectional character is; colours are made of known numbers; and whatever is odd makes it no frame at all.

    imptui frame 1
    KEY                           what must be as it was then: words, size, terminal, contexts, settings
    SECONDS COLUMNS LINES ERASES  when it was drawn; its size; whether erasing takes the background
    STYLE STYLE ...               parameters of SGR, `-` for none
    N TEXT<tab>N TEXT...          one line per line: the number of a style, and what is painted in it
"""

from imptui.tui.terminal import sgr

MAGIC = "imptui frame 1"

LARGEST_BYTES = 1_000_000

Run = tuple[str, str]
"""A text and its colours as parameters of SGR."""


class Frame:
    """What was on a screen.

    Attributes:
        columns: How wide it was.
        lines: How high it was.
        drawn_at_s: When it was drawn, in seconds since 1970.
        erases_coloured: Whether its terminal erases with the present background.
        rows: The runs of each line.
    """

    __slots__ = ("columns", "drawn_at_s", "erases_coloured", "lines", "rows")

    def __init__(self, columns: int, lines: int, drawn_at_s: int, rows: list[list[Run]], *, erases_coloured: bool) -> None:
        self.columns = columns
        self.lines = lines
        self.drawn_at_s = drawn_at_s
        self.rows = rows
        self.erases_coloured = erases_coloured

    def marked(self, text: str) -> "Frame":
        """The same with `text`, printable ASCII, in place of its bottom line."""
        style = self.rows[-1][0][1] if self.rows[-1] else ""
        last = [(text[: self.columns].ljust(self.columns), style)]
        return Frame(self.columns, self.lines, self.drawn_at_s, [*self.rows[:-1], last], erases_coloured=self.erases_coloured)

    def written(self, key: str) -> str:
        """What is kept in a file; `read` reads it."""
        styles: dict[str, int] = {}
        lines = ["\t".join(f"{styles.setdefault(style, len(styles))} {text}" for text, style in row) for row in self.rows]
        facts = f"{self.drawn_at_s} {self.columns} {self.lines} {int(self.erases_coloured)}"
        return "\n".join([MAGIC, key, facts, " ".join(style or "-" for style in styles), *lines, ""])

    def painted(self) -> str:
        """What to send to an empty screen whose cursor is anywhere."""
        out: list[str] = []
        pen = None
        for number, row in enumerate(self.rows, 1):
            runs, blank = self._without_tail(row)
            if runs or blank is not None:
                out.append(f"\x1b[{number}H")
            for text, style in runs:
                if style != pen:
                    out.append(sgr.turn(pen, style))
                    pen = style
                out.append(text)
            if blank is not None:
                out.append((sgr.turn(pen, blank) if blank != pen else "") + "\x1b[K")
                pen = blank
        out.append("\x1b[m")
        return "".join(out)

    def _without_tail(self, row: list[Run]) -> tuple[list[Run], str | None]:
        """A line without the blanks at its end, and the style to erase them in; None where they need nothing."""
        if not row or row[-1][0].strip(" ") or sgr.is_drawn(row[-1][1]):
            return row, None
        style = row[-1][1]
        if not sgr.has_paper(style):
            return row[:-1], None
        return (row[:-1], style) if self.erases_coloured else (row, None)


def read(text: str, key: str) -> Frame | None:
    """The frame that a file holds; None when it is that of another key, or anything about it is odd."""
    lines = text.split("\n")
    if len(lines) < 6 or lines[0] != MAGIC or lines[1] != key or lines[-1]:
        return None
    facts = lines[2].split(" ")
    if len(facts) != 4 or not all(sgr.is_number(each) for each in facts):
        return None
    drawn_at_s, columns, count, erases = map(int, facts)
    styles = ["" if each == "-" else each for each in lines[3].split(" ")]
    if count != len(lines) - 5 or not 0 < columns <= 2000 or not all(sgr.is_known(each) for each in styles):
        return None
    rows = [_row(line, styles, columns) for line in lines[4:-1]]
    whole = [row for row in rows if row is not None]
    return Frame(columns, count, drawn_at_s, whole, erases_coloured=erases == 1) if len(whole) == count else None


def _row(line: str, styles: list[str], columns: int) -> list[Run] | None:
    row: list[Run] = []
    cells = 0
    for part in line.split("\t"):
        number, _, text = part.partition(" ")
        if not sgr.is_number(number) or int(number) >= len(styles) or not text or not text.isprintable():
            return None
        row.append((text, styles[int(number)]))
        cells += len(text) if text.isascii() else 0
    return row if cells <= columns else None
