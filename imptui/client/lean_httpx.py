"""httpx, without what it loads for a command line of its own; import it from here.

httpx imports click, pygments and rich for that command line if they are installed: 3 MB that this program does not use. A module
entry of None makes that import fail, and httpx then does without.

httpx logs the address of each request at the level INFO. Paths of login keys and log streams are secrets, so that is off.
"""

import logging
import sys

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None blocks an import; the type stubs do not say so

import httpx  # noqa: E402 - after the line that makes it lean

__all__ = ["httpx"]

logging.getLogger("httpx").setLevel(logging.WARNING)
