"""What several commands ask in the same way."""

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
"""So many devices are named in a question; the rest is a number."""


def names_of(rows: Sequence[DeviceRow]) -> tuple[str, ...]:
    """The first devices by name and group, and how many more."""
    lines = [f"- {row.device.label} ({row.group_name or 'unassigned'})" for row in rows[:NAMED]]
    if len(rows) > NAMED:
        lines.append(f"and {len(rows) - NAMED:,} more.")
    return tuple(lines)


def devices(count: int) -> str:
    """`1 device`, `1,204 devices`."""
    return "1 device" if count == 1 else f"{count:,} devices"


def name_to_type(rows: Sequence[DeviceRow]) -> str | None:
    """What must be typed before something is done to these: the group's name where one is a production group."""
    names = {row.group_name or "production" for row in rows if row.device.group_type is GroupType.PRODUCTION}
    if not names:
        return None
    return names.pop() if len(names) == 1 else "production"


def question(title: str, rows: Sequence[DeviceRow], yes: str, key: str | None, *more: str) -> Question:
    """A question about devices, which names them."""
    return Question(title, (*more, *names_of(rows)), yes, opened_by=key, must_type=name_to_type(rows))


async def tell_outcomes(console: Console, done: str, outcomes: "Sequence[DeviceOutcome]", rows: Sequence[DeviceRow]) -> None:
    """How a bulk call went: one sentence when all went well, else a line for each refused device."""
    labels = {row.device.id: row.device.label for row in rows}
    refused = [each for each in outcomes if each.refusal is not None]
    if not refused:
        console.say(f"{done}: {devices(len(outcomes))}.")
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
    """Show a form until what it asks for was done or given up; what was typed survives a failure.

    `send` does it and answers with one sentence about what was done; `attempt` is for the list of errors.
    """
    while True:
        answers = await console.fill(form)
        if answers is None:
            return
        try:
            console.say(await send(answers))
        except (Refused, NoAnswer) as error:
            console.fail(attempt, error)
            form = form.again(answers, error.reason if isinstance(error, Refused) else str(error))
        else:
            return
