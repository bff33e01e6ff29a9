"""The filter history and its file."""

from pathlib import Path

import pytest

from imptui.config.filter_history import load_filters, save_filters, with_filter


def test_filters_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Saved filters load unchanged, from a file that only its owner can read."""
    path = tmp_path / "new" / "filters.json"
    save_filters(path, ("offline>2h", 'name:"Ö 日"'))
    assert load_filters(path) == ("offline>2h", 'name:"Ö 日"')
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", [None, "", "{}", "[1]", "\x00\xff"])
def test_an_invalid_file_is_an_empty_history(tmp_path: Path, text: str | None) -> None:
    """A missing or invalid file counts as an empty history, without an error."""
    path = tmp_path / "filters.json"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    assert load_filters(path) == ()


def test_each_filter_is_in_the_history_once() -> None:
    """A filter that is applied again moves to the head; the history holds the last fifty."""
    filters: tuple[str, ...] = ()
    for text in ("a", "b", "a"):
        filters = with_filter(filters, text)
    assert filters == ("a", "b")
    for number in range(60):
        filters = with_filter(filters, str(number))
    assert len(filters) == 50
