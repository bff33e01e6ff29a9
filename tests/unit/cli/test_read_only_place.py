"""Tests of commands in a data folder that can only be read."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from imptui.fleet.fleet import Fleet
from tests.unit.cli.conftest import Shell

NOBODY = 65534


@pytest.fixture
def sealed(demonstration: Path) -> Iterator[Shell]:
    """The command on a demonstration whose folder and files this process can read and not write."""
    top = Path(tempfile.mkdtemp())
    home = Path(shutil.copytree(demonstration, top / "home"))
    was = os.geteuid()
    for each in (top, home, *home.rglob("*")):
        if was == 0:  # the superuser writes anywhere
            os.chown(each, NOBODY, NOBODY)
        each.chmod(0o500 if each.is_dir() else 0o400)
    if was == 0:
        os.seteuid(NOBODY)
    yield Shell(home)
    if was == 0:
        os.seteuid(0)
    for each in (top, home, *home.rglob("*")):
        each.chmod(0o700)
    shutil.rmtree(top)


def test_lists_are_read(sealed: Shell) -> None:
    """A list command reads a good cache in a place that cannot be written, and says so on standard error."""
    answer = sealed("ls", "devices")
    assert answer.exit_code == 0, answer.err
    assert len(answer.rows) > 3
    assert "cannot be written" in answer.err


def test_the_journal_is_read(sealed: Shell) -> None:
    """The journal is read in a place that cannot be written."""
    assert sealed("journal").exit_code == 0


def test_changes_are_refused(sealed: Shell) -> None:
    """Changes are refused where no journal can be kept."""

    async def reason(fleet: Fleet) -> str | None:
        return fleet.status.read_only_because

    assert "no journal can be kept" in str(sealed.fleet(reason))
    answer = sealed("rollback", "Connected Meter 400 2.0 Development", "--yes")
    assert answer.exit_code != 0
