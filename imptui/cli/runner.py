"""Runs plain commands: data on stdout, sentences on stderr, and the exit codes of `exit_codes`."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, ParamSpec

from msgspec import Struct

from imptui.cache.errors import CacheUnreadable
from imptui.cli.exit_codes import ExitCode
from imptui.client.errors import Malformed, NoAnswer
from imptui.config.errors import Misconfigured, NoSuchContext, NotLoggedIn, WrongEndpoint
from imptui.domain.errors import NotFound, Refused, TooFast
from imptui.query.expression import QueryError

USAGE = ExitCode.USAGE
"""The command line is invalid, or the command does not work in this context."""

Given = ParamSpec("Given")


class Trouble(Exception):
    """A failure with a sentence for the user at the command line."""

    def __init__(self, sentence: str, exit_code: int = ExitCode.OTHER) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def safe_text(text: str) -> str:
    """Return text from outside without characters that move, hide or reorder. See `imptui.tui.present.safe`."""
    from imptui.tui.present.safe import safe

    return safe(text)


def plain(run: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Wrap a coroutine as a command: failures become one sentence on stderr and an exit code."""

    @wraps(run)
    def command(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with sentences():
            asyncio.run(run(*args, **kwargs))

    return command


@contextmanager
def sentences() -> Iterator[None]:
    """Turn expected failures into sentences and exit codes."""
    from click.exceptions import Abort

    try:
        yield
        flush()
    except BrokenPipeError:
        # The reader closed the pipe; the interpreter must not report it at exit either.
        _mute()
        sys.exit(ExitCode.DONE)
    except Trouble as error:
        fail(str(error), error.exit_code)
    except QueryError as error:
        fail(_filter_error(error), USAGE)
    except (Refused, NoAnswer, Misconfigured, CacheUnreadable) as error:
        fail(_refusal(error) if isinstance(error, Refused) else str(error), code_of(error))
    except (KeyboardInterrupt, Abort):
        fail("Interrupted.", ExitCode.INTERRUPTED)
    except OSError as error:
        if error.filename is None and _is_of_output(error):
            _mute()
            fail(f"The result could not be written: {error.strerror or error}.", ExitCode.UNWRITTEN)
        where = f" {error.filename}" if error.filename else ""
        fail(f"Cannot use{where}: {error.strerror or error}.")


def code_of(error: Exception) -> ExitCode:
    """Return the exit code for an error of a room below."""
    match error:
        case WrongEndpoint():
            return ExitCode.USAGE
        case NotFound() | NoSuchContext() | NotLoggedIn():
            return ExitCode.NOT_FOUND
        case TooFast():
            return ExitCode.TOO_FAST
        case Refused():
            return ExitCode.REFUSED
        case NoAnswer(is_done=True):
            return ExitCode.UNWRITTEN
        case NoAnswer(is_outcome_unknown=True):
            return ExitCode.UNKNOWN
        case NoAnswer() if not isinstance(error, Malformed):
            return ExitCode.UNREACHABLE
        case _:
            return ExitCode.OTHER


@contextmanager
def written(done: str) -> Iterator[None]:
    """Print the result of a change; if that fails, report the completed change on stderr, with the code "do not repeat".

    Args:
        done: The change and its result, as the start of a sentence: "Deployed 5d0c…".
    """
    try:
        yield
        flush()
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        _mute()
        raise Trouble(f"{done}, but the result could not be written: {why}.", ExitCode.UNWRITTEN) from error


def flush() -> None:
    """Flush everything printed to standard output.

    Raises:
        OSError: The output cannot be written.
    """
    sys.stdout.flush()


_PRINTING = ("click.utils", __name__, "imptui.cli.programs")
"""The modules that write to standard output. An error of a stream does not say which stream failed."""


def _is_of_output(error: OSError) -> bool:
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    return innermost is not None and innermost.tb_frame.f_globals.get("__name__") in _PRINTING


def _mute() -> None:
    """Discard unwritable output, because the interpreter would fail again at exit."""
    with suppress(OSError, ValueError):
        number = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def remark(sentence: str) -> None:
    """Write a sentence to stderr; a failure to write does not affect the command."""
    import click

    with suppress(OSError, ValueError):
        click.echo(f"imptui: {safe_text(sentence)}", err=True)


def _filter_error(error: QueryError) -> str:
    """Return the error in a filter, and below it the filter with the place marked."""
    from imptui.tui.present.safe import safe, width

    if not error.text:
        return error.reason
    before, wrong = error.text[: error.column], error.text[error.column : error.column + error.length]
    marks = " " * width(safe(before)) + "^" * max(1, width(safe(wrong)))
    return f"{error.reason} (character {error.column + 1})\n  {safe(error.text)}\n  {marks}"


def _refusal(error: Refused) -> str:
    lines = [error.reason]
    lines += [f"  {part.reason}" for part in error.parts]
    lines += [f"  {each.program}_code:{each.row}:{each.column}: {each.text}" for each in error.compile_messages]
    return "\n".join(lines)


def fail(sentence: str, exit_code: int = ExitCode.OTHER) -> NoReturn:
    """Print the reason on stderr and exit."""
    import click

    with suppress(OSError, ValueError):  # the exit code reports it as well
        for number, line in enumerate(sentence.split("\n")):
            click.echo(("imptui: " if number == 0 else "") + safe_text(line), err=True)
    sys.exit(int(exit_code))


def as_json(thing: object) -> object:
    """Convert a domain object for JSON: times in ISO 8601, enumerations by their word."""
    if isinstance(thing, Struct):
        return {name: as_json(getattr(thing, name)) for name in thing.__struct_fields__}
    if isinstance(thing, datetime):
        return thing.isoformat().replace("+00:00", "Z")
    if isinstance(thing, Mapping):
        return {str(key): as_json(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple | set | frozenset):
        return [as_json(each) for each in thing]
    if isinstance(thing, str):
        return str(thing)
    return thing


def print_json(thing: object) -> None:
    """Print a value as JSON, with everything but ASCII escaped, so that no character can do harm."""
    import click

    click.echo(json.dumps(as_json(thing), indent=2))


class TextTable:
    """Prints a table with fitted columns, two blanks apart, in parts of which only one is in memory.

    A column that needs more width in a later part is wider from there on.

    Args:
        heads: The column heads; printed even if no row follows.
    """

    def __init__(self, heads: Sequence[str]) -> None:
        self._heads: Sequence[str] | None = heads
        self._widths = list(map(len, heads))

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Print a part of the rows."""
        from imptui.tui.present.safe import width

        cells = [[safe_text("" if cell is None else str(cell)) for cell in row] for row in rows]
        for row in cells:
            self._widths = [max(pair) for pair in zip(self._widths, map(width, row), strict=True)]
        if self._heads is not None:
            cells.insert(0, [*self._heads])
            self._heads = None
        for row in cells:
            padded = [cell + " " * (room - width(cell)) for cell, room in zip(row, self._widths, strict=True)]
            print("  ".join(padded).rstrip())  # noqa: T201 - data goes to standard output

    def end(self) -> None:
        """Finish the output after the last part."""
        if self._heads is not None:
            self.add(())


class JsonList:
    """Prints a JSON list in the format of `print_json`, in parts of which only one is in memory."""

    def __init__(self) -> None:
        self._before = "["

    def add(self, things: Iterable[object]) -> None:
        """Print a part of the items."""
        for thing in things:
            text = json.dumps(as_json(thing), indent=2).replace("\n", "\n  ")  # JSON escapes line ends in texts
            print(f"{self._before}\n  {text}", end="")  # noqa: T201 - data goes to standard output
            self._before = ","

    def end(self) -> None:
        """Finish the output after the last part."""
        print("[]" if self._before == "[" else "\n]")  # noqa: T201 - data goes to standard output


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a whole `TextTable` at once."""
    TextTable(heads).add(rows)
