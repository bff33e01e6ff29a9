"""Half an hour before the console, on the world's clock; a whole day is `python -m tests.speed.day`."""

from pathlib import Path

from tests.speed.day import lived


async def test_half_an_hour_leaves_no_trace(tmp_path: Path) -> None:
    """Ticks, scrolls, filters and sizes for half an hour: memory and open files stay, and nothing unforeseen happens."""
    day = await lived(tmp_path, 0.5, parts=8)
    assert day.surprises == []
    assert day.more_files() <= 2
    assert day.growth_mb() < 0.12 * day.hours[-1].private_mb, [hour.private_mb for hour in day.hours]
