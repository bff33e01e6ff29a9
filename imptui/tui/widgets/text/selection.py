"""A range of selected rows."""


class RowSelection:
    """The rows between an anchor and the cursor.

    Attributes:
        anchor: The row at which selecting began; None: only the row under the cursor is selected.
    """

    def __init__(self) -> None:
        self.anchor: int | None = None

    def rows(self, cursor: int, row_count: int) -> range:
        """Return the selected rows."""
        first = cursor if self.anchor is None else min(self.anchor, row_count - 1)
        return range(min(first, cursor), min(max(first, cursor) + 1, row_count))

    def covers(self, row: int, cursor: int, row_count: int) -> bool:
        """Return whether a row belongs to a range that was begun."""
        return self.anchor is not None and row in self.rows(cursor, row_count)

    def status_text(self, cursor: int, row_count: int) -> str:
        """Return how much is selected; empty without a range."""
        if self.anchor is None:
            return ""
        count = len(self.rows(cursor, row_count))
        return f"{count:,} line{'s' * (count != 1)} chosen"
