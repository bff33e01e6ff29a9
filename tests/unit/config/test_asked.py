"""Filters that were asked for, from one sitting to the next."""

from pathlib import Path

import pytest

from imptui.config.asked import having_asked, read_asked, write_asked


def test_filters_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Filters come back, from a file that only its owner reads."""
    path = tmp_path / "new" / "filters.json"
    write_asked(path, ("offline>2h", 'name:"Ö 日"'))
    assert read_asked(path) == ("offline>2h", 'name:"Ö 日"')
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", [None, "", "{}", "[1]", "\x00\xff"])
def test_a_file_that_makes_no_sense_is_none(tmp_path: Path, text: str | None) -> None:
    """Nobody is told about a broken file of filters: there are none."""
    path = tmp_path / "filters.json"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    assert read_asked(path) == ()


def test_filters_are_kept_once_each() -> None:
    """A filter that is asked again is the newest, not there twice; only the last fifty are kept."""
    asked: tuple[str, ...] = ()
    for text in ("a", "b", "a"):
        asked = having_asked(asked, text)
    assert asked == ("a", "b")
    for number in range(60):
        asked = having_asked(asked, str(number))
    assert len(asked) == 50
