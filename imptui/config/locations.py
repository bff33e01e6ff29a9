"""The paths of all files that imptui writes, in the folders that the platform has for each kind.

CONFIG/  (XDG_CONFIG_HOME/imptui)
  settings.toml          the settings of the user; only read
  contexts.json          the named contexts, and the name of the last used one
STATE/   (XDG_STATE_HOME/imptui)
  habits.json            the session state
  filters.json           the filter history
DATA/    (XDG_DATA_HOME/imptui)
  secrets/NAME.json      tokens of a context, mode 0600
  cache/NAME.sqlite      the cache of a context, with its journal and drafts, which no service could replace
  locks/NAME/            one file for each group that was deployed to, so that processes take turns
  demo/world.sqlite      the embedded engine's world
  exports/               files that the user saved: code, lists, screenshots, copied text
CACHE/   (XDG_CACHE_HOME/imptui)
  frames/                cached frames, painted first at the next start

With IMPTUI_DATA_DIR or --data-dir, all of them are below one folder. Earlier versions kept everything in DATA: `move_once`
moves those files, and a file that could not be moved is used where it is.
"""

import contextlib
import errno
import os
import re
import stat
from pathlib import Path

from msgspec import Struct

from imptui.config.errors import Misconfigured
from imptui.config.folder import DATA_DIR_VARIABLE, NoDataFolder, folders, settled

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
"""The bits of a mode that let others put files into a folder."""

WAY_OUT = f"name a folder of your own with {DATA_DIR_VARIABLE} or --data-dir"

LONGEST_PREFIX = 200
"""Characters of a file's name in the name of its temporary file; names have at most 255 bytes."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


class Locations(Struct, frozen=True):
    """The paths of all files. Reading a path creates nothing.

    Attributes:
        root: The data folder.
        config_folder: The folder of settings; None: the data folder.
        state_folder: The folder of session state; None: the data folder.
        cache_folder: The folder of what may be deleted at any time; None: the data folder.
    """

    root: Path
    config_folder: Path | None = None
    state_folder: Path | None = None
    cache_folder: Path | None = None

    @property
    def settings(self) -> Path:
        """The settings of the user."""
        return self._settled(self.config_folder, "settings.toml")

    @property
    def contexts(self) -> Path:
        """The named contexts."""
        return self._settled(self.config_folder, "contexts.json")

    @property
    def state(self) -> Path:
        """The session state."""
        return self._settled(self.state_folder, "habits.json")

    @property
    def filter_history(self) -> Path:
        """The filter history."""
        return self._settled(self.state_folder, "filters.json")

    def _settled(self, folder: Path | None, name: str) -> Path:
        return Path(settled(str(folder or self.root), str(self.root), name))

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
    def caches(self) -> Path:
        """The folder of the caches of all contexts."""
        return self.root / "cache"

    @property
    def world(self) -> Path:
        """The world of the embedded engine."""
        return self.root / "demo" / "world.sqlite"

    @property
    def frames(self) -> Path:
        """The folder of cached frames."""
        return (self.cache_folder or self.root) / "frames"

    def frame(self, name: str) -> Path:
        """The cached frame for a start with the options that `name` encodes."""
        return self.frames / f"{_file_name(name)}.frame"

    @property
    def exports(self) -> Path:
        """The folder of files that the user saved."""
        return self.root / "exports"


def locate(data_dir: Path | None) -> Locations:
    """Return the locations below `data_dir`, else `IMPTUI_DATA_DIR`, else in the folders of the platform.

    Raises:
        Misconfigured: The environment does not say which folder to use.
    """
    try:
        data, *others = folders(str(data_dir) if data_dir is not None else None)
        return Locations(Path(data), *(Path(each) if each != data else None for each in others))
    except NoDataFolder as error:
        raise Misconfigured(str(error)) from error


def move_once(locations: Locations) -> list[str]:
    """Move files that an earlier version kept in the data folder to their folders; return a sentence for each.

    No file is replaced, a link stays a link where it is, and a file that cannot be moved is used where it is.
    """
    moved: list[str] = []
    wanted = {
        "settings.toml": locations.config_folder,
        "contexts.json": locations.config_folder,
        "habits.json": locations.state_folder,
        "filters.json": locations.state_folder,
    }
    for name, folder in wanted.items():
        earlier = locations.root / name
        if folder is None or earlier.is_symlink() or not earlier.is_file():
            continue
        path = folder / name
        with contextlib.suppress(OSError, UnicodeDecodeError):
            secure(folder)
            try:
                os.link(earlier, path)  # unlike a rename, it never replaces a file that came meanwhile
            except FileExistsError:
                continue
            except OSError:  # another disk, or one without links
                if os.path.lexists(path):
                    continue
                write_private(path, earlier.read_text(encoding="utf-8"))
            earlier.unlink()
            moved.append(f"Moved {earlier} to {path}.")
    frames = locations.root / "frames"
    if locations.frames != frames and frames.is_dir():
        import shutil

        shutil.rmtree(frames, ignore_errors=True)  # pictures of screens, which nobody reads there any more
    return moved


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


def secure(folder: Path) -> None:
    """Make sure that no other user can put files into a folder of imptui: create it, or take that right away.

    A folder that this process cannot write is left alone, because it is only read.

    Raises:
        PermissionError: The folder belongs to another user.
        OSError: The folder cannot be created or changed.
    """
    try:
        make_private(folder)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}; {WAY_OUT}", error.filename) from error
    if os.name != "posix" or not os.access(folder, os.W_OK):
        return
    found = folder.stat()
    if os.geteuid() not in (0, found.st_uid):  # the superuser may work in the folder of a user
        raise PermissionError(errno.EPERM, f"it belongs to another user; {WAY_OUT}", str(folder))
    if found.st_mode & OTHERS_WRITE:
        folder.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS_WRITE)


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner alone.

    Raises:
        OSError: The file cannot be written; its previous content is unchanged.
    """
    import tempfile

    secure(path.parent)
    # A predictable name could be a link that somebody else made; this name is random, and the file is new and 0600
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:LONGEST_PREFIX]}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _file_name(context: str) -> str:
    # Two contexts must not share a file, so other characters are written as their code points.
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):x}%", context)
