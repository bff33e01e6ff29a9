"""The summary of a review: the devices affected, cautions, compile check."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from imptui.domain.errors import CompileMessage
from imptui.domain.group import DeviceGroup
from imptui.domain.review_mark import description_of
from imptui.fleet.deployments.draft import Draft, RestartMode, UnfinishedReview
from imptui.fleet.deployments.review_context import ReviewContext, Size
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.present.age import ago
from imptui.tui.present.glyphs import UNICODE, Glyphs
from imptui.tui.present.group import type_word
from imptui.tui.present.look import Piece
from imptui.tui.present.marks import mark_lines
from imptui.tui.present.safe import safe

RESTARTS = {
    RestartMode.NONE: "Each device takes the new code when it next restarts.",
    RestartMode.CONDITIONAL: "Each restarts when its own program allows it.",
    RestartMode.HARD: "Every device restarts at once, whatever it is doing.",
}
"""The explanation of each restart mode. Source: contract 11."""

MESSAGES_SHOWN = 20

NAMES_A_LINE = 5

NAMES, FEW_NAMES = 10, 2
"""The number of devices listed by name, normally and on a low screen."""

INDENT = 14
"""Cells for the labels left of the text of the summary."""

Lines = list[list[Piece]]


class Shown(Struct, frozen=True):
    """The input of the summary of a review."""

    draft: Draft | None
    """The draft; None: not made yet."""
    facts: ReviewContext | None
    """The review context; None: not read yet."""
    now: datetime
    glyphs: Glyphs = UNICODE
    checked: tuple[CompileMessage, ...] | None = None
    """The messages of the compile check; None: it is still running."""
    trouble: str | None = None
    """The reason why the last attempt failed; foreign text."""
    read_only_because: str | None = None
    is_busy: bool = False
    """True while it is being deployed."""
    arrived: DeploymentRow | None = None
    """The deployment that reached the group since the comparison was made."""
    counts: str = ""
    """Added and removed lines of each program; empty: not counted here."""
    error_hint: str = ""
    """The hint how to reach the line that does not compile."""
    is_roomy: bool = True
    """True if there is room for more than the most important lines."""


def target_words(group: DeviceGroup) -> str:
    """Return the name and type of a group; safe."""
    return f"{safe(group.name)} ({type_word(group.type)})"


def summary(shown: Shown) -> Lines:
    """Return the lines of the summary, most important first."""
    lines = _state(shown)
    draft = shown.draft
    if draft is None:
        return lines or [[(" Reading.", "dim")]]
    lines += [_caution(each.text, "problem") for each in draft.cautions if each.forbids]
    if shown.arrived is not None:
        row = shown.arrived
        by = f" by {row.creator_name}" if row.creator_name else ""
        words = f"{row.deployment.sha[:12]} {description_of(row.deployment)}{by}".strip()
        lines.append(_caution(f"Another deployment arrived meanwhile: {words}. P compares with it first.", "problem"))
    facts = shown.facts
    lines += [_caution(each.text, "weak") for each in draft.cautions if not each.forbids]
    if shown.checked:  # A compile error is listed above the names of devices.
        lines += check_lines(shown.checked, shown.error_hint)
    lines.append(_line("from", safe(draft.source)))
    if facts is not None and facts.source is not None:
        lines.append(_line("", _made(facts.source, shown.now)))
        lines += [[(" " * 13, ""), *line] for line in mark_lines(facts.source.deployment, shown.now, shown.glyphs)]
    lines.append(_line("to", _place(draft, facts, shown.glyphs)))
    lines.append(_line("instead of", _base(draft, facts, shown.now)))
    if facts is not None:
        lines += _affected(facts, NAMES if shown.is_roomy else FEW_NAMES)
        lines.append(_line("size", size_words(facts.sizes)))
    if shown.counts:
        lines.append(_line("changes", shown.counts))
    if not shown.checked:
        lines += check_lines(shown.checked, shown.error_hint)
    return lines


def _state(shown: Shown) -> Lines:
    lines: Lines = []
    if shown.trouble is not None:
        lines.append([(f" {safe(shown.trouble)}", "problem")])
        if shown.draft is not None:
            lines.append([(" What you wrote is kept. Press P to try again, or Esc and come back later.", "marked")])
    if shown.read_only_because is not None:
        because = safe(shown.read_only_because)
        lines.append([(f" Read-only: {because}. You can read everything, and deploy nothing.", "pending")])
    if shown.is_busy:
        lines.append([(" Deploying.", "pending")])
    return lines


def _made(row: DeploymentRow, now: datetime) -> str:
    """Return the author and time of the deployment that is copied; safe."""
    made = row.deployment
    words = [f"sha {made.sha[:16]}", f"made {ago(made.created_at, now)}"]
    if row.creator_name:
        words[-1] += f" by {row.creator_name}"
    if made.origin:
        words.append(f"origin {made.origin[:40]}")
    if made.is_flagged:
        words.append("flagged")
    return safe(", ".join(words))


def _place(draft: Draft, facts: ReviewContext | None, glyphs: Glyphs) -> str:
    words = target_words(draft.group)
    if facts is None:
        return words
    if facts.product_name is not None:
        words += f" of {safe(facts.product_name)}"
    for target in facts.targets:
        words += f" {glyphs.crumb} {target.role} {target_words(target.group)}"
    return words


def _base(draft: Draft, facts: ReviewContext | None, now: datetime) -> str:
    base = draft.base
    if base is None:
        return "nothing: this is the first deployment"
    by = f" by {facts.base.creator_name}" if facts is not None and facts.base is not None and facts.base.creator_name else ""
    return safe(f"{base.sha[:12]} {description_of(base)}".strip() + f", made {ago(base.created_at, now)}{by}")


def _affected(facts: ReviewContext, names: int) -> Lines:
    affected = facts.affected
    if affected is None:
        return []
    tally = affected.tally
    offline = tally.devices - tally.online
    when = "; these take it when they next connect" if offline else ""
    number = "1 device" if tally.devices == 1 else f"{tally.devices:,} devices"
    lines = [_line("affects", f"{number}: {tally.online:,} online, {offline:,} offline{when}")]
    return lines + _names([safe(row.device.label) for row in affected.first[:names]], tally.devices)


def size_words(sizes: Sequence[Size]) -> str:
    """Return program sizes: `agent 1,204 bytes (+12), device 80 bytes (as before)`."""
    return ", ".join(f"{each.program} {each.bytes:,} bytes ({_change(each.bytes - each.bytes_before)})" for each in sizes)


def count_word(found: tuple[int, int]) -> str:
    """Return `+12 -3 lines` from added and removed lines; `as before` if there are none."""
    return "as before" if found == (0, 0) else f"+{found[0]:,} -{found[1]:,} lines"


def _change(by: int) -> str:
    return f"{by:+,}" if by else "as before"


def _caution(text: str, role: str) -> list[Piece]:
    return [(" ! ", "problem"), (safe(text), role)]


def _names(names: list[str], total: int) -> Lines:
    lines = [_line("", ", ".join(names[start : start + NAMES_A_LINE])) for start in range(0, len(names), NAMES_A_LINE)]
    if lines and total > len(names):
        lines[-1].append((f" and {total - len(names):,} more", "dim"))
    return lines


def check_lines(messages: Sequence[CompileMessage] | None, hint: str = "") -> Lines:
    """Return the lines of the compile check; for None, that it is still running."""
    if messages is None:
        return [_line("check", "checking...")]
    if not messages:
        return [_line("check", "both programs compile, as far as imptui can tell")]
    lines: Lines = [
        [
            (" check        ", "dim"),
            (f"{each.program} line {each.row}, column {each.column}: {each.kind}: ", "problem"),
            (safe(each.text), ""),
        ]
        for each in messages[:MESSAGES_SHOWN]
    ]
    if len(messages) > MESSAGES_SHOWN:
        lines.append(_line("", f"and {len(messages) - MESSAGES_SHOWN:,} more"))
    if hint:
        lines[0].append((f"  {hint}", "dim"))
    return lines


def unfinished_words(unfinished: Sequence[UnfinishedReview]) -> str:
    """Return `1 unfinished review, :drafts opens it: bench`; foreign text.

    The key comes first, because groups have long names.
    """
    places = list(dict.fromkeys(each.group_name for each in unfinished))
    named = ", ".join(places[:3]) + (", ..." if len(places) > 3 else "")
    is_one = len(unfinished) == 1
    what = "1 unfinished review" if is_one else f"{len(unfinished):,} unfinished reviews"
    return f"{what}, :drafts opens or discards {'it' if is_one else 'them'}: {named}"


def _line(label: str, text: str) -> list[Piece]:
    return [(f" {label:<13}", "dim"), (text, "")]
