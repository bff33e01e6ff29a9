"""The one folder of everything that imptui keeps; imports nothing, for the first thing a start does is to look there."""

import os
import sys

DATA_DIR_VARIABLE = "IMPTUI_DATA_DIR"


def data_folder(named: str | None = None) -> str:
    """The folder that was named, else the one of `IMPTUI_DATA_DIR`, else where the platform keeps such data; absolute."""
    found = named or os.environ.get(DATA_DIR_VARIABLE)
    if not found and sys.platform.startswith("linux"):
        # What platformdirs would answer, without the import of it: a quarter of a start.
        shared = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
        found = os.path.join(os.path.expanduser(shared), "imptui")  # noqa: PTH111, PTH118 - pathlib is slow to import
    elif not found:
        import platformdirs

        found = platformdirs.user_data_dir("imptui", appauthor=False)
    return os.path.abspath(os.path.expanduser(found))  # noqa: PTH100, PTH111 - pathlib is slow to import
