"""A deployment in words."""

from datetime import datetime

from imptui.fleet.look import DeploymentRow
from imptui.tui.present.age import ago, stamp
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe


def name_of(row: DeploymentRow) -> str:
    """What people call it: its description, else its sha. Holds foreign text."""
    sha = row.deployment.sha[:12]
    description = (row.deployment.description or "").strip()
    return f"{sha} {description}" if description else sha


def place_of(row: DeploymentRow) -> str:
    """Where it belongs. Holds foreign text."""
    if row.deployment.group_id is None:
        return "its group is gone"
    group = row.group_name or row.deployment.group_id
    return f"{group} of {row.product_name}" if row.product_name else group


def standing(row: DeploymentRow) -> str:
    """What the service does with it: `current, minimum, flagged`; empty when nothing."""
    claims = ((row.is_current, "current"), (row.is_minimum, "minimum"), (row.deployment.is_flagged, "flagged"))
    return ", ".join(word for claim, word in claims if claim)


def about_lines(row: DeploymentRow, now: datetime) -> list[list[Piece]]:
    """Two lines about it: where and when, and what people wrote on it."""
    made = row.deployment
    first: list[Piece] = [(f" {safe(place_of(row))}", ""), (f"  {stamp(made.created_at)} ({ago(made.created_at, now)})", "dim")]
    if row.creator_name:
        first.append((f" by {safe(row.creator_name)}", "dim"))
    if word := standing(row):
        first.append((f"  {word}", "marked"))
    second: list[Piece] = [(f" sha {safe(made.sha[:40])}", "dim")]
    if made.origin:
        second.append((f"  origin {safe(made.origin)}", "dim"))
    if made.tags:
        second.append((f"  tags {safe(' '.join(made.tags))}", "dim"))
    return [first, second]
