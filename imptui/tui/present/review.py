"""A review in words: what happens to whom."""

from collections.abc import Sequence

from imptui.fleet.draft import Draft, Restart
from imptui.fleet.look import Affected
from imptui.model.errors import CompileMessage
from imptui.model.group import DeviceGroup
from imptui.tui.present.group import type_word
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe

RESTARTS = {
    Restart.NONE: "Devices go on with what they run; each takes the new code when it next restarts.",
    Restart.CONDITIONAL: "Each device may finish what it does and restart when its program allows it.",
    Restart.HARD: "Every device restarts at once, whatever it is doing.",
}
"""What each choice means. Source: contract 11."""

MESSAGES_SHOWN = 20

NAMES_A_LINE = 5

Lines = list[list[Piece]]


def target_words(group: DeviceGroup) -> str:
    """A group and its type; safe."""
    return f"{safe(group.name)} ({type_word(group.type)})"


def summary(
    draft: Draft | None,
    affected: Affected | None,
    trouble: str | None,
    because: str | None,
    is_busy: bool,  # noqa: FBT001 - one of five facts
) -> Lines:
    """What a reviewer reads first.

    Args:
        draft: What is reviewed; None: it is not there yet.
        affected: Whom it concerns; None: not counted yet.
        is_busy: Whether it is being deployed.
        trouble: Why the last attempt did not work; foreign text.
        because: Why nothing may be changed.
    """
    lines: Lines = []
    if trouble is not None:
        lines.append([(f" {safe(trouble)}", "problem")])
        if draft is not None:
            lines.append([(" What you wrote is kept. Press P to try again, or Esc and come back later.", "marked")])
    if because is not None:
        lines.append([(f" Read-only: {safe(because)}. You can read everything, and deploy nothing.", "pending")])
    if draft is None:
        return lines or [[(" Reading.", "dim")]]
    if is_busy:
        lines.append([(" Deploying.", "pending")])
    lines.append(_line("from", safe(draft.source)))
    lines.append(_line("to", target_words(draft.group)))
    base = draft.base
    lines.append(
        _line(
            "instead of", f"{base.sha[:12]} {safe(base.description or '')}" if base else "nothing: this is the first deployment"
        )
    )
    if affected is not None:
        tally = affected.tally
        offline = tally.devices - tally.online
        when = "; these take it when they next connect" if offline else ""
        lines.append(_line("affects", f"{tally.devices:,} devices: {tally.online:,} online, {offline:,} offline{when}"))
        lines += _names([safe(row.device.label) for row in affected.first], tally.devices)
    lines += [[(" ! ", "problem"), (safe(caution.text), "weak")] for caution in draft.cautions]
    return lines


def _names(names: list[str], total: int) -> Lines:
    lines = [_line("", ", ".join(names[start : start + NAMES_A_LINE])) for start in range(0, len(names), NAMES_A_LINE)]
    if lines and total > len(names):
        lines[-1].append((f" and {total - len(names):,} more", "dim"))
    return lines


def check_lines(messages: Sequence[CompileMessage] | None) -> Lines:
    """What the compile check found; None: it is not through yet."""
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
    return lines


def _line(label: str, text: str) -> list[Piece]:
    return [(f" {label:<13}", "dim"), (text, "")]
