"""A rollout as lines: a bar, numbers, stuck devices."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.domain.rows import DeviceRow
from imptui.fleet.deployments.rollout import Rollout
from imptui.tui.present.age import ago
from imptui.tui.present.elapsed import span
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import cut, fit, safe


def bar(rollout: Rollout, cells: int, glyphs: Glyphs) -> list[Piece]:
    """Return a bar of back online, restarting, waiting and offline, in proportion.

    A part that is not zero takes a cell at least.
    """
    total = max(1, rollout.total)
    signs = _signs(glyphs)
    counts = (rollout.restarted, rollout.leaving, rollout.waiting, rollout.offline - rollout.leaving)
    sizes = [max(1, cells * count // total) if count else 0 for count in counts]
    widest = sizes.index(max(sizes))
    sizes[widest] = max(0, sizes[widest] + cells - sum(sizes)) if rollout.total else 0
    roles = ("online", "weak", "pending", "offline")
    return [(sign * size, role) for sign, size, role in zip(signs, sizes, roles, strict=True) if size]


def _signs(glyphs: Glyphs) -> tuple[str, str, str, str]:
    return ("#", "+", "=", ".") if glyphs.is_ascii else ("█", "▓", "▒", "·")


def per_minute(seen: Sequence[tuple[datetime, int]]) -> float | None:
    """Return the number of devices that restart per minute; None before two samples are some seconds apart.

    Args:
        seen: Times and the number of restarted devices, oldest first.
    """
    if len(seen) < 2:
        return None
    seconds = (seen[-1][0] - seen[0][0]).total_seconds()
    return max(0, seen[-1][1] - seen[0][1]) * 60 / seconds if seconds >= 3 else None


LastWords = Mapping[DeviceId, LogEntry | None]
"""The last log entry of each stuck device; None: there is none, or it could not be read. Missing: not fetched yet."""


def rollout_lines(
    rollout: Rollout, rate: float | None, now: datetime, cells: int, glyphs: Glyphs, last_words: LastWords
) -> list[list[Piece]]:
    """Return all lines about a rollout."""
    room = max(10, min(100, cells - 4))
    back, leaving, waiting, offline = _signs(glyphs)
    lines: list[list[Piece]] = []
    if not rollout.is_current:
        lines += [[(" Another deployment is the group's current one by now; these numbers are about that one.", "problem")], []]
    counts = (
        (f"{back} back online", "online", rollout.restarted, "restarted since the deployment"),
        (f"{leaving} restarting ", "weak", rollout.leaving, "went offline since, may come back with the new code"),
        (f"{waiting} waiting    ", "pending", rollout.waiting, "online, not restarted since: r restarts"),
        (f"{offline} offline    ", "offline", rollout.offline - rollout.leaving, "since before; take it when they next connect"),
    )
    lines += [[], [("  ", ""), *bar(rollout, room, glyphs)], []]
    lines += [[(f"  {word} ", role), (f"{count:>8,}", ""), (f"  {words}", "dim")] for word, role, count, words in counts]
    percent = f"{100 * rollout.restarted // rollout.total} % back online" if rollout.total else "no devices"
    lines += [
        [("    all         ", "dim"), (f"{rollout.total:>8,}", ""), (f"  {percent}", "dim")],
        [],
        [
            ("  deployed  ", "dim"),
            (ago(rollout.deployment.created_at, now), ""),
            ("   rate  ", "dim"),
            (_rate(rollout, rate), ""),
        ],
        [("  All inferred from when devices restarted last; the service does not say.", "dim")],
    ]
    if rollout.total and not rollout.waiting:
        lines += [[], [("  Nothing online waits any longer.", "online")]]
    if rollout.stuck:
        lines += [[], [(" Waiting longest", "title-focus"), ("  with what they said last", "dim")]]
        lines += [line for row in rollout.stuck for line in _stuck(row, now, cells, glyphs, last_words)]
    return lines


def _stuck(row: DeviceRow, now: datetime, cells: int, glyphs: Glyphs, last_words: LastWords) -> list[list[Piece]]:
    device = row.device
    head: list[Piece] = [
        (f"  {fit(device.label, 32, glyphs.ellipsis)} ", ""),
        (f"last change {ago(device.state_changed_at, now)}", "dim"),
        (f"  {safe(device.id)}", "dim"),
    ]
    if device.id not in last_words:
        return [head]
    entry = last_words[device.id]
    if entry is None:
        return [head, [("      nothing was logged", "dim")]]
    said = f"{ago(entry.at, now)}  {entry.kind}  {entry.text.splitlines()[0] if entry.text else ''}"
    return [head, [(f"      {cut(said, max(10, cells - 8), glyphs.ellipsis)}", "log-error" if "error" in entry.kind else "dim")]]


def _rate(rollout: Rollout, rate: float | None) -> str:
    if rate is None:
        return "not known yet"
    words = f"{rate:,.1f} devices a minute"
    return f"{words}, about {span(rollout.waiting * 60 / rate)} to go" if rate > 0 and rollout.waiting else words
