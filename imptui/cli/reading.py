"""ls, show, code, diff, check, journal: looking without a screen."""

import sys
from pathlib import Path

import click

from imptui.cli.connect import connected
from imptui.cli.finding import the_deployment, the_device, the_group, the_product
from imptui.cli.options import Options
from imptui.cli.plain import Trouble, plain, print_json, print_table, safe_text, sentences
from imptui.fleet.fleet import Fleet
from imptui.model.deployment import CODE_LIMIT_BYTES
from imptui.model.line import DeviceRow
from imptui.model.parse import parse
from imptui.model.query import Expr, Query

PROGRAMS = click.Choice(["agent", "device"])
PAGE = 1000


@click.command()
@click.argument("kind", type=click.Choice(["products", "groups", "devices", "deployments"]))
@click.option(
    "--filter", "-q", "query", metavar="Q", default="", help="Devices as in the filter bar: 'offline>2h'; others by words."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--refresh", is_flag=True, help="Read from the service first.")
@click.pass_obj
@plain
async def ls(options: Options, kind: str, query: str, as_json: bool, refresh: bool) -> None:  # noqa: FBT001 - click passes flags so
    """List what is known: all of it, from the cache unless --refresh."""
    where = parse(query) if kind == "devices" else None
    async with connected(options, refresh=refresh) as fleet:
        if kind == "devices":
            await _ls_devices(fleet, where, as_json)
        else:
            others = {"products": _ls_products, "groups": _ls_groups, "deployments": _ls_deployments}
            await others[kind](fleet, query, as_json)


async def _ls_devices(fleet: Fleet, where: Expr | None, as_json: bool) -> None:  # noqa: FBT001 - handed on
    query = Query(where=where)
    total = await fleet.look.count(query)
    rows: list[DeviceRow] = []
    for start in range(0, total, PAGE):
        window = await fleet.look.window(query, start, PAGE)
        rows += [row for row in window.rows if row is not None]
    if as_json:
        print_json([_device_facts(row) for row in rows])
        return
    print_table(
        ("ID", "NAME", "STATE", "RSSI", "FREE", "IMP", "RELEASE", "GROUP", "PRODUCT"),
        (
            (
                row.device.id,
                row.device.name,
                "online" if row.device.is_online else "offline",
                row.reading.rssi_dbm if row.reading else None,
                row.reading.free_memory_bytes if row.reading else None,
                row.device.imp_type,
                row.device.release,
                row.group_name,
                row.product_name,
            )
            for row in rows
        ),
    )


def _device_facts(row: DeviceRow) -> dict[str, object]:
    return {
        "device": row.device,
        "group_name": row.group_name,
        "product_name": row.product_name,
        "reading": row.reading,
        "is_pending": row.is_pending,
    }


async def _ls_products(fleet: Fleet, words: str, as_json: bool) -> None:  # noqa: FBT001 - handed on
    tree = await fleet.look.tree()
    found = [line for line in tree.products if _fits(words, line.product.id, line.product.name, line.product.description)]
    if as_json:
        print_json([{"product": line.product, "groups": len(line.groups), "tally": line.tally} for line in found])
        return
    print_table(
        ("ID", "NAME", "GROUPS", "DEVICES", "ONLINE"),
        [(line.product.id, line.product.name, len(line.groups), line.tally.devices, line.tally.online) for line in tree.products],
    )


async def _ls_groups(fleet: Fleet, words: str, as_json: bool) -> None:  # noqa: FBT001 - handed on
    tree = await fleet.look.tree()
    lines = [
        (product.product, line)
        for product in tree.products
        for line in product.groups
        if _fits(words, line.group.id, line.group.name, line.group.description, f"type:{line.group.type}", product.product.name)
    ]
    if as_json:
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


async def _ls_deployments(fleet: Fleet, words: str, as_json: bool) -> None:  # noqa: FBT001 - handed on
    rows = [
        row
        for row in await fleet.look.deployments(limit=1_000_000)
        if _fits(words, row.deployment.id, row.deployment.sha, row.deployment.description, row.group_name, *row.deployment.tags)
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "SHA", "CREATED", "BY", "CURRENT", "FLAGGED", "GROUP", "DESCRIPTION"),
        [
            (
                row.deployment.id,
                row.deployment.sha[:12],
                row.deployment.created_at.strftime("%Y-%m-%d %H:%M:%S"),
                row.creator_name,
                "current" if row.is_current else "",
                "flagged" if row.deployment.is_flagged else "",
                row.group_name,
                row.deployment.description,
            )
            for row in rows
        ],
    )


def _fits(words: str, *texts: str | None) -> bool:
    """Whether every word is somewhere in the texts; capitals never matter."""
    looked_in = "\x1f".join(text for text in texts if text).casefold()
    return all(word in looked_in for word in words.casefold().split())


@click.command()
@click.argument("kind", type=click.Choice(["product", "group", "device", "deployment"]))
@click.argument("ref")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
@plain
async def show(options: Options, kind: str, ref: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
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
        if as_json:
            print_json(found)
        else:
            from imptui.cli.plain import as_json as facts_of

            _print_facts(facts_of(found))


_LEFT_OUT = frozenset({"samples", "first", "generation"})


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


@click.command()
@click.argument("deployment")
@click.argument("program", type=PROGRAMS)
@click.pass_obj
@plain
async def code(options: Options, deployment: str, program: str) -> None:
    """Print a program of a deployment: byte for byte into a file or pipe, made safe on a terminal."""
    async with connected(options) as fleet:
        programs = await fleet.deploys.programs(await the_deployment(fleet, deployment))
    text = programs.of(program)
    if sys.stdout.isatty():
        click.echo(shown(text), nl=False)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()


def shown(text: str) -> str:
    """Lines of code as a terminal may have them: tabs and line ends stay, everything else is made safe."""
    return "\n".join("\t".join(safe_text(part) for part in line.split("\t")) for line in text.split("\n"))


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--program", type=PROGRAMS, help="Which program, where a side is a deployment.")
@click.pass_obj
def diff(options: Options, a: str, b: str, program: str | None) -> None:
    """Compare: each side is a deployment or a file. Exit code 0: same, 1: different, 2: trouble."""
    import asyncio

    with sentences(trouble=2):
        try:
            is_same = asyncio.run(_diff(options, a, b, program))
        except Trouble as error:
            raise Trouble(str(error), 2) from error
    sys.exit(0 if is_same else 1)


async def _diff(options: Options, a: str, b: str, program: str | None) -> bool:
    from imptui.squirrel.diff import unified

    sides = await _sides(options, a, b, program)
    is_same = True
    for (old_name, old), (new_name, new) in sides:
        lines = list(unified(old, new, old_name, new_name))
        is_same = is_same and not lines
        text = "".join(lines)
        if sys.stdout.isatty():
            click.echo(shown(text), nl=False)
        else:
            sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()
    return is_same


Side = tuple[str, str]


async def _sides(options: Options, a: str, b: str, program: str | None) -> list[tuple[Side, Side]]:
    """Pairs of (name, text) to compare: one pair, or both programs of two deployments."""
    files = [_is_file(a), _is_file(b)]
    if all(files):
        return [((a, read_code(Path(a))), (b, read_code(Path(b))))]
    if any(files) and program is None:
        raise Trouble("Say which program of the deployment is meant: --program agent or --program device.", 2)
    async with connected(options) as fleet:

        async def side(text: str, name: str, which: str) -> Side:
            if _is_file(text):
                return text, read_code(Path(text))
            deployment_id = await the_deployment(fleet, text)
            return f"{name}/{which}.nut", (await fleet.deploys.programs(deployment_id)).of(which)

        chosen = [program] if program is not None else ["agent", "device"]
        return [(await side(a, "a", which), await side(b, "b", which)) for which in chosen]


def _is_file(text: str) -> bool:
    return Path(text).is_file() or "/" in text or text.endswith(".nut")


def read_code(path: Path) -> str:
    """A program from a file.

    Raises:
        Trouble: The file is too large or no text.
        OSError: It cannot be read.
    """
    raw = path.read_bytes()
    if len(raw) > CODE_LIMIT_BYTES:
        raise Trouble(f"{path} has {len(raw):,} bytes; a program takes at most {CODE_LIMIT_BYTES:,}.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is no UTF-8 text: byte {error.start} makes no sense.") from error


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check(files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Say what a compiler refuses: one line FILE:ROW:COLUMN: MESSAGE per refused file. Exit 0: none, 1: some, 2: trouble."""
    from imptui.squirrel.syntax import check as compile_check

    with sentences(trouble=2):
        refused = []
        for path in files:
            error = compile_check(_read_to_check(path))
            if error is not None:
                refused.append({"file": str(path), "row": error.row, "column": error.column, "message": error.message})
        if as_json:
            print_json(refused)
        else:
            for each in refused:
                click.echo(safe_text(f"{each['file']}:{each['row']}:{each['column']}: {each['message']}"))
    sys.exit(1 if refused else 0)


def _read_to_check(path: Path) -> str:
    try:
        return read_code(path)
    except Trouble as error:
        raise Trouble(str(error), 2) from error


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--limit", default=100, show_default=True, help="How many, newest first.")
@click.pass_obj
@plain
async def journal(options: Options, as_json: bool, limit: int) -> None:  # noqa: FBT001 - click passes flags so
    """What was changed from here: who, when, what, before, after, and the service's answer."""
    async with connected(options, stays_here=True) as fleet:
        entries = await fleet.look.journal(limit)
    if as_json:
        print_json(entries)
        return
    print_table(
        ("AT", "WHO", "WHAT", "SUBJECT", "ANSWER"),
        [(each.at.strftime("%Y-%m-%d %H:%M:%S"), each.who, each.verb, each.subject, each.answer) for each in entries],
    )
