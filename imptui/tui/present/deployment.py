"""A deployment as text: name, place, run and description."""

from datetime import datetime

from imptui.domain.review_mark import description_of, own_tags
from imptui.fleet.deployments.rollout import CurrentPeriod
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.present.age import ago, stamp
from imptui.tui.present.elapsed import span
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.look import Piece
from imptui.tui.present.marks import mark_lines, mark_word
from imptui.tui.present.safe import safe


def name_of(row: DeploymentRow) -> str:
    """Return the name of a deployment: its sha, and its description without the reasons of marks. Holds foreign text."""
    sha = row.deployment.sha[:12]
    description = description_of(row.deployment).strip()
    return f"{sha} {description}" if description else sha


def place_of(row: DeploymentRow) -> str:
    """Return the product and group of a deployment. Holds foreign text."""
    if row.deployment.group_id is None:
        return "its group is gone"
    group = row.group_name or row.deployment.group_id
    return f"{group} of {row.product_name}" if row.product_name else group


def run_words(run: CurrentPeriod, now: datetime) -> str:
    """Return when a deployment was made, how long it was the current one, and its review mark; safe."""
    mark = mark_word(run.row.deployment)
    return f"{ago(run.row.deployment.created_at, now)}, ran for {span(run.ran_s)}" + (f", {mark}" if mark else "")


def standing(row: DeploymentRow) -> str:
    """Return the status of a deployment on the service: `current, minimum, flagged`; empty if it has none."""
    claims = ((row.is_current, "current"), (row.is_minimum, "minimum"), (row.deployment.is_flagged, "flagged"))
    return ", ".join(word for claim, word in claims if claim)


def about_lines(row: DeploymentRow, now: datetime, glyphs: Glyphs) -> list[list[Piece]]:
    """Return two lines about a deployment: place, time and status; sha, origin and tags. A line for each review mark follows."""
    made = row.deployment
    first: list[Piece] = [(f" {safe(place_of(row))}", ""), (f"  {stamp(made.created_at)} ({ago(made.created_at, now)})", "dim")]
    if row.creator_name:
        first.append((f" by {safe(row.creator_name)}", "dim"))
    if word := standing(row):
        first.append((f"  {word}", "marked"))
    second: list[Piece] = [(f" sha {safe(made.sha[:40])}", "dim")]
    if made.origin:
        second.append((f"  origin {safe(made.origin)}", "dim"))
    if tags := own_tags(made.tags):
        second.append((f"  tags {safe(' '.join(tags))}", "dim"))
    return [first, second, *mark_lines(made, now, glyphs)]
