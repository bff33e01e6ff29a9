"""doctor: what was detected of this terminal and this installation, and what follows."""

import locale
import os
import sys

import click

from imptui import __version__
from imptui.cli.options import Options
from imptui.cli.plain import safe_text, sentences


@click.command()
@click.pass_obj
def doctor(options: Options) -> None:
    """Say what was detected of the terminal, and where things are kept; meant to be pasted into a question."""
    with sentences():
        context = options.named_context()
        locations = options.locations
        facts = [
            ("imptui", f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}"),
            ("TERM", os.environ.get("TERM", "not set")),
            ("COLORTERM", os.environ.get("COLORTERM", "not set")),
            ("NO_COLOR", "set: no colours" if os.environ.get("NO_COLOR") else "not set"),
            ("encoding", f"{locale.getpreferredencoding(False)} (ASCII borders when not UTF-8)"),
            ("over SSH", "yes: the mouse is off" if "SSH_CONNECTION" in os.environ else "no"),
            ("inside", "tmux" if "TMUX" in os.environ else "screen" if os.environ.get("TERM", "").startswith("screen") else "-"),
            ("data folder", str(locations.root)),
            ("settings", f"{locations.settings}{'' if locations.settings.exists() else ' (none: defaults)'}"),
            ("context", f"{context.name} at {context.endpoint}"),
            ("access", options.read_only_because(context) or "changes are allowed"),
        ]
        for name, value in facts:
            click.echo(f"{name:<12} {safe_text(value)}")
