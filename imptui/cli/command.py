"""The command, with its options."""

import time
from contextlib import suppress
from pathlib import Path

import click

from imptui import __version__
from imptui.cli.console import open_console, prepare_output
from imptui.cli.exit_codes import ExitCode, exits
from imptui.cli.options import Options
from imptui.cli.runner import safe_text
from imptui.config.errors import Misconfigured
from imptui.config.locations import move_once
from imptui.config.settings import CLIPBOARDS

_COMMANDS = {
    "login": ("login", "logout", "contexts"),
    "lists": ("ls", "show"),
    "programs": ("code", "diff", "check"),
    "review": ("review",),
    "journal": ("journal",),
    "deploy": ("deploy", "promote", "rollback", "rollout"),
    "logs": ("logs",),
    "maintenance": ("clean", "grep"),
    "sample": ("sample",),
    "backup": ("backup", "restore"),
    "serve": ("serve", "world"),
    "screenshot": ("screenshot",),
    "doctor": ("doctor", "reset-terminal"),
}
"""Subcommands by the module that holds them: only the one that runs is imported."""


class LazyGroup(click.Group):
    """A group that imports the module of a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        """All subcommands, in order of the alphabet."""
        return sorted(name for names in _COMMANDS.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's shape
        """The subcommand of that name."""
        from importlib import import_module

        for module, names in _COMMANDS.items():
            if cmd_name in names:
                found = getattr(import_module(f"imptui.cli.{module}"), cmd_name.replace("-", "_"))
                assert isinstance(found, click.Command)  # noqa: S101 - _COMMANDS names commands
                return found
        return None


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=exits(*ExitCode),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--context", metavar="NAME", help="Work in this context instead of the last used one.")
@click.option("--endpoint", metavar="URL", help="Work with the impCentral API at this address.")
@click.option(
    "--data-dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything that imptui writes here (also IMPTUI_DATA_DIR).",
)
@click.option("--readonly", is_flag=True, help="Refuse everything that would change something (also IMPTUI_READONLY).")
@click.option("--theme", metavar="NAME", help="Colours: the name of a theme, or a theme file.")
@click.option("--ascii/--no-ascii", "ascii_", default=None, help="Borders, icons and sparklines in ASCII.")
@click.option("--slow", is_flag=True, help="Fewer frames and longer polls, for slow lines.")
@click.option("--clipboard", type=click.Choice(CLIPBOARDS), help="Where copied text goes: over the line, a program, a file.")
@click.option("--run", metavar="COMMAND", help="Begin with a command of the console, such as 'line Line Fixtures'.")
@click.version_option(__version__, message="imptui %(version)s")
@click.pass_context
def command(
    ctx: click.Context,
    context: str | None,
    endpoint: str | None,
    data_dir: Path | None,
    readonly: bool,  # noqa: FBT001 - click passes flags so
    theme: str | None,
    ascii_: bool | None,  # noqa: FBT001 - click passes flags so
    slow: bool,  # noqa: FBT001 - click passes flags so
    clipboard: str | None,
    run: str | None,
) -> None:
    """A console for fleets of Electric Imp devices.

    Without a command, opens the console on the last used context; with none, on the embedded demonstration.
    """
    prepare_output()
    started_s = ctx.obj if isinstance(ctx.obj, float) else time.time()
    ctx.obj = Options(context, endpoint, data_dir, readonly, theme, ascii_, slow, run, clipboard, started_s)
    if ctx.invoked_subcommand is None:
        open_console(ctx.obj)
        return
    with suppress(Misconfigured):  # a command that needs a folder says why there is none
        for moved in move_once(ctx.obj.locations):
            click.echo(f"imptui: {safe_text(moved)}", err=True)
