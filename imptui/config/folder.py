"""The data folder of imptui. This module imports next to nothing, because it runs first at start-up."""

import os
import sys

DATA_DIR_VARIABLE = "IMPTUI_DATA_DIR"

_WAY_OUT = f"Name a folder with {DATA_DIR_VARIABLE} or --data-dir."


class NoDataFolder(ValueError):
    """The environment does not say which folder to use; the message says why and what to do."""


KINDS = ("data", "config", "state", "cache")
"""The kinds of folders of XDG, in the order in which `folders` returns them."""

_XDG = {
    "data": ("XDG_DATA_HOME", "~/.local/share"),
    "config": ("XDG_CONFIG_HOME", "~/.config"),
    "state": ("XDG_STATE_HOME", "~/.local/state"),
    "cache": ("XDG_CACHE_HOME", "~/.cache"),
}


def folders(named: str | None = None) -> list[str]:
    """Return the absolute paths of the folders of all `KINDS`.

    All of them are `named`, else `IMPTUI_DATA_DIR`; without either, the platform has one for each kind.

    Raises:
        NoDataFolder: A path would depend on a home folder or a working folder that does not exist.
    """
    found = named or os.environ.get(DATA_DIR_VARIABLE)
    if found:
        return [_absolute(_expanded(found, "--data-dir" if named else DATA_DIR_VARIABLE))] * len(KINDS)
    if sys.platform.startswith("linux"):
        # The same answers as those of platformdirs, whose import takes a quarter of the start-up time.
        return [_shared(*_XDG[kind]) for kind in KINDS]
    import platformdirs

    places = platformdirs.PlatformDirs("imptui", appauthor=False)
    found_by_platform = places.user_data_dir, places.user_config_dir, places.user_state_dir, places.user_cache_dir
    return [_checked(each, "HOME") for each in found_by_platform]


def _shared(variable: str, default: str) -> str:
    value = os.environ.get(variable, "").strip()
    source = variable if value else "HOME"
    return _checked(os.path.join(_expanded(value or default, source), "imptui"), source)  # noqa: PTH118 - see below


def data_folder(named: str | None = None) -> str:
    """Return the absolute path of the data folder, the first of `folders`."""
    return folders(named)[0]


def settled(folder: str, data: str, name: str) -> str:
    """Return the path of a file that earlier versions kept in the data folder: there, if it is there and nowhere else."""
    path, earlier = f"{folder}/{name}", f"{data}/{name}"
    if folder != data and not os.path.lexists(path) and os.path.lexists(earlier):
        return earlier
    return path


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
