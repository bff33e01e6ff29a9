"""Times as text: ages, clock times and the age of what is shown.

What is drawn shows how old it is, and yet an idle console sends nothing: over a slow line a clock that ticks would be all
that it sends. So nothing is drawn again because time goes by, except in these steps:

- The header and the lists say *when* (`as of 14:02`, `Sat 09:31`). That stays true while nothing changes; only midnight
  makes another text of it.
- Ages in running text (`3 min ago`) widen: `just now` for the first minute, so that what is read every few seconds reads the
  same; then minutes up to five, wider steps up to an hour, whole hours up to a day (`elapsed.STEPS_S`), whole days at last.
"""

from datetime import datetime

from imptui.tui.present.elapsed import age


def ago(at: datetime | None, now: datetime) -> str:
    """Return about how long ago a time was, in steps (see `age`); a dash if it is not known."""
    return "-" if at is None else age((now - at).total_seconds())


def clock(at: datetime | None, now: datetime) -> str:
    """Return a local time of day, with the day if it is not today; `never` for None."""
    if at is None:
        return "never"
    here, today = at.astimezone(), now.astimezone()
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%d %b %H:%M" if here.year == today.year else "%Y-%m-%d")


def moment(at: datetime | None, now: datetime) -> str:
    """Return a time in at most ten cells: `14:02` today, `Sat 14:02` this week, `14 Nov`, `2025-11-14`; a dash for None."""
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
    """Return a local date and time to the second; a dash for None."""
    return "-" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def freshness(at: datetime | None, now: datetime) -> str:
    """Return when the shown data was read: `as of 14:02`, `as of 12 Nov 14:02`; `not read yet` for None."""
    return "not read yet" if at is None else f"as of {clock(at, now)}"
