"""What a person settled on, from one sitting to the next."""

from pathlib import Path

import pytest

from imptui.config.habits import Habits, read_habits, write_habits
from imptui.query.query import Sort, SortColumn


def test_habits_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Orders by context, columns and hints come back, from a file that only its owner reads."""
    path = tmp_path / "new" / "habits.json"
    habits = Habits(columns=("name", "mac")).ordered("plant", Sort(SortColumn.RSSI, descending=True)).having_told("ctrl+d")
    write_habits(path, habits)
    found = read_habits(path)
    assert found == habits
    assert found.order_in("plant") == Sort(SortColumn.RSSI, descending=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_each_context_has_an_order_of_its_own() -> None:
    """Sorting the devices of one account leaves those of another by name."""
    habits = Habits().ordered("plant", Sort(SortColumn.MEMORY))
    assert habits.order_in("lab") == Sort()


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"orders": 3, "columns": [], "told": []}',
                                  '{"orders": {"plant": 1}, "columns": [], "told": []}', "\x00\xff"])  # fmt: skip
def test_a_file_that_makes_no_sense_is_the_first_day(tmp_path: Path, text: str | None) -> None:
    """Nobody is told about a broken file of habits: everything is as on the first day."""
    path = tmp_path / "habits.json"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    assert read_habits(path) == Habits()


def test_a_column_of_another_version_is_no_order() -> None:
    """An order by something that cannot be sorted by here is by name."""
    assert Habits({"plant": "-weight"}).order_in("plant") == Sort()
