"""ls, show: what is known, from the cache."""

import click

from imptui.cli.connect import connected
from imptui.cli.exit_codes import READING, exits
from imptui.cli.filter_help import FilterCommand
from imptui.cli.moments import printed
from imptui.cli.options import Options
from imptui.cli.references import the_deployment, the_device, the_group, the_product
from imptui.cli.runner import JsonList, TextTable, as_json, plain, print_json, print_table, safe_text
from imptui.domain.review_mark import description_of, marks_of
from imptui.domain.rows import DeviceRow
from imptui.fleet.fleet import Fleet
from imptui.fleet.read_model import DeploymentRow
from imptui.query.expression import Expr
from imptui.query.grammar import parse
from imptui.query.list_columns import LISTED
from imptui.query.query import Query
from imptui.tui.present.marks import mark_word

PAGE = 1000


@click.command(cls=FilterCommand, epilog=exits(*READING))
@click.argument("kind", type=click.Choice(["products", "groups", "devices", "deployments"]))
@click.option(
    "--filter",
    "-q",
    "query",
    metavar="Q",
    default="",
    help="Devices as in the filter bar (see below; @NAME: a saved one); others by words.",
)
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--refresh", is_flag=True, help="Read from the service first.")
@click.pass_obj
@plain
async def ls(options: Options, kind: str, query: str, is_json: bool, refresh: bool) -> None:  # noqa: FBT001 - click passes flags so
    """List what is known: all of it, from the cache unless --refresh.

    A filter that makes no sense is explained with its place on stderr, with code 2.
    """
    where = parse(query) if kind == "devices" and not query.startswith("@") else None
    async with connected(options, refresh=refresh) as fleet:
        if kind == "devices":
            if query.startswith("@"):
                where = parse((await fleet.queries.one(query[1:])).text)
            await _ls_devices(fleet, where, is_json)
        else:
            others = {"products": _ls_products, "groups": _ls_groups, "deployments": _ls_deployments}
            await others[kind](fleet, query, is_json)


async def _ls_devices(fleet: Fleet, where: Expr | None, is_json: bool) -> None:  # noqa: FBT001 - handed on
    table, items = TextTable([column.heading or "" for column in LISTED]), JsonList()
    async for window in fleet.look.windows(Query(where=where), PAGE):
        rows = [row for row in window.rows if row is not None]
        if is_json:
            items.add(map(_device_facts, rows))
        else:
            table.add([column.value_of(row) for column in LISTED] for row in rows)
    (items if is_json else table).end()


def _device_facts(row: DeviceRow) -> dict[str, object]:
    return {
        "device": row.device,
        "group_name": row.group_name,
        "product_name": row.product_name,
        "reading": row.reading,
        "is_pending": row.is_pending,
    }


async def _ls_products(fleet: Fleet, words: str, is_json: bool) -> None:  # noqa: FBT001 - handed on
    tree = await fleet.look.tree()
    found = [line for line in tree.products if _fits(words, line.product.id, line.product.name, line.product.description)]
    if is_json:
        print_json([{"product": line.product, "groups": len(line.groups), "tally": line.tally} for line in found])
        return
    print_table(
        ("ID", "NAME", "GROUPS", "DEVICES", "ONLINE"),
        [(line.product.id, line.product.name, len(line.groups), line.tally.devices, line.tally.online) for line in found],
    )


async def _ls_groups(fleet: Fleet, words: str, is_json: bool) -> None:  # noqa: FBT001 - handed on
    tree = await fleet.look.tree()
    lines = [
        (product.product, line)
        for product in tree.products
        for line in product.groups
        if _fits(words, line.group.id, line.group.name, line.group.description, f"type:{line.group.type}", product.product.name)
    ]
    if is_json:
        print_json([{"group": line.group, "product_name": product.name, "tally": line.tally} for product, line in lines])
        return
    print_table(
        ("ID", "NAME", "TYPE", "DEVICES", "ONLINE", "PENDING", "PRODUCT"),
        [
            (
                line.group.id,
                line.group.name,
                line.group.type,
                line.tally.devices,
                line.tally.online,
                line.tally.pending,
                product.name,
            )
            for product, line in lines
        ],
    )


async def _ls_deployments(fleet: Fleet, words: str, is_json: bool) -> None:  # noqa: FBT001 - handed on
    rows = [
        row
        for row in await fleet.look.deployments(limit=1_000_000)
        if _fits(words, row.deployment.id, row.deployment.sha, row.deployment.description, row.group_name, *row.deployment.tags)
    ]
    if is_json:
        print_json([_deployment_facts(row) for row in rows])
        return
    print_table(
        ("ID", "SHA", "CREATED", "BY", "CURRENT", "FLAGGED", "REVIEW", "GROUP", "DESCRIPTION"),
        [
            (
                row.deployment.id,
                row.deployment.sha[:12],
                printed(row.deployment.created_at),
                row.creator_name,
                "current" if row.is_current else "",
                "flagged" if row.deployment.is_flagged else "",
                mark_word(row.deployment),
                row.group_name,
                description_of(row.deployment),
            )
            for row in rows
        ],
    )


def _deployment_facts(row: DeploymentRow) -> dict[str, object]:
    found = as_json(row)
    assert isinstance(found, dict)  # noqa: S101 - a Struct
    return {**found, "review": mark_word(row.deployment) or None, "marks": marks_of(row.deployment)}


def _fits(words: str, *texts: str | None) -> bool:
    """Whether every word is somewhere in the texts; capitals never matter."""
    looked_in = "\x1f".join(text for text in texts if text).casefold()
    return all(word in looked_in for word in words.casefold().split())


@click.command(epilog=exits(*READING))
@click.argument("kind", type=click.Choice(["product", "group", "device", "deployment"]))
@click.argument("ref")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_obj
@plain
async def show(options: Options, kind: str, ref: str, is_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Show one thing; REF is any identifier, or a unique name."""
    async with connected(options) as fleet:
        found: object
        if kind == "device":
            device_id = await the_device(fleet, ref)
            fleet.watch.look_at([device_id])
            await fleet.watch.refresh_now()
            found = await fleet.look.device(device_id)
        elif kind == "group":
            found = await fleet.look.affected(await the_group(fleet, ref))
        elif kind == "product":
            product_id = await the_product(fleet, ref)
            tree = await fleet.look.tree()
            found = next(line for line in tree.products if line.product.id == product_id)
        else:
            found = await fleet.look.deployment(await the_deployment(fleet, ref))
        shown = _with_generation(as_json(found), fleet.changes.generation)
        if is_json:
            print_json(shown)
        else:
            _print_facts(shown)


def _with_generation(facts: object, generation: int) -> object:
    """Add `generation` to the device rows of a shown thing: the field is part of the JSON, though rows no longer store it."""
    if isinstance(facts, dict):
        for row in (facts.get("row"), *facts.get("first", ())):
            if isinstance(row, dict):
                row["generation"] = generation
    return facts


_LEFT_OUT = frozenset({"samples", "first"})


def _print_facts(facts: object, prefix: str = "") -> None:
    if not isinstance(facts, dict):
        return
    for name, value in facts.items():
        if name in _LEFT_OUT:
            continue
        if isinstance(value, dict):
            _print_facts(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, each in enumerate(value):
                _print_facts(each, f"{prefix}{name}[{number}].")
        else:
            shown = "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            click.echo(f"{prefix + name:<34} {safe_text(shown)}")
