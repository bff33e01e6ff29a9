"""Times as people say them.

What is drawn shows how old it is, and yet an idle console sends nothing: over a slow line a clock that ticks would be all
that it sends. So nothing is drawn again because time goes by, except in these steps:

- The header and the lists say *when* (`as of 14:02`, `Sat 09:31`). That stays true while nothing changes; only midnight
  makes another text of it.
- Ages in running text (`3 min ago`) widen: `just now` for the first minute, so that what is read every few seconds reads the
  same; then minutes up to five, wider steps up to an hour, whole hours up to a day (`STEPS_S`), whole days at last.
"""

from bisect import bisect_right
from datetime import datetime

STEPS_S = (0, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, *(hours * 3600 for hours in range(1, 25)))
"""An age is said as the last of these that has gone by; beyond, in whole days."""


def span(seconds: float) -> str:
    """A length of time in one unit: `12 s`, `3 min`, `5 h`, `12 d`."""
    seconds = max(0, int(seconds))
    for limit, unit, per in ((100, "s", 1), (5400, "min", 60), (172_800, "h", 3600)):
        if seconds < limit:
            return f"{seconds // per} {unit}"
    return f"{seconds // 86_400} d"


def ago(at: datetime | None, now: datetime) -> str:
    """About how long ago, in steps: `3 h ago`, `just now`; a dash when it is not known."""
    if at is None:
        return "-"
    seconds = max(0.0, (now - at).total_seconds())
    step = STEPS_S[bisect_right(STEPS_S, seconds) - 1] if seconds < 86_400 else seconds
    if not step:
        return "just now"
    if step < 3600:
        return f"{step // 60} min ago"
    return f"{step // 3600} h ago" if step < 86_400 else f"{span(step)} ago"


def clock(at: datetime | None, now: datetime) -> str:
    """A local time of day, with the day when it was not today; `never` when there is none."""
    if at is None:
        return "never"
    here, today = at.astimezone(), now.astimezone()
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%d %b %H:%M" if here.year == today.year else "%Y-%m-%d")


def moment(at: datetime | None, now: datetime) -> str:
    """When, in ten cells at most: `14:02` today, `Sat 14:02` this week, `14 Nov`, `2025-11-14`; a dash when it is not known."""
    if at is None:
        return "-"
    here, today = at.astimezone(), now.astimezone()
    days = (today.date() - here.date()).days
    if days == 0:
        return here.strftime("%H:%M")
    if 0 < days < 7:
        return here.strftime("%a %H:%M")
    return here.strftime("%d %b" if here.year == today.year else "%Y-%m-%d")


def stamp(at: datetime | None) -> str:
    """A local date and time to the second; a dash when it is not known."""
    return "-" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def freshness(at: datetime | None, now: datetime) -> str:
    """When what is shown was read: `as of 14:02`, `as of 12 Nov 14:02`; `not read yet`."""
    return "not read yet" if at is None else f"as of {clock(at, now)}"
