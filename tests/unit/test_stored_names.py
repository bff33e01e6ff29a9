"""Names that files, scripts and people rely on stay as they are."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from imptui.cli.command import command
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


def with_json(group: click.Group, prefix: str = "") -> Iterator[str]:
    """Name every command below a group that has the option --json."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from with_json(found, f"{prefix}{name} ")
        elif found is not None and any("--json" in option.opts for option in found.params):
            yield prefix + name


def test_every_command_with_json_is_frozen() -> None:
    """The fields of each command that takes --json are among the frozen names."""
    covered = {entry.split()[0] for entry in frozen_names()["JSON output"]}
    assert isinstance(command, click.Group)
    assert set(with_json(command)) <= covered
