"""The paths of all files that imptui writes, below one data folder.

DATA/
  settings.toml          the settings of the user; only read
  contexts.json          the named contexts, and the name of the last used one
  habits.json            the session state
  filters.json           the filter history
  secrets/NAME.json      tokens of a context, mode 0600
  cache/NAME.sqlite      the cache of a context
  locks/NAME/            one file for each group that was deployed to, so that processes take turns
  demo/world.sqlite      the embedded engine's world
  frames/                cached frames, painted first at the next start
  exports/               files that the user saved: code, lists, screenshots, copied text
"""

import os
import re
from pathlib import Path

from msgspec import Struct

from imptui.config.folder import data_folder

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


class Locations(Struct, frozen=True):
    """The paths below one data folder. Reading a path creates nothing."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings of the user."""
        return self.root / "settings.toml"

    @property
    def contexts(self) -> Path:
        """The named contexts."""
        return self.root / "contexts.json"

    @property
    def state(self) -> Path:
        """The session state."""
        return self.root / "habits.json"

    @property
    def filter_history(self) -> Path:
        """The filter history."""
        return self.root / "filters.json"

    def secrets(self, context: str) -> Path:
        """The tokens of a context."""
        return self.root / "secrets" / f"{_file_name(context)}.json"

    def cache(self, context: str) -> Path:
        """The cache of a context."""
        return self.root / "cache" / f"{_file_name(context)}.sqlite"

    def locks(self, context: str) -> Path:
        """The folder of the locks of a context."""
        return self.root / "locks" / _file_name(context)

    @property
    def world(self) -> Path:
        """The world of the embedded engine."""
        return self.root / "demo" / "world.sqlite"

    @property
    def frames(self) -> Path:
        """The folder of cached frames."""
        return self.root / "frames"

    def frame(self, name: str) -> Path:
        """The cached frame for a start with the options that `name` encodes."""
        return self.frames / f"{_file_name(name)}.frame"

    @property
    def exports(self) -> Path:
        """The folder of files that the user saved."""
        return self.root / "exports"


def locate(data_dir: Path | None) -> Locations:
    """Return the locations below `data_dir`, else `IMPTUI_DATA_DIR`, else the default of the platform."""
    return Locations(Path(data_folder(str(data_dir) if data_dir is not None else None)))


def make_private(folder: Path) -> None:
    """Create a folder, and its missing parents, that only the owner can read.

    Raises:
        OSError: The folder cannot be created.
    """
    missing = [folder]
    while not missing[-1].parent.exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for each in reversed(missing):  # `parents=True` would create the parents with the mode of the umask
        each.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner alone.

    Raises:
        OSError: The file cannot be written; its previous content is unchanged.
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
    # Two contexts must not share a file, so other characters are written as their code points.
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):x}%", context)
