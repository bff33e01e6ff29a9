"""Programs that ours is measured against: `python tests/speed/peers.py minimal | table [ROWS] | refresh`.

Each loads what it needs and nothing else: the least program does not pay for a table that it has not got.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Static

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

COLUMNS = ("State", "Name", "RSSI dBm", "Free", "Id", "Imp", "Release")


class Minimal(App[None]):
    """The least that Textual can do: a word, and the name of the key that was pressed."""

    def compose(self) -> ComposeResult:
        yield Static("READY")

    def on_key(self, event: events.Key) -> None:
        self.query_one(Static).update(f"KEY {event.key}")


class Table(App[None]):
    """Textual's own table with rows like ours."""

    def __init__(self, rows: int, *, is_live: bool = False) -> None:
        super().__init__()
        self._rows, self._is_live, self._turn = rows, is_live, 0

    def compose(self) -> ComposeResult:
        from textual.widgets import DataTable

        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        from textual.widgets import DataTable

        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        table.add_rows(row(number) for number in range(1, self._rows + 1))
        table.focus()
        if self._is_live:
            self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """Five cells change."""
        from textual.coordinate import Coordinate
        from textual.widgets import DataTable

        self._turn += 1
        for number in range(5):
            place = Coordinate(2 + 3 * number, 2)
            self.query_one(DataTable).update_cell_at(place, str(-40 - (self._turn * 7 + number) % 50))


def row(number: int) -> tuple[str, ...]:
    """What the table shows of one device."""
    state = "online" if number % 7 else "offline"
    return (
        state,
        f"unit {number:07}",
        str(-40 - number % 50),
        f"{number * 97 % 900 / 10} k",
        f"50000c2a69{number:06x}",
        "imp005",
        "44.10",
    )


def main() -> None:
    """Run the one that is asked for."""
    which = sys.argv[1]
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    app: App[None] = Minimal() if which == "minimal" else Table(rows, is_live=which == "refresh")
    app.run()


if __name__ == "__main__":
    main()
