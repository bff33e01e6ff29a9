"""Data folders with a fleet in world and cache, made once and copied for every console that is started."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from imptui.cloud.admin import open_world
from imptui.config.locations import make_private
from tests.terminal.sitting import Sitting

QUIT = "\x11"


def seeded(root: Path, devices: int) -> Path:
    """A data folder whose world has so many devices, and that no console has seen."""
    folder = root / f"seeded-{devices}"
    world = folder / "demo" / "world.sqlite"
    if not world.exists():
        make_private(world.parent)
        open_world(world.with_suffix(".new"), fleet="large", devices=devices).close()
        world.with_suffix(".new").rename(world)
    return folder


def known(root: Path, devices: int) -> Path:
    """A data folder whose cache knows the whole fleet, and in which a console was open before."""
    folder = root / f"known-{devices}"
    if not folder.exists():
        making = folder.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(seeded(root, devices), making)
        subprocess.run([sys.executable, "-m", "imptui", "--data-dir", making, "ls", "products"], check=True, capture_output=True)
        terminal = opened(making, devices)
        terminal.rests(2.0)
        leave(terminal)
        making.rename(folder)
    return folder


def demonstration(root: Path) -> Path:
    """A data folder in which the demonstration was opened once."""
    folder = root / "demonstration"
    if not folder.exists():
        making = folder.with_suffix(".new")
        subprocess.run([sys.executable, "-m", "imptui", "--data-dir", making, "ls", "products"], check=True, capture_output=True)
        making.rename(folder)
    return folder


def opened(folder: Path, devices: int, *, cells: int = 120, rows: int = 40, **environ: str) -> Sitting:
    """The console, with the first rows of the list on the screen."""
    terminal = Sitting(["--data-dir", str(folder)], cells=cells, rows=rows, **environ)
    terminal.waits_for(f"of {devices:,}")
    return terminal


def leave(terminal: Sitting) -> None:
    """Quit, by its key."""
    terminal.types(QUIT)
    terminal.ends()
    terminal.close()
