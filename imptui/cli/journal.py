"""Command journal: lists, filters and exports the changes made here."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click
from msgspec.structs import replace

from imptui.cli.connect import connected
from imptui.cli.exit_codes import LOCAL, ExitCode, exits
from imptui.cli.moments import Moment, printed
from imptui.cli.options import Options
from imptui.cli.runner import Trouble, as_json, plain, print_json, print_table, safe_text
from imptui.config.contexts import load_contexts
from imptui.domain.rows import JournalEntry
from imptui.fleet.journal import JournalFilter

NEW_FILE = click.Path(dir_okay=False, path_type=Path)
EXITS = exits(*LOCAL, ExitCode.NOT_FOUND, words={ExitCode.NOT_FOUND: "no such context"})


@click.command(epilog=EXITS)
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--limit", default=100, show_default=True, help="How many, newest first; --export takes all.")
@click.option(
    "--since", type=Moment(), metavar="WHEN", help="From then on: 2026-03-01 or 2026-03-01T08:30:00+02:00; UTC without offset."
)
@click.option("--until", type=Moment(), metavar="WHEN", help="Before then.")
@click.option("--kind", "kinds", multiple=True, metavar="K", help="deployment, group, device, ...; may be given several times.")
@click.option("--all-contexts", is_flag=True, help="The journals of all contexts; each has one of its own.")
@click.option("--in-context", metavar="NAME", help="With --all-contexts: what was done in this one.")
@click.option("--refused", is_flag=True, help="Only what was refused or had no answer.")
@click.option("--export", type=NEW_FILE, metavar="FILE", help="Into a new file of JSON lines, oldest first, for you alone.")
@click.pass_obj
@plain
async def journal(
    options: Options,
    is_json: bool,  # noqa: FBT001 - click passes flags so
    limit: int,
    since: datetime | None,
    until: datetime | None,
    kinds: tuple[str, ...],
    all_contexts: bool,  # noqa: FBT001 - click passes flags so
    in_context: str | None,
    refused: bool,  # noqa: FBT001 - click passes flags so
    export: Path | None,
) -> None:
    """List the changes made here: user, time, action, values before and after, and the answer. The journal only grows."""
    wanted = JournalFilter(since, until, kinds, in_context, is_refused=True if refused else None)
    entries = await _entries(options, wanted, None if export is not None else limit, is_everywhere=all_contexts)
    if export is not None:
        _export(entries, export)
        click.echo(safe_text(f"imptui: {len(entries):,} entries are in {export}"), err=True)
        return
    if is_json:
        print_json(entries)
        return
    print_table(
        ("AT", "WHO", "WHAT", "SUBJECT", "ANSWER"),
        [(printed(each.at), each.who, each.verb, each.subject, each.answer) for each in entries],
    )


async def _entries(options: Options, wanted: JournalFilter, limit: int | None, *, is_everywhere: bool) -> list[JournalEntry]:
    """Yield the matching entries of one journal or of all, newest first."""
    names: list[str | None] = [None]
    if is_everywhere:
        known = load_contexts(options.locations.contexts).all()
        names = [each.name for each in known if options.locations.cache(each.name).exists()]
    found: list[JournalEntry] = []
    for name in names:
        here = replace(options, context=name, endpoint=None) if name is not None else options
        async with connected(here, stays_here=True) as fleet:
            found += await fleet.look.journal(limit, wanted)
    found.sort(key=lambda each: (each.at, each.number), reverse=True)
    return found[:limit]


def _export(entries: Sequence[JournalEntry], path: Path) -> None:
    """Write entries, oldest first, to a file that must be new."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Trouble(f"{path} is there already; nothing was written.") from error
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.writelines(_lines(reversed(entries)))


def _lines(entries: Iterable[JournalEntry]) -> Iterator[str]:
    for entry in entries:
        facts = as_json(entry)
        assert isinstance(facts, dict)  # noqa: S101 - a Struct
        facts |= {name: _read(facts[name]) for name in ("before", "after")}
        yield json.dumps(facts) + "\n"


def _read(text: object) -> object:
    """Decode a stored value as JSON; text of an older version stays text."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text
