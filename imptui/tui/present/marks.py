"""Review marks as a sign and a word, never a colour alone."""

from datetime import datetime

from imptui.domain.deployment import Deployment
from imptui.domain.review_mark import ReviewMark, Verdict, marks_of, verdict_of
from imptui.tui.present.age import ago
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe

WIDTH = 10
"""The width of `mark_cell` in cells."""


def mark_word(deployment: Deployment) -> str:
    """Return `approved`, `objected`, or `stale` if all marks are for other code; empty if there are none."""
    found = verdict_of(deployment)
    return found.value if found is not None else "stale" if marks_of(deployment) else ""


def mark_cell(deployment: Deployment, glyphs: Glyphs) -> Piece:
    """Return sign and word, `WIDTH` cells wide."""
    word = mark_word(deployment)
    sign = {"approved": glyphs.approved, "objected": glyphs.objected}.get(word, "?" if word else " ")
    role = {"approved": "online", "objected": "problem"}.get(word, "dim")
    return f"{sign} {word}".ljust(WIDTH), role


def mark_lines(deployment: Deployment, now: datetime, glyphs: Glyphs) -> list[list[Piece]]:
    """Return a line for each mark, latest first: author, time, reason. Stale marks are labelled."""
    return [_line(mark, deployment, now, glyphs) for mark in reversed(marks_of(deployment))]


def _line(mark: ReviewMark, deployment: Deployment, now: datetime, glyphs: Glyphs) -> list[Piece]:
    is_live, is_approval = mark.is_about(deployment.sha), mark.verdict is Verdict.APPROVED
    sign = (glyphs.approved if is_approval else glyphs.objected) if is_live else "?"
    by = " (who made it)" if mark.is_by(deployment.creator_id) else ""
    pieces: list[Piece] = [
        (f" {sign} {mark.verdict} by {safe(mark.who)}{by}", ("online" if is_approval else "problem") if is_live else "dim"),
        (f" {ago(mark.at, now)}", "dim"),
    ]
    if not is_live:
        pieces.append((" - to other bytes, so it counts for nothing", "dim"))
    if mark.reason:
        pieces.append((f": {safe(mark.reason)}", ""))
    return pieces
