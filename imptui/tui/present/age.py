"""Times as people say them."""

from datetime import datetime


def span(seconds: float) -> str:
    """A length of time in one unit: `12 s`, `3 min`, `5 h`, `12 d`."""
    seconds = max(0, int(seconds))
    for limit, unit, per in ((100, "s", 1), (5400, "min", 60), (172_800, "h", 3600)):
        if seconds < limit:
            return f"{seconds // per} {unit}"
    return f"{seconds // 86_400} d"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago: `3 h ago`, `just now`; a dash when it is not known."""
    if at is None:
        return "-"
    seconds = (now - at).total_seconds()
    return "just now" if seconds < 2 else f"{span(seconds)} ago"


def clock(at: datetime | None, now: datetime) -> str:
    """A local time of day, with the day when it was not today; `never` when there is none."""
    if at is None:
        return "never"
    here, today = at.astimezone(), now.astimezone()
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%d %b %H:%M" if here.year == today.year else "%Y-%m-%d")


def stamp(at: datetime | None) -> str:
    """A local date and time to the second; a dash when it is not known."""
    return "-" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def freshness(at: datetime | None, now: datetime) -> str:
    """How old what is shown is: `12 s` when it is fresh, `as of 14:02` when not, `not read yet`."""
    if at is None:
        return "not read yet"
    seconds = (now - at).total_seconds()
    return f"{span(seconds)} old" if seconds < 5400 else f"as of {clock(at, now)}"
