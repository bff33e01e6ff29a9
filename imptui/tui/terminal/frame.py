"""The last screen of a session as it is saved for the next start: cells, without control sequences.

A start paints the frame before it loads anything, so this module imports next to nothing. The file belongs to the user, but its
content reaches the terminal, so it is validated like foreign data: texts must be printable, which excludes control, escape and
bidirectional characters; colours must be known numbers; any other content makes the file invalid.

    imptui frame 1
    KEY                           must be equal at the next start: version, size, terminal, contexts, settings
    SECONDS COLUMNS LINES ERASES  time of drawing; size; whether erasing uses the background
    STYLE STYLE ...               SGR parameters, `-` for none
    N TEXT<tab>N TEXT...          one line per screen line: the number of a style, and the text in it
"""

from imptui.tui.terminal import sgr

MAGIC = "imptui frame 1"

LARGEST_BYTES = 1_000_000

Run = tuple[str, str]
"""A text and its colours as SGR parameters."""


class Frame:
    """The content of a screen.

    Attributes:
        columns: The width.
        lines: The height.
        drawn_at_s: The time of drawing, in seconds since 1970.
        erases_coloured: True if the terminal erases with the current background.
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
        """Return the frame with `text`, printable ASCII, as its bottom line."""
        style = self.rows[-1][0][1] if self.rows[-1] else ""
        last = [(text[: self.columns].ljust(self.columns), style)]
        return Frame(self.columns, self.lines, self.drawn_at_s, [*self.rows[:-1], last], erases_coloured=self.erases_coloured)

    def written(self, key: str) -> str:
        """Return the content of the file; `read` is the inverse."""
        styles: dict[str, int] = {}
        lines = ["\t".join(f"{styles.setdefault(style, len(styles))} {text}" for text, style in row) for row in self.rows]
        facts = f"{self.drawn_at_s} {self.columns} {self.lines} {int(self.erases_coloured)}"
        return "\n".join([MAGIC, key, facts, " ".join(style or "-" for style in styles), *lines, ""])

    def painted(self) -> str:
        """Return the output that paints the frame on an empty screen, wherever the cursor is."""
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
        """Return a line without the blanks at its end, and the style to erase them in; None if nothing is to be erased."""
        if not row or row[-1][0].strip(" ") or sgr.is_drawn(row[-1][1]):
            return row, None
        style = row[-1][1]
        if not sgr.has_paper(style):
            return row[:-1], None
        return (row[:-1], style) if self.erases_coloured else (row, None)


def read(text: str, key: str) -> Frame | None:
    """Return the frame of a file; None if its key differs or its content is invalid."""
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
