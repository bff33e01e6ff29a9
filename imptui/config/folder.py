"""The data folder of imptui. This module imports next to nothing, because it runs first at start-up."""

import os
import sys

DATA_DIR_VARIABLE = "IMPTUI_DATA_DIR"


def data_folder(named: str | None = None) -> str:
    """Return the absolute path of the data folder: `named`, else `IMPTUI_DATA_DIR`, else the default of the platform."""
    found = named or os.environ.get(DATA_DIR_VARIABLE)
    if not found and sys.platform.startswith("linux"):
        # The same answer as that of platformdirs, whose import takes a quarter of the start-up time.
        shared = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
        found = os.path.join(os.path.expanduser(shared), "imptui")  # noqa: PTH111, PTH118 - pathlib is slow to import
    elif not found:
        import platformdirs

        found = platformdirs.user_data_dir("imptui", appauthor=False)
    return os.path.abspath(os.path.expanduser(found))  # noqa: PTH100, PTH111 - pathlib is slow to import
