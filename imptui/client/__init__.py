"""impCentral over httpx. Importing this room dials nothing and does not import httpx: the first call does."""

import sys

# httpx brings a command line of its own and loads click, pygments and half of rich for it where they happen to be installed:
# 3 MB that nothing here uses. None says that the module is not to be had, with which httpx does without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # what the import system takes for that
