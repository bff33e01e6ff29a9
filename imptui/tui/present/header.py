"""The header line: context, write access, age of the data, failures."""

from datetime import datetime

from imptui.domain.rows import Tally
from imptui.fleet.status import Context, PassProgress, Status
from imptui.tui.present.age import freshness
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, width


def _parts(context: Context, status: Status, total: Tally, now: datetime) -> list[tuple[int, str, str]]:
    """Return every part as (priority, text, role); each text is safe."""
    place = "embedded" if context.is_embedded else context.endpoint.removeprefix("https://").removesuffix("/v5")
    may = "RW" if status.read_only_because is None else "RO"
    parts = [
        (2, safe(context.name), "header-strong"),
        (7, safe(place), ""),
        (1, may, "header-trouble" if may == "RO" else "header-strong"),
    ]
    if context.username and context.username != context.name:
        parts.append((9, safe(context.username), ""))
    if status.budget_limit is not None and status.budget_remaining is not None:
        parts.append((5, _budget(status.budget_remaining, status.budget_limit), ""))
    if status.progress is not None:
        total_text = f"/{status.progress.total:,}" if status.progress.total else ""
        reading = f"reading {safe(status.progress.what)} {status.progress.done:,}{total_text}{_left(status.progress, now)}"
        parts.append((4, reading, ""))
    parts.append((3, freshness(status.synced_at, now), ""))
    if status.is_paused:
        parts.append((3, "paused", "header-trouble"))
    if total.problems:
        parts.append((6, f"{total.problems:,} problems", "header-trouble"))
    if not status.is_reachable:
        parts.append((2, "no connection", "header-trouble"))
    elif status.needs_login:
        parts.append((2, "signed out, :login", "header-trouble"))
    elif status.trouble is not None:
        parts.append((2, "trouble, see !", "header-trouble"))
    if status.read_only_because is not None:
        parts.append((8, safe(status.read_only_because), "header-trouble"))
    return parts


def _left(progress: PassProgress, now: datetime) -> str:
    """Return the remaining time of a part of a pass, if it is more than half a minute."""
    left_s = progress.left_s(now)
    return "" if left_s is None or left_s < 30 else f" ~{max(1, round(left_s / 60)):,} min"


def _budget(remaining: int, limit: int) -> str:
    """Return the rest of the request budget, as a number only if it runs low.

    Polling takes a quarter of the budget at most, so the text of a console that only watches does not change.
    """
    half = limit // 2
    return f"{remaining}/{limit} req" if remaining < half else f"{half}+/{limit} req"


def header(context: Context, status: Status, total: Tally, now: datetime, cells: int, glyphs: Glyphs) -> list[Piece]:
    """Return the parts that fit into `cells`, in their order; the least wanted are left out first."""
    parts = _parts(context, status, total, now)
    gap = f" {glyphs.upright} "
    while len(parts) > 1 and sum(width(text) + 3 for _, text, _ in parts) - 1 > cells:
        parts.remove(max(parts, key=lambda part: part[0]))
    pieces: list[Piece] = [(" ", "")]
    for index, (_, text, role) in enumerate(parts):
        if index:
            pieces.append((gap, ""))
        pieces.append((text, role))
    return pieces
