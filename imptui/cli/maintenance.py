"""clean, grep: old deployments, and all code that was ever read."""

import asyncio
import sys
from datetime import timedelta

import click

from imptui.cli.connect import connected
from imptui.cli.exit_codes import CHANGING, READING, ExitCode, exits
from imptui.cli.moments import printed
from imptui.cli.options import Options
from imptui.cli.references import the_group
from imptui.cli.runner import USAGE, Trouble, code_of, plain, print_json, print_table, remark, safe_text, sentences, written
from imptui.domain.errors import Invalid
from imptui.fleet.deployments.clean_up import CleanUpPlan
from imptui.fleet.deployments.code_search import CodeFound, pattern_of
from imptui.fleet.fleet import Fleet

CLEAN_EXITS = exits(
    *CHANGING,
    ExitCode.PARTLY,
    words={
        ExitCode.USAGE: "wrong command line, or nothing was done because --yes is missing",
        ExitCode.UNWRITTEN: "deleted, but the result could not be written: stderr says how many",
        ExitCode.PARTLY: "some deployments were deleted, others not",
    },
)
GREP_EXITS = exits(*READING, ExitCode.DIFFERS, words={ExitCode.DONE: "found", ExitCode.DIFFERS: "not found"})


@click.command(epilog=CLEAN_EXITS)
@click.argument("group")
@click.option("--keep", required=True, type=click.IntRange(0), metavar="N", help="The newest N deployments stay.")
@click.option("--older-than", type=click.IntRange(0), default=0, metavar="DAYS", help="Younger ones stay too.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and why the others stay; delete nothing.")
@click.option("--yes", is_flag=True, help="Delete; without this nothing is.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
@plain
async def clean(
    options: Options,
    group: str,
    keep: int,
    older_than: int,
    dry_run: bool,  # noqa: FBT001 - click passes flags so
    yes: bool,  # noqa: FBT001 - click passes flags so
    as_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Delete old deployments of GROUP: never the current one, flagged ones, the minimum supported one and newer ones."""
    async with connected(options) as fleet:
        age = timedelta(days=older_than) if older_than else None
        plan = await fleet.cleaning.plan(await the_group(fleet, group), keep=keep, older_than=age)
        if dry_run or not yes:
            _print_plan(plan, as_json)
        if not dry_run and not yes and plan.goes:
            count = len(plan.goes)
            raise Trouble(f"This would delete {count} deployments; nothing was done. Add --yes to do it.", USAGE)
        if not dry_run and yes:
            await _delete(fleet, plan, as_json)


def _print_plan(plan: CleanUpPlan, as_json: bool) -> None:  # noqa: FBT001 - handed on
    if as_json:
        print_json(
            [
                {"deployment": each.deployment, "goes": each.stays_because is None, "stays_because": each.stays_because}
                for each in plan.verdicts
            ]
        )
        return
    print_table(
        ("ID", "SHA", "CREATED", "VERDICT", "DESCRIPTION"),
        [
            (
                each.deployment.id,
                each.deployment.sha[:12],
                printed(each.deployment.created_at),
                "delete" if each.stays_because is None else f"stays: {each.stays_because}",
                each.deployment.description,
            )
            for each in plan.verdicts
        ],
    )


async def _delete(fleet: Fleet, plan: CleanUpPlan, as_json: bool) -> None:  # noqa: FBT001 - handed on
    done = [each async for each in fleet.cleaning.delete(plan.goes)]
    failures = [each.failure for each in done if each.failure is not None]
    outcome = f"Deleted {len(done) - len(failures)} of {len(done)} deployments"
    with written(outcome):
        if as_json:
            print_json([{"id": each.deployment.id, "failure": str(each.failure) if each.failure else None} for each in done])
        else:
            for each in done:
                words = "deleted" if each.failure is None else safe_text(f"not deleted: {each.failure}")
                click.echo(f"{each.deployment.id} {words}")
    if failures:
        code = code_of(failures[0]) if len(failures) == len(done) else ExitCode.PARTLY
        raise Trouble(f"{len(failures)} of {len(done)} deployments were not deleted.", code)


@click.command(epilog=GREP_EXITS)
@click.argument("pattern")
@click.option("--fixed", "-F", is_flag=True, help="PATTERN is a text as it stands, no regular expression.")
@click.option("--ignore-case", "-i", is_flag=True, help="Capitals do not matter.")
@click.option("--fetch", is_flag=True, help="Read the code that was never read from here first.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def grep(options: Options, pattern: str, fixed: bool, ignore_case: bool, fetch: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Look for PATTERN in all code that was ever read from here.

    Prints GROUP:SHA:PROGRAM:LINE:TEXT.
    """
    with sentences():
        is_found = asyncio.run(_grep(options, pattern, (fixed, ignore_case, fetch, as_json)))
    sys.exit(ExitCode.DONE if is_found else ExitCode.DIFFERS)


async def _grep(options: Options, text: str, flags: tuple[bool, bool, bool, bool]) -> bool:
    fixed, ignore_case, fetch, as_json = flags
    try:
        pattern = pattern_of(text, is_regex=not fixed, ignore_case=ignore_case)
    except Invalid as error:
        raise Trouble(error.reason, USAGE) from error
    found: list[CodeFound] = []
    async with connected(options) as fleet:
        missing = await fleet.code_search.missing()
        if fetch:
            async for _ in fleet.code_search.fetch(missing):
                pass
            missing = ()
        async for step in fleet.code_search.search(pattern):
            found += step.found
            if not as_json:
                for each in step.found:
                    click.echo(_line(each))
    if as_json:
        print_json([_facts(each) for each in found])
    if missing:
        note = f"the code of {len(missing)} deployments was never read from here; --fetch reads it"
        remark(f"note: {note}")
    return bool(found)


def _line(each: CodeFound) -> str:
    parts = (each.row.group_name or "-", each.row.deployment.sha[:12], each.hit.program, str(each.hit.line), each.hit.text)
    return ":".join(safe_text(part) for part in parts)


def _facts(each: CodeFound) -> dict[str, object]:
    return {
        "deployment": each.row.deployment.id,
        "sha": each.row.deployment.sha,
        "group": each.row.group_name,
        "product": each.row.product_name,
        "is_current": each.row.is_current,
        "program": each.hit.program,
        "line": each.hit.line,
        "text": each.hit.text,
    }
