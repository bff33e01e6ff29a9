"""A first pass over many devices at a limited rate; the large one is `python -m tests.speed.resuming`."""

from pathlib import Path

import pytest

from tests.speed.resuming import gone_through

pytestmark = pytest.mark.terminal

WRITTEN_TOGETHER = 3_000
"""What may have been read and not yet been written."""


def test_a_killed_first_pass_goes_on_where_it_was(tmp_path: Path) -> None:
    """The console can be used while 20,000 devices are read; killed half-way and started again, it reads the other half."""
    course = gone_through(tmp_path, 20_000, 20)
    assert course.killed_at < 20_000
    assert course.resumed_at >= course.killed_at - WRITTEN_TOGETHER
