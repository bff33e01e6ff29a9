"""code, diff, check: programs."""

import sys
from pathlib import Path

import click
from msgspec import Struct

from imptui.cli.connect import connected
from imptui.cli.exit_codes import LOCAL, READING, ExitCode, exits
from imptui.cli.options import Options
from imptui.cli.references import the_deployment
from imptui.cli.runner import Trouble, plain, print_json, safe_text, sentences
from imptui.domain.deployment import CODE_LIMIT_BYTES

PROGRAMS = click.Choice(["agent", "device"])


@click.command(epilog=exits(*READING))
@click.argument("deployment")
@click.argument("program", type=PROGRAMS)
@click.pass_obj
@plain
async def code(options: Options, deployment: str, program: str) -> None:
    """Print a program of a deployment: byte for byte into a file or pipe, made safe on a terminal."""
    async with connected(options) as fleet:
        programs = await fleet.programs.of(await the_deployment(fleet, deployment))
    text = programs.of(program)
    if sys.stdout.isatty():
        click.echo(shown(text), nl=False)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()


def shown(text: str) -> str:
    """Lines of code as a terminal may have them: tabs and line ends stay, everything else is made safe."""
    return "\n".join("\t".join(safe_text(part) for part in line.split("\t")) for line in text.split("\n"))


@click.command(epilog=exits(*READING, ExitCode.DIFFERS, words={ExitCode.DONE: "same", ExitCode.DIFFERS: "different"}))
@click.argument("a")
@click.argument("b")
@click.option("--program", type=PROGRAMS, help="Which program, where a side is a deployment.")
@click.option("--json", "is_json", is_flag=True, help="As JSON: for each program the counts of lines and the patch.")
@click.pass_obj
def diff(options: Options, a: str, b: str, program: str | None, is_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Compare two sides; each is a deployment or a file."""
    import asyncio

    with sentences():
        is_same = asyncio.run(_diff(options, a, b, program, is_json))
    sys.exit(ExitCode.DONE if is_same else ExitCode.DIFFERS)


async def _diff(options: Options, a: str, b: str, program: str | None, is_json: bool) -> bool:  # noqa: FBT001 - handed on
    changes = [changes_of(old, new) for old, new in await _sides(options, a, b, program)]
    if is_json:
        print_json(changes)
    else:
        for each in changes:
            print_patch(each.patch)
    sys.stdout.flush()
    return not any(each.patch for each in changes)


class TextDifference(Struct, frozen=True):
    """What differs between two texts."""

    old: str
    """What the old side is called."""
    new: str
    added: int
    """Lines."""
    removed: int
    patch: str
    """As `patch` reads it; empty: they are the same."""


def changes_of(old: "Side", new: "Side") -> TextDifference:
    """Compare two named texts."""
    from imptui.textdiff.diff import diff_lines, unified

    found = diff_lines(old[1], new[1])
    return TextDifference(old[0], new[0], found.added, found.removed, "".join(unified(old[1], new[1], old[0], new[0])))


def print_patch(patch: str) -> None:
    """Byte for byte into a file or pipe, made safe on a terminal."""
    if sys.stdout.isatty():
        click.echo(shown(patch), nl=False)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(patch.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()


Side = tuple[str, str]


async def _sides(options: Options, a: str, b: str, program: str | None) -> list[tuple[Side, Side]]:
    """Pairs of (name, text) to compare: one pair, or both programs of two deployments."""
    files = [_is_file(a), _is_file(b)]
    if all(files):
        return [((a, read_code(Path(a))), (b, read_code(Path(b))))]
    if any(files) and program is None:
        raise Trouble("Say which program of the deployment is meant: --program agent or --program device.", ExitCode.USAGE)
    async with connected(options) as fleet:

        async def side(text: str, name: str, which: str) -> Side:
            if _is_file(text):
                return text, read_code(Path(text))
            deployment_id = await the_deployment(fleet, text)
            return f"{name}/{which}.nut", (await fleet.programs.of(deployment_id)).of(which)

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


@click.command(epilog=exits(*LOCAL, ExitCode.DIFFERS, words={ExitCode.DONE: "all compile", ExitCode.DIFFERS: "some do not"}))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check(files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Say what a compiler refuses: one line FILE:ROW:COLUMN: MESSAGE per refused file."""
    from imptui.squirrel.syntax.checker import check as compile_check

    with sentences():
        refused = []
        for path in files:
            error = compile_check(read_code(path))
            if error is not None:
                refused.append({"file": str(path), "row": error.row, "column": error.column, "message": error.message})
        if as_json:
            print_json(refused)
        else:
            for each in refused:
                click.echo(safe_text(f"{each['file']}:{each['row']}:{each['column']}: {each['message']}"))
    sys.exit(ExitCode.DIFFERS if refused else ExitCode.DONE)
