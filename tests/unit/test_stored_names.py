"""Names that files, scripts and people rely on stay as they are."""

from pathlib import Path

import pytest

from tests.stored_names import collect, differences, frozen_names


def test_no_stored_name_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every frozen setting, key, filter field, JSON field, path, table and column still exists; new ones are reported."""
    missing, new = differences(frozen_names(), collect(tmp_path))
    if new:
        with capsys.disabled():
            print("\nnew names; freeze them with `python -m tests.stored_names --add`:", *new, sep="\n  ")
    assert missing == []


def test_a_renamed_name_is_missing() -> None:
    """A renamed name counts as one that is missing and one that is new."""
    missing, new = differences({"settings.toml": ["theme", "mouse"]}, {"settings.toml": ["colours", "mouse"]})
    assert missing == ["settings.toml: theme"]
    assert new == ["settings.toml: colours"]
