"""Radio signal and memory as numbers, bars and sparklines."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil

from imptui.domain.rows import LOW_MEMORY_BYTES, WEAK_BELOW_DBM, Sample
from imptui.tui.present.glyphs import Glyphs

STEPS_DBM = (WEAK_BELOW_DBM - 5, WEAK_BELOW_DBM, -72, -62)
"""The signals from which one, two, three and four bars are shown; below the first, none."""


def bars(rssi_dbm: int | None, glyphs: Glyphs) -> str:
    """Return four cells of rising bars; blanks if nothing was reported."""
    if rssi_dbm is None:
        return "    "
    return "".join(sign if rssi_dbm >= step else glyphs.no_bar for sign, step in zip(glyphs.bars, STEPS_DBM, strict=True))


def rssi(rssi_dbm: int | None) -> str:
    """Return the signal as a number without unit, for lists."""
    return "-" if rssi_dbm is None else str(rssi_dbm)


def memory(free_bytes: int | None) -> str:
    """Return free memory: `812`, `20.1k`, `1.2M`; a dash if nothing was reported."""
    if free_bytes is None:
        return "-"
    if free_bytes < 1024:
        return str(free_bytes)
    if free_bytes < 1024 * 1024:
        return f"{free_bytes / 1024:.1f}k"
    return f"{free_bytes / 1024 / 1024:.1f}M"


def is_short_of_memory(free_bytes: int | None) -> bool:
    """Return whether a program is about to fail for lack of memory."""
    return free_bytes is not None and free_bytes < LOW_MEMORY_BYTES


def history(samples: Sequence[Sample], measure: str, cells: int, now: datetime, glyphs: Glyphs, over: timedelta) -> str:
    """Return a sparkline of `cells`, oldest left; times without a sample are blanks, which show as gaps.

    The samples of `measure` (`rssi_dbm` or `free_memory_bytes`) may be in any order. The right end is the end of the cell that
    holds `now`. Cells are counted from midnight, so a line without new samples moves once per cell only.
    """
    cell_s = over.total_seconds() / max(1, cells)
    begin = datetime.fromtimestamp(ceil(now.timestamp() / cell_s) * cell_s, UTC) - over
    slots: list[list[float]] = [[] for _ in range(cells)]
    for sample in samples:
        number = getattr(sample, measure)
        place = (sample.at - begin) / over
        if number is not None and 0 <= place <= 1 and cells:
            slots[min(cells - 1, int(place * cells))].append(number)
    means = [sum(slot) / len(slot) if slot else None for slot in slots]
    known = [mean for mean in means if mean is not None]
    if not known:
        return " " * cells
    low, high = min(known), max(known)
    steps = len(glyphs.spark) - 1
    reach = (high - low) or 1
    return "".join(" " if mean is None else glyphs.spark[round((mean - low) / reach * steps)] for mean in means)


def extremes(samples: Sequence[Sample], measure: str) -> tuple[int, int] | None:
    """Return the lowest and the highest sample; None if there is none."""
    known = [getattr(sample, measure) for sample in samples if getattr(sample, measure) is not None]
    return (min(known), max(known)) if known else None
