"""Questions and reports that several commands share."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused
from imptui.domain.group import GroupType
from imptui.domain.rows import DeviceRow
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Form, Question, Report

if TYPE_CHECKING:
    from imptui.fleet.operations.device_operations import DeviceOutcome

NAMED = 8
"""The number of devices that a question names; the others are counted."""


def names_of(rows: Sequence[DeviceRow]) -> tuple[str, ...]:
    """Return the first devices by name and group, and the number of the others."""
    lines = [f"- {row.device.label} ({row.group_name or 'unassigned'})" for row in rows[:NAMED]]
    if len(rows) > NAMED:
        lines.append(f"and {len(rows) - NAMED:,} more.")
    return tuple(lines)


def devices(count: int) -> str:
    """Return the number of devices in words: `1 device`, `1,204 devices`."""
    return "1 device" if count == 1 else f"{count:,} devices"


def name_to_type(rows: Sequence[DeviceRow]) -> str | None:
    """Return the text that the user must type to confirm: the name of a production group, if one is concerned."""
    names = {row.group_name or "production" for row in rows if row.device.group_type is GroupType.PRODUCTION}
    if not names:
        return None
    return names.pop() if len(names) == 1 else "production"


def question(title: str, rows: Sequence[DeviceRow], yes: str, key: str | None, *more: str) -> Question:
    """Return a question that names its devices."""
    return Question(title, (*more, *names_of(rows)), yes, opened_by=key, must_type=name_to_type(rows))


async def report_outcomes(console: Console, done: str, outcomes: "Sequence[DeviceOutcome]", rows: Sequence[DeviceRow]) -> None:
    """Report the outcomes of a bulk call: one sentence if all succeeded, else a line for each refused device."""
    labels = {row.device.id: row.device.label for row in rows}
    refused = [each for each in outcomes if each.refusal is not None]
    if not refused:
        console.show_message(f"{done}: {devices(len(outcomes))}.")
        console.navigator.set_marks(set())
        return
    lines = [f"{done}: {len(outcomes) - len(refused):,} of {devices(len(outcomes))}."]
    lines += [f"- {labels.get(each.device_id, each.device_id)}: {_why(each.refusal)}" for each in refused]
    if len(rows) > 1:
        console.navigator.set_marks({each.device_id for each in refused})
        lines.append("These are marked still, so the same key tries them once more.")
    await console.show(Report("Not all of it was done", tuple(lines)))


def _why(error: Exception | None) -> str:
    return error.reason if isinstance(error, Refused) else str(error)


async def fill_until_done(
    console: Console, form: Form, send: Callable[[Mapping[str, str]], Awaitable[str]], attempt: str
) -> None:
    """Show a form until its call succeeds or the user cancels; the answers survive a failure.

    `send` makes the call and returns one sentence about the result; `attempt` is for the list of errors.
    """
    while True:
        answers = await console.fill(form)
        if answers is None:
            return
        try:
            console.show_message(await send(answers))
        except (Refused, NoAnswer) as error:
            console.fail(attempt, error)
            form = form.again(answers, error.reason if isinstance(error, Refused) else str(error))
        else:
            return
