"""Modules that a start imports and does not use: each of them is loaded when something in it is first asked for.

asyncio imports `ssl` for encrypted connections, `urllib.parse` imports `ipaddress` for addresses in brackets, `traceback`
imports `linecache` for the lines of programs: a console that opens does nothing of the kind, and would pay some hundredths of its
start for it.

Only modules of the standard library are named here, and nothing relies on their being late: a name that nobody imports
costs nothing, one that is used at once is loaded at once, and all others are loaded as ever.

`importlib.util.LazyLoader` does the same, but only for modules that are imported once: an import statement asks the module
that it finds for its `__spec__`, and any question makes that one load.
"""

import sys
import threading
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module of this name takes longer to import than all of this
    from collections.abc import Sequence
    from importlib.abc import Loader
    from typing import Any

DEFERRED = frozenset(
    ("ssl", "asyncio.sslproto", "ipaddress", "bz2", "lzma", "mimetypes", "linecache", "tokenize", "textwrap", "locale")
)
"""By whom: asyncio, urllib.parse, shutil, urllib.request, traceback and inspect, subprocess."""


_OF_IMPORTS = frozenset(("__file__", "__cached__", "__path__"))
"""What an import asks of a module that it has just made, to see whether that is set already."""


class Deferred(ModuleType):
    """A module that is not loaded yet; once it is, it is like any other."""

    def __getattr__(self, name: str) -> "Any":
        spec = self.__spec__
        if spec is not None and isinstance(spec.loader, _Later) and name not in _OF_IMPORTS:
            spec.loader.load(self)
        return ModuleType.__getattribute__(self, name)


class _Later:
    """Makes a module now and loads it later.

    Args:
        loader: Who loads it.
    """

    def __init__(self, loader: "Loader") -> None:
        self._loader = loader
        self._lock = threading.RLock()
        self._is_begun = False

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module, empty."""
        return Deferred(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing yet."""

    def load(self, module: ModuleType) -> None:
        """Load it; other threads that ask for something in it wait, and it may ask for what is in it already."""
        with self._lock:
            if self._is_begun:
                return
            self._is_begun = True
            try:
                self._loader.exec_module(module)
            except BaseException:
                self._is_begun = False
                raise
            module.__loader__ = self._loader
            if module.__spec__ is not None:
                module.__spec__.loader = self._loader
            module.__class__ = ModuleType


class _Finder:
    """Finds the named modules where they always are."""

    @staticmethod
    def find_spec(name: str, path: "Sequence[str] | None" = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where a module is; None for all that are not named."""
        if name not in DEFERRED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Later(spec.loader)  # type: ignore[assignment]  # all of a loader that an import needs
        return spec


def defer() -> None:
    """From now on the named modules come late; call it before anything imports them."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
