"""The data folder of imptui. This module imports next to nothing, because it runs first at start-up."""

import os
import sys

DATA_DIR_VARIABLE = "IMPTUI_DATA_DIR"

_WAY_OUT = f"Name a folder with {DATA_DIR_VARIABLE} or --data-dir."


class NoDataFolder(ValueError):
    """The environment does not say which folder to use; the message says why and what to do."""


def data_folder(named: str | None = None) -> str:
    """Return the absolute path of the data folder: `named`, else `IMPTUI_DATA_DIR`, else the default of the platform.

    Raises:
        NoDataFolder: The path would depend on a home folder or a working folder that does not exist.
    """
    found = named or os.environ.get(DATA_DIR_VARIABLE)
    if found:
        return _absolute(_expanded(found, "--data-dir" if named else DATA_DIR_VARIABLE))
    if sys.platform.startswith("linux"):
        # The same answer as that of platformdirs, whose import takes a quarter of the start-up time.
        shared = os.environ.get("XDG_DATA_HOME", "").strip()
        folder = _expanded(shared or "~/.local/share", "XDG_DATA_HOME" if shared else "HOME")
        return _checked(os.path.join(folder, "imptui"), "XDG_DATA_HOME" if shared else "HOME")  # noqa: PTH118 - see below
    import platformdirs

    return _checked(platformdirs.user_data_dir("imptui", appauthor=False), "HOME")


# pathlib is slow to import, hence os.path in this module


def _expanded(path: str, variable: str) -> str:
    """Return a path with its `~` replaced by a home folder."""
    expanded = os.path.expanduser(path)  # noqa: PTH111
    if path.startswith("~") and (expanded.startswith("~") or not os.path.isabs(expanded) or os.environ.get("HOME") == ""):  # noqa: PTH117
        raise NoDataFolder(f"There is no home folder for {path!r} ({variable}). {_WAY_OUT}")
    return expanded


def _checked(path: str, variable: str) -> str:
    """Return a path that must be absolute."""
    if not os.path.isabs(path):  # noqa: PTH117
        raise NoDataFolder(f"{variable} gives the relative path {path!r}, which means another folder in each place. {_WAY_OUT}")
    return os.path.normpath(path)


def _absolute(path: str) -> str:
    """Return a path relative to the working folder as an absolute one."""
    try:
        return os.path.abspath(path)  # noqa: PTH100
    except FileNotFoundError as error:
        raise NoDataFolder(
            f"The folder {path!r} is relative to the working folder, which was deleted."
            " Go to another folder, or give an absolute path."
        ) from error
