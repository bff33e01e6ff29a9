"""Files of programs, pages of logs, bars of rollouts."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imptui.domain.deployment import CODE_LIMIT_BYTES, Programs
from imptui.tui.present.rollout import per_minute
from imptui.tui.screens.local_programs import UnusableFile, read_pair, read_program

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_program_is_read_to_the_byte(tmp_path: Path) -> None:
    """Carriage returns and a missing last line end stay as they are."""
    path = tmp_path / "a.nut"
    path.write_bytes("a\r\né".encode())
    assert read_program(str(path)) == "a\r\né"


def test_a_program_over_four_megabytes_is_refused(tmp_path: Path) -> None:
    """The size and the limit are told."""
    path = tmp_path / "a.nut"
    path.write_bytes(b"/" * (CODE_LIMIT_BYTES + 1))
    with pytest.raises(UnusableFile, match="4,194,305 bytes"):
        read_program(str(path))


def test_a_program_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    """The first wrong byte and its line are told."""
    path = tmp_path / "a.nut"
    path.write_bytes(b"good\nb\xffd\n")
    with pytest.raises(UnusableFile, match="byte 6, in line 2"):
        read_program(str(path))


def test_a_pipe_is_no_program(tmp_path: Path) -> None:
    """Something that would never end is not waited for."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(UnusableFile, match="no ordinary file"):
        read_program(str(path))


async def test_an_empty_path_keeps_the_program_of_now(tmp_path: Path) -> None:
    """Only what is named is replaced."""
    path = tmp_path / "a.nut"
    path.write_text("new")
    assert await read_pair(str(path), "", Programs("old agent", "old device")) == Programs("new", "old device")


def test_a_rate_needs_two_looks_some_seconds_apart() -> None:
    """Ten restarts in half a minute are twenty a minute; one look tells nothing."""
    assert per_minute([(START, 3)]) is None
    assert per_minute([(START, 3), (START + timedelta(seconds=30), 13)]) == pytest.approx(20)
