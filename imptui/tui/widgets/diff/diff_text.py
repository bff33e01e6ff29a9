"""A comparison as the rows of a text pane, in one column or two."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from imptui.textdiff.diff import Span
from imptui.tui.present.look import Piece
from imptui.tui.widgets.code_text import PROGRAMS
from imptui.tui.widgets.diff.comparison import ComparedFile, Comparison
from imptui.tui.widgets.diff_rows import NONE, DiffRows, Row, partners, words_of
from imptui.tui.widgets.text.source import RowSource, Stretch

ROLES = {"hunk": "hunk", "note": "dim", "removed": "removed", "added": "added"}
"""Roles of whole rows by kind; other kinds look like text."""

SIGNS = {"removed": "- ", "added": "+ "}

PARTNERS_KEPT = 64
"""The number of changes whose pairs of lines are cached."""


class DiffText(RowSource):
    """The rows of one program of a comparison.

    Args:
        comparison: The programs, compared.
        behind: Called when long lines wait for their colours.

    Attributes:
        program: The program that is shown, `agent` or `device`.
        trouble: The reason why there is nothing to compare; safe.
    """

    def __init__(self, comparison: Comparison, behind: Callable[[], None]) -> None:
        self.program = PROGRAMS[0]
        self.trouble: str | None = None
        self._comparison = comparison
        self._behind = behind
        self._words = lru_cache(maxsize=512)(self._changed_words)
        self._partners: dict[int, dict[int, int]] = {}
        """For each change: the new line of an old one, and for `~new` the old line."""

    @property
    def file(self) -> ComparedFile | None:
        """The program that is shown, compared."""
        return self._comparison.files.get(self.program)

    @property
    def rows(self) -> DiffRows | None:
        """The rows of the program that is shown."""
        file = self.file
        return file.rows if file is not None else None

    def row_at(self, row: int) -> Row | None:
        """Return one row; None: there is no such row."""
        rows = self.rows
        return rows.rows[row] if rows is not None and row < len(rows.rows) else None

    def forget(self) -> None:
        """Drop cached results about single changes, because the program or the comparison is another one."""
        self._words.cache_clear()
        self._partners.clear()

    def set_rows(self, file: ComparedFile, rows: DiffRows) -> None:
        """Set the rows of another layout."""
        file.rows = rows
        self._partners.clear()

    # Rows

    @property
    def empty_text(self) -> str:
        """The sentence for a pane without rows; safe."""
        if self.trouble is not None:
            return self.trouble
        if self.file is None:
            return "comparing..." if self._comparison.is_running else "Reading."
        space = " other than in white space" if self._comparison.is_space_ignored else ""
        return f"The {self.program} program does not differ{space}."

    @property
    def row_count(self) -> int:
        """The number of rows in the layout."""
        rows = self.rows
        return len(rows.rows) if rows is not None else 0

    def text_of(self, row: int) -> str:
        """Return the line of a row; for a pair, the new one."""
        return self.texts_of(row)[-1]

    def texts_of(self, row: int) -> tuple[str, ...]:
        """Return the line of a row, or both lines of a pair."""
        file, rows = self._comparison.files[self.program], self.rows
        if rows is None:
            return ("",)
        at = rows.rows[row]
        if at.kind == "hunk":
            return (_heading(rows, at),)
        if at.kind == "note":
            side = "old" if at.old else "new"
            return (f"\\ the {side} program has no line end after its last line",)
        found = []
        if at.old != NONE and (at.kind != "equal" or rows.is_split):
            found.append(file.diff.old_lines[at.old])
        if at.new != NONE:
            found.append(file.diff.new_lines[at.new])
        return tuple(found)

    def role_of(self, row: int) -> str:
        """Return the role of a whole row: added, removed, a heading, or text."""
        at = self.row_at(row)
        return ROLES.get(at.kind, "text") if at is not None else "text"

    def stretches_of(self, row: int) -> Sequence[Stretch]:
        """Return colours and changed words of a row of one column."""
        at = self.row_at(row)
        if at is None or at.kind in ("hunk", "note"):
            return ()
        return self.side_stretches(row, at, is_old=at.new == NONE)

    @property
    def margin_cells(self) -> int:
        """The width of two line numbers and a sign; in two columns each side has its own margin."""
        file = self.file
        if file is None or file.rows is None or file.rows.is_split:
            return 0
        return 2 * file.number_cells + 2

    def margin_of(self, row: int, part: int, *, is_cursor: bool) -> list[Piece]:  # noqa: ARG002 - the same under the cursor
        """Return old number, new number and sign."""
        at, file = self.row_at(row), self.file
        if at is None or file is None or part or at.kind in ("hunk", "note"):
            return []
        cells = file.number_cells
        old = f"{at.old + 1:>{cells - 1}} " if at.old != NONE else " " * cells
        new = f"{at.new + 1:>{cells - 1}} " if at.new != NONE else " " * cells
        return [(old + new, "line-number" if at.kind == "equal" else ""), (SIGNS.get(at.kind, "  "), "")]

    def text_cells(self, row: int, cells: int) -> int:
        """Return the width for one text: that of a side for rows in two columns."""
        at, file = self.row_at(row), self.file
        if at is None or file is None or file.rows is None or not file.rows.is_split or at.kind not in ("pair", "equal"):
            return cells
        return max(1, (cells - 1) // 2 - file.number_cells - 2)

    # Changed words

    def side_stretches(self, row: int, at: Row, *, is_old: bool) -> list[Stretch]:
        """Return colours and changed words of the old or the new line of a row."""
        file = self._comparison.files[self.program]
        line, colours = (at.old, file.old) if is_old else (at.new, file.new)
        found: list[Stretch] = list(colours.of(line))
        if colours.is_behind:
            self._behind()
        if at.kind == "equal":
            return found
        old, new = self._pair(row, at)
        if NONE not in (old, new):
            spans = self._words(old, new)[0 if is_old else 1]
            role = "removed-word" if is_old else "added-word"
            found += [(first, end, role) for first, end in spans]
        return found

    def _changed_words(self, old: int, new: int) -> tuple[Sequence[Span], Sequence[Span]]:
        diff = self._comparison.files[self.program].diff
        return words_of(diff.old_lines[old], diff.new_lines[new])

    def _pair(self, row: int, at: Row) -> tuple[int, int]:
        """Return old and new line of a changed row, also if they are on two rows."""
        if at.kind == "pair":
            return at.old, at.new
        rows = self.rows
        number = rows.change_at(row) if rows is not None else None
        if number is None or rows is None:
            return at.old, at.new
        if number not in self._partners:
            if len(self._partners) > PARTNERS_KEPT:
                self._partners.clear()
            pairs = [(a, b) for a, b in partners(rows.diff, rows.edits[number]) if NONE not in (a, b)]
            self._partners[number] = dict(pairs) | {~b: a for a, b in pairs}
        key = at.old if at.kind == "removed" else ~at.new
        other = self._partners[number].get(key, NONE)
        return (at.old, other) if at.kind == "removed" else (other, at.new)


def _heading(rows: DiffRows, at: Row) -> str:
    folded = f"{at.new:,} unchanged lines" if at.new != 1 else "1 unchanged line"
    if at.old == NONE:
        return f"@@ {folded} to the end"
    hunk = rows.hunks[at.old]
    place = f"@@ -{hunk.old_start + 1},{hunk.old_count} +{hunk.new_start + 1},{hunk.new_count} @@"
    return "  ".join(each for each in (place, f"({folded})" if at.new else "", hunk.heading[:80]) if each)
