"""Secrets for a command: from a file, standard input or the environment; an option of the command line shows in `ps`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from imptui.cli.runner import USAGE, Trouble

PASSWORD_VARIABLE = "IMPTUI_WORLD_PASSWORD"  # noqa: S105 - the name of a variable
UNBOND_KEY_VARIABLE = "IMPTUI_WORLD_UNBOND_KEY"

STANDARD_INPUT = "-"


def secret_option(name: str, metavar: str, help_text: str) -> Callable[[Any], Any]:
    """Add `--NAME` and `--NAME-file` to a command."""

    def add(command: Any) -> Any:
        of_file = f"Read it from the first line of FILE; {STANDARD_INPUT} is standard input."
        command = click.option(f"--{name}-file", metavar="FILE", help=of_file)(command)
        return click.option(f"--{name}", metavar=metavar, help=f"{help_text} Shows in ps: prefer --{name}-file.")(command)

    return add


def secret_of(name: str, given: str | None, file: str | None, variable: str | None = None) -> str | None:
    """Return a secret from the option, its file or the environment, in this order; None if it was not given.

    Args:
        name: Name of the option, without dashes.
        given: The option's value.
        file: Where else it is.
        variable: The variable of the environment that may hold it.

    Raises:
        Trouble: It was given twice, or is empty.
        OSError: The file cannot be read.
    """
    if given is not None and file is not None:
        raise Trouble(f"Give --{name} or --{name}-file, not both.", USAGE)
    if given is not None:
        other = f" or in {variable}" if variable else ""
        click.echo(
            f"imptui: --{name} shows in the list of processes; give it with --{name}-file FILE (- is standard input){other}.",
            err=True,
        )
        return given
    if file is not None:
        return _not_empty(_typed(name) if file == STANDARD_INPUT else _first_line(Path(file)), name)
    found = os.environ.get(variable, "") if variable else ""
    return found or None


def _typed(name: str) -> str:
    if sys.stdin.isatty():
        answer = click.prompt(name.replace("-", " ").capitalize(), hide_input=True, err=True)
        assert isinstance(answer, str)  # noqa: S101 - click.prompt without type answers text
        return answer
    return sys.stdin.readline().rstrip("\r\n")


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().rstrip("\r\n")


def _not_empty(secret: str, name: str) -> str:
    if not secret:
        raise Trouble(f"--{name}-file holds no {name.replace('-', ' ')}: its first line is empty.", USAGE)
    return secret
