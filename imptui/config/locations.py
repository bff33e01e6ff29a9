"""Where imptui keeps what it writes: everything below one folder.

DATA/
  settings.toml          what the user set; only read
  contexts.json          the named contexts, and which was used last
  habits.json            how lists were left, by those who look at them
  filters.json           what lists were filtered by
  secrets/NAME.json      tokens of a context, mode 0600
  cache/NAME.sqlite      what was read in a context
  demo/world.sqlite      the embedded engine's world
  frames/                the last screen of a console, for the next start
  exports/               what was saved: code, lists, screenshots, the clipboard's fallback
"""

import os
import re
from pathlib import Path

from msgspec import Struct

from imptui.config.folder import data_folder

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


class Locations(Struct, frozen=True):
    """The paths below one data folder; asking for one creates nothing."""

    root: Path

    @property
    def settings(self) -> Path:
        """What the user set."""
        return self.root / "settings.toml"

    @property
    def contexts(self) -> Path:
        """The named contexts."""
        return self.root / "contexts.json"

    @property
    def habits(self) -> Path:
        """How the lists were left."""
        return self.root / "habits.json"

    @property
    def filters(self) -> Path:
        """What lists were filtered by."""
        return self.root / "filters.json"

    def secrets(self, context: str) -> Path:
        """The tokens of a context."""
        return self.root / "secrets" / f"{_file_name(context)}.json"

    def cache(self, context: str) -> Path:
        """What was read in a context."""
        return self.root / "cache" / f"{_file_name(context)}.sqlite"

    @property
    def world(self) -> Path:
        """The embedded engine's world."""
        return self.root / "demo" / "world.sqlite"

    @property
    def frames(self) -> Path:
        """The last screens of consoles."""
        return self.root / "frames"

    def frame(self, name: str) -> Path:
        """The last screen of a console that was started like the name says."""
        return self.frames / f"{_file_name(name)}.frame"

    @property
    def exports(self) -> Path:
        """What was saved from the console."""
        return self.root / "exports"


def locate(data_dir: Path | None) -> Locations:
    """The locations below `data_dir`, else below `IMPTUI_DATA_DIR`, else where the platform keeps such data."""
    return Locations(Path(data_folder(str(data_dir) if data_dir is not None else None)))


def make_private(folder: Path) -> None:
    """Make a folder, and the ones above it, that only its owner can read.

    Raises:
        OSError: It cannot be made.
    """
    missing = [folder]
    while not missing[-1].parent.exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for each in reversed(missing):  # `parents=True` would make the ones above with the umask's mode
        each.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises:
        OSError: It cannot be written; what was there before is untouched.
    """
    make_private(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _file_name(context: str) -> str:
    # Two contexts must not share a file: what is not plain is spelled by its code point.
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):x}%", context)
