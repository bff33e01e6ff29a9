"""A rollout as lines: a bar, numbers, who is stuck."""

from collections.abc import Sequence
from datetime import datetime

from imptui.fleet.rollout import Rollout
from imptui.tui.present.age import ago, span
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import fit, safe


def bar(rollout: Rollout, cells: int, glyphs: Glyphs) -> list[Piece]:
    """Restarted, waiting, offline, in proportion; what is not zero has a cell at least."""
    total = max(1, rollout.total)
    signs = ("#", "=", ".") if glyphs.is_ascii else ("█", "▒", "·")
    counts = (rollout.restarted, rollout.waiting, rollout.offline)
    sizes = [max(1, cells * count // total) if count else 0 for count in counts]
    widest = sizes.index(max(sizes))
    sizes[widest] = max(0, sizes[widest] + cells - sum(sizes)) if rollout.total else 0
    roles = ("online", "pending", "offline")
    return [(sign * size, role) for sign, size, role in zip(signs, sizes, roles, strict=True) if size]


def per_minute(seen: Sequence[tuple[datetime, int]]) -> float | None:
    """How many devices restarted a minute; None before there are two looks some seconds apart.

    Args:
        seen: Times, and how many had restarted, oldest first.
    """
    if len(seen) < 2:
        return None
    seconds = (seen[-1][0] - seen[0][0]).total_seconds()
    return max(0, seen[-1][1] - seen[0][1]) * 60 / seconds if seconds >= 3 else None


def rollout_lines(rollout: Rollout, rate: float | None, now: datetime, cells: int, glyphs: Glyphs) -> list[list[Piece]]:
    """Everything about a rollout."""
    room = max(10, min(100, cells - 4))
    signs = "# = ." if glyphs.is_ascii else "█ ▒ ·"
    restarted, waiting, offline = signs.split()
    lines: list[list[Piece]] = []
    if not rollout.is_current:
        lines += [[(" Another deployment is the group's current one by now; these numbers are about that one.", "problem")], []]
    lines += [
        [],
        [("  ", ""), *bar(rollout, room, glyphs)],
        [],
        [
            (f"  {restarted} restarted ", "online"),
            (f"{rollout.restarted:>8,}", ""),
            ("  online, restarted since the deployment", "dim"),
        ],
        [
            (f"  {waiting} waiting   ", "pending"),
            (f"{rollout.waiting:>8,}", ""),
            ("  online, not restarted since: r restarts", "dim"),
        ],
        [(f"  {offline} offline   ", "offline"), (f"{rollout.offline:>8,}", ""), ("  take it when they next connect", "dim")],
        [("    all       ", "dim"), (f"{rollout.total:>8,}", "")],
        [],
        [
            ("  deployed  ", "dim"),
            (ago(rollout.deployment.created_at, now), ""),
            ("   rate  ", "dim"),
            (_rate(rollout, rate), ""),
        ],
        [("  Whether a device runs the new code is inferred from its last restart; the service does not say.", "dim")],
    ]
    if rollout.total and not rollout.waiting:
        lines += [[], [("  Nothing online waits any longer.", "online")]]
    if rollout.stuck:
        lines += [[], [(" Waiting longest", "title-focus")]]
        lines += [
            [
                (f"  {fit(row.device.label, 32, glyphs.ellipsis)} ", ""),
                (f"last change {ago(row.device.state_changed_at, now)}", "dim"),
                (f"  {safe(row.device.id)}", "dim"),
            ]
            for row in rollout.stuck
        ]
    return lines


def _rate(rollout: Rollout, rate: float | None) -> str:
    if rate is None:
        return "not known yet"
    words = f"{rate:,.1f} devices a minute"
    return f"{words}, about {span(rollout.waiting * 60 / rate)} to go" if rate > 0 and rollout.waiting else words
