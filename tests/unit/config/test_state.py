"""The session state and its file."""

import json
from pathlib import Path

import pytest

from imptui.config.state import SessionState, load_state, save_state
from imptui.query.query import Sort, SortColumn


def test_a_saved_state_loads_unchanged(tmp_path: Path) -> None:
    """Sort orders, columns and hints load unchanged, from a file that only its owner can read."""
    path = tmp_path / "new" / "habits.json"
    state = (
        SessionState(columns=("name", "mac")).with_sort("plant", Sort(SortColumn.RSSI, descending=True)).with_hint_shown("ctrl+d")
    )
    save_state(path, state)
    found = load_state(path)
    assert found == state
    assert found.sort_in("plant") == Sort(SortColumn.RSSI, descending=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_each_context_has_its_own_sort_order() -> None:
    """A sort order chosen in one context does not change another context."""
    state = SessionState().with_sort("plant", Sort(SortColumn.FREE_MEMORY))
    assert state.sort_in("lab") == Sort()


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"orders": 3, "columns": [], "told": []}',
                                  '{"orders": {"plant": 1}, "columns": [], "told": []}', "\x00\xff"])  # fmt: skip
def test_an_invalid_file_is_the_initial_state(tmp_path: Path, text: str | None) -> None:
    """A missing or invalid file counts as the initial state, without an error."""
    path = tmp_path / "habits.json"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    assert load_state(path) == SessionState()


def test_an_unknown_column_sorts_by_name() -> None:
    """A column that this version does not know sorts by name."""
    assert SessionState({"plant": "-weight"}).sort_in("plant") == Sort()


def test_the_stored_names_stay(tmp_path: Path) -> None:
    """The file keeps the names that every version reads: orders, columns and told."""
    path = tmp_path / "habits.json"
    save_state(path, SessionState({"plant": "-name"}, ("name", "mac"), ("ctrl+d",)))
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "orders": {"plant": "-name"},
        "columns": ["name", "mac"],
        "told": ["ctrl+d"],
    }
