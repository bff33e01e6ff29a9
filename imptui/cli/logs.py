"""logs: what devices said, and say, without a screen."""

import asyncio
import sys
from collections.abc import Mapping

import click

from imptui.cli.connect import connected
from imptui.cli.exit_codes import READING, exits
from imptui.cli.moments import printed
from imptui.cli.options import Options
from imptui.cli.references import the_device, the_group
from imptui.cli.runner import USAGE, Trouble, as_json, plain, safe_text
from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.log import LogEntry
from imptui.fleet.fleet import Fleet
from imptui.fleet.logs.live_log import LiveLog
from imptui.fleet.logs.log_events import LogEvent, LogEventKind, Said
from imptui.query.query import Query, Scope


@click.command(epilog=exits(*READING))
@click.argument("devices", nargs=-1)
@click.option("--group", metavar="GROUP", help="Whoever is in this group, instead of named devices.")
@click.option("--follow", "-f", is_flag=True, help="Go on with every line as it comes, until ctrl+c.")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(0, 1000), help="Lines of each device before.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object a line.")
@click.pass_obj
@plain
async def logs(
    options: Options,
    devices: tuple[str, ...],
    group: str | None,
    follow: bool,  # noqa: FBT001 - click passes flags so
    limit: int,
    json_wanted: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """What devices, their agents and the service said, oldest first. DEVICES are any identifiers, or unique names.

    With --follow every line comes by the live stream; gaps and the like are told on stderr.
    """
    if bool(devices) == bool(group):
        raise Trouble("Name either devices or --group.", USAGE)
    async with connected(options) as fleet:
        group_id = await the_group(fleet, group) if group else None
        ids = tuple([await the_device(fleet, each) for each in devices])
        printer = _Printer(fleet, json_wanted)
        if follow:
            await _follow(fleet, ids, group_id, limit, printer)
            return
        found: list[LogEntry] = []
        for each in ids if group_id is None else await _members(fleet, group_id):
            found += await fleet.logs.history(each, limit) if limit else ()
        await printer.print(sorted(found, key=lambda entry: entry.at))


async def _members(fleet: Fleet, group_id: GroupId) -> list[DeviceId]:
    window = await fleet.look.window(Query(Scope(group_id=group_id)), 0, 1000)
    return [row.device.id for row in window.rows if row is not None]


async def _follow(fleet: Fleet, ids: tuple[DeviceId, ...], group_id: GroupId | None, limit: int, printer: "_Printer") -> None:
    live: LiveLog = await fleet.logs.follow(ids, group_id=group_id, history_lines=max(1, limit))
    heard = asyncio.Event()
    end = fleet.changes.listen(live.reconsider)
    live.start(heard.set)
    try:
        while True:
            await heard.wait()
            heard.clear()
            await printer.print(live.take())
    finally:
        end()
        await live.close()


class _Printer:
    """Lines on stdout, everything else on stderr."""

    def __init__(self, fleet: Fleet, is_json: bool) -> None:  # noqa: FBT001 - handed on
        self._fleet, self._is_json = fleet, is_json
        self._names: dict[DeviceId, str] = {}

    async def print(self, said: "list[Said] | list[LogEntry]") -> None:
        """Print these; output is flushed, so that whoever reads a pipe has them at once."""
        unknown = {each.device_id for each in said if each.device_id is not None} - set(self._names)
        if unknown:
            rows = await self._fleet.look.rows(list(unknown))
            self._names.update({each: rows[each].device.label if each in rows else each for each in unknown})
        for each in said:
            if isinstance(each, LogEntry):
                self._line(each)
            elif each.kind not in (LogEventKind.OPENED, LogEventKind.SUBSCRIBED):
                click.echo(f"imptui: {safe_text(_words(each, self._names))}", err=True)
        sys.stdout.flush()

    def _line(self, entry: LogEntry) -> None:
        if self._is_json:
            import json

            click.echo(json.dumps(as_json(entry)))
            return
        name = safe_text(self._names.get(entry.device_id, entry.device_id))
        for text in entry.text.replace("\r\n", "\n").split("\n"):
            at = printed(entry.at, "milliseconds")
            click.echo(f"{at} {entry.device_id} {name} {safe_text(entry.kind)} {safe_text(text)}")


def _words(remark: LogEvent, names: Mapping[DeviceId, str]) -> str:
    from imptui.tui.present.log_events import words

    return words(remark, names).strip("- ")
