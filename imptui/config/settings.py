"""The settings of the user, in `settings.toml`. The program reads this file and never writes it.

theme = "dark"
ascii = false
mouse = true
clipboard = "auto"             # or osc52, native, file
sync_minutes = 5
protected = ["*live*", "Line Fixtures"]
needs_approval = true          # of a second person, before deploying to production; in every context

[queries]                      # named filters, as rows of the tree
"Gone for a day" = "type:production and offline>1d"

[keys]
"devices.restart" = ["r", "f5"]
"list.problems" = []           # no key
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from imptui.config.errors import UnreadableFile
from imptui.domain.protection import pattern_trouble
from imptui.query.expression import QueryError
from imptui.query.grammar import parse

NO_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
NO_QUERIES: Mapping[str, str] = MappingProxyType({})


CLIPBOARDS = ("auto", "osc52", "native", "file")
"""Where copied text goes: to the terminal by OSC 52, to a program of this machine, or to a file; auto: OSC 52, else a file."""


class Settings(Struct, frozen=True):
    """The settings of the user, with defaults for the others."""

    theme: str | None = None
    """Name of a theme, or path of a theme file; None: the theme that suits the terminal."""
    ascii: bool | None = None
    """Borders, icons and sparklines in ASCII; None: only if the locale is not UTF-8."""
    mouse: bool | None = None
    """True if the mouse works; None: yes, but not over SSH."""
    clipboard: str = "auto"
    """Where copied text goes: one of `CLIPBOARDS`."""
    slow: bool = False
    """Fewer frames and longer polls, for slow connections."""
    sync_minutes: float = 5.0
    """Minutes between the end of one pass over the account and the start of the next."""
    protected: tuple[str, ...] = ()
    """Patterns of names and types that this program must not change; see `domain.protection`."""
    needs_approval: bool = False
    """Deploying to production takes the approval of a second person, in every context."""
    queries: Mapping[str, str] = NO_QUERIES
    """Named filters."""
    keys: Mapping[str, tuple[str, ...]] = NO_KEYS
    """Keys by command id; an empty tuple leaves a command without a key."""


def load_settings(path: Path) -> Settings:
    """Load the settings from a file; without the file, all are defaults.

    Raises:
        UnreadableFile: The file is not TOML, or has an unknown or invalid setting; the message names it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, f"it is no UTF-8 text: byte {error.start} makes no sense") from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(path, f"it is not TOML: {error}") from error
    return _settings(path, found)


_KINDS: dict[str, type | tuple[type, ...]] = {
    "theme": str,
    "ascii": bool,
    "mouse": bool,
    "clipboard": str,
    "slow": bool,
    "sync_minutes": (int, float),
    "protected": list,
    "needs_approval": bool,
    "queries": dict,
    "keys": dict,
}


def _settings(path: Path, found: dict[str, object]) -> Settings:
    known = Settings.__struct_fields__
    for name, value in found.items():
        if name not in known:
            raise UnreadableFile(path, f"there is no setting {name!r}; there are {', '.join(known)}")
        if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and _KINDS[name] is not bool):
            raise UnreadableFile(path, f"{name!r} has a value of the wrong kind: {value!r}")
    chosen = dict(found)
    if chosen.get("clipboard", "auto") not in CLIPBOARDS:
        raise UnreadableFile(path, f"'clipboard' is {chosen['clipboard']!r}, and must be one of {', '.join(CLIPBOARDS)}")
    if "protected" in chosen:
        chosen["protected"] = patterns = _texts(path, "protected", chosen["protected"])
        for trouble in filter(None, map(pattern_trouble, patterns)):
            raise UnreadableFile(path, f"'protected' cannot be used. {trouble.rstrip('.')}")
    if "keys" in chosen:
        chosen["keys"] = _keys(path, chosen["keys"])
    if "queries" in chosen:
        chosen["queries"] = _queries(path, chosen["queries"])
    if "sync_minutes" in chosen:
        chosen["sync_minutes"] = max(0.5, float(chosen["sync_minutes"]))  # type: ignore[arg-type]  # checked above
    return Settings(**chosen)  # type: ignore[arg-type]  # each value was checked against _KINDS


def _texts(path: Path, name: str, value: object) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UnreadableFile(path, f"{name!r} must be a list of texts")
    return tuple(texts)


def _keys(path: Path, value: object) -> Mapping[str, tuple[str, ...]]:
    assert isinstance(value, dict)  # noqa: S101 - checked against _KINDS by the only caller
    return MappingProxyType({str(command): _texts(path, f"keys.{command}", keys) for command, keys in value.items()})


def _queries(path: Path, value: object) -> Mapping[str, str]:
    assert isinstance(value, dict)  # noqa: S101 - checked against _KINDS by the only caller
    for name, text in value.items():
        try:
            if not isinstance(text, str) or parse(text) is None:
                raise UnreadableFile(path, f"the query {name!r} must be a filter such as 'offline>2h'")
        except QueryError as error:
            raise UnreadableFile(path, f"the query {name!r} makes no sense: {error.reason}") from error
    return MappingProxyType(dict(value))
