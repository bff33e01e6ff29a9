"""Lengths of time as text. Imports nothing, because the first frame is painted before anything is loaded and shows its age."""

STEPS_S = (0, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, *(hours * 3600 for hours in range(1, 25)))
"""An age is rounded down to one of these steps; beyond the last, to whole days."""


def span(seconds: float) -> str:
    """Return a length of time in one unit: `12 s`, `3 min`, `5 h`, `12 d`."""
    seconds = max(0, int(seconds))
    for limit, unit, per in ((100, "s", 1), (5400, "min", 60), (172_800, "h", 3600)):
        if seconds < limit:
            return f"{seconds // per} {unit}"
    return f"{seconds // 86_400} d"


def age(seconds: float) -> str:
    """Return an age in steps: `just now`, `3 min ago`, `3 h ago`, `2 d ago`."""
    seconds = max(0.0, seconds)
    step = max(each for each in STEPS_S if each <= seconds) if seconds < 86_400 else seconds
    if not step:
        return "just now"
    if step < 3600:
        return f"{step // 60} min ago"
    return f"{step // 3600} h ago" if step < 86_400 else f"{span(step)} ago"
