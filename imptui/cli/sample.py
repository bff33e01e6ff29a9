"""sample: collect readings without a screen, for the only history there is."""

import asyncio
import json
import re
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import click

from imptui.cli.connect import connected
from imptui.cli.exit_codes import READING, ExitCode, exits
from imptui.cli.filter_help import FilterCommand
from imptui.cli.options import Options
from imptui.cli.runner import plain, safe_text
from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused
from imptui.fleet.fleet import Fleet
from imptui.fleet.sampling import Round, sample_round
from imptui.query.expression import Expr
from imptui.query.grammar import parse
from imptui.query.query import Query

_SPAN = re.compile(r"(\d{1,9})([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

NOTHING_READ = ExitCode.DIFFERS
"""Ended without a single reading although there were devices to read."""

EXITS = exits(*READING, NOTHING_READ, words={NOTHING_READ: "there were devices, and nothing could be read of them"})


def seconds(text: str) -> int:
    """The seconds of a duration such as `60`, `90s` or `8h`.

    Raises:
        BadParameter: It is none.
    """
    match = _SPAN.fullmatch(str(text))
    if match is None or not int(match[1]):
        raise click.BadParameter(f"{text} is no duration such as 60, 90s, 10m or 8h.")
    return int(match[1]) * _SECONDS[match[2]]


@dataclass(slots=True)
class Total:
    """What all rounds did."""

    rounds: int = 0
    readings: int = 0
    wanted: int = 0
    failures: int = 0


@click.command(cls=FilterCommand, epilog=EXITS)
@click.option(
    "-q", "--filter", "query", metavar="Q", default="", help="Which devices, as in the filter bar; @NAME: a saved filter."
)
@click.option("--every", "every_s", type=seconds, default="60", help="Seconds from one round to the next, or 10m and the like.")
@click.option("--for", "for_s", type=seconds, default=None, help="How long, as in 8h; until it is stopped when not given.")
@click.option("--json", "is_json", is_flag=True, help="One line of JSON for each round.")
@click.pass_obj
@plain
async def sample(options: Options, query: str, every_s: int, for_s: int | None, is_json: bool) -> None:  # noqa: FBT001 - click's
    """Read signal and free memory of devices again and again into the own history.

    The service keeps no history: what is read here is what sparklines, `falling`, `flapping` and `worst` know. It takes a
    quarter of the account's budget of requests at most; a round that cannot read all goes on with the oldest readings in the
    next one. Ctrl+c, SIGTERM and SIGHUP end it after what is under way, with code 0; code 1 says that nothing could be read.
    """
    where = None if query.startswith("@") else parse(query)
    async with connected(options) as fleet:
        if query.startswith("@"):
            where = parse((await fleet.queries.one(query[1:])).text)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        total = await _rounds(fleet, where, every_s, for_s, stop, is_json=is_json)
    if not is_json:
        click.echo(f"{total.readings:,} readings in {total.rounds:,} rounds.", err=True)
    if total.wanted and not total.readings:
        click.get_current_context().exit(NOTHING_READ)


async def _rounds(
    fleet: Fleet, where: Expr | None, every_s: int, for_s: int | None, stop: asyncio.Event, *, is_json: bool
) -> Total:
    loop = asyncio.get_running_loop()
    total, began = Total(), loop.time()
    while not stop.is_set():
        due = began + (total.rounds + 1) * every_s
        try:
            done = await sample_round(fleet, Query(where=where), until=partial(_is_over, stop, loop, due))
        except (NoAnswer, Refused) as error:
            done = Round(0, 0, str(error))
        total.rounds += 1
        total.readings += done.read
        total.wanted += done.wanted
        _tell(done, total, fleet.changes.now(), is_json=is_json)
        if for_s is not None and due >= began + for_s:
            break
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(0.0, due - loop.time()))
    return total


def _is_over(stop: asyncio.Event, loop: asyncio.AbstractEventLoop, due: float) -> bool:
    return stop.is_set() or loop.time() >= due


def _tell(done: Round, total: Total, now: datetime, *, is_json: bool) -> None:
    at = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    if is_json:
        facts = {"at": at, "round": total.rounds, "wanted": done.wanted, "read": done.read, "trouble": done.trouble}
        click.echo(json.dumps(facts))
    else:
        trouble = f": {safe_text(done.trouble)}" if done.trouble else ""
        click.echo(f"{at}  {done.read:,} of {done.wanted:,} devices read{trouble}")
