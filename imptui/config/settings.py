"""What the user set: read from `settings.toml`, never written.

theme = "dark"
ascii = false
mouse = true
clipboard = "auto"             # or osc52, native, file
sync_minutes = 5
protected = ["*live*", "Line Fixtures"]
needs_approval = true          # of a second person, before production; in every context

[queries]                      # filters with a name, as lines of the tree
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
from imptui.query.expression import QueryError
from imptui.query.grammar import parse

NO_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
NO_QUERIES: Mapping[str, str] = MappingProxyType({})


CLIPBOARDS = ("auto", "osc52", "native", "file")
"""Through the terminal's own line, by a program of this machine, into a file; auto: the first, else a file."""


class Settings(Struct, frozen=True):
    """What the user set, with defaults for the rest."""

    theme: str | None = None
    """Name of a theme; None: chosen by what the terminal can do."""
    ascii: bool | None = None
    """Borders, icons and sparklines in ASCII; None: when the locale is not UTF-8."""
    mouse: bool | None = None
    """None: on, but off over SSH."""
    clipboard: str = "auto"
    """Where copied text goes, one of `CLIPBOARDS`."""
    slow: bool = False
    """Fewer frames and longer polls, for slow lines."""
    sync_minutes: float = 5.0
    """How long after one pass over the account the next begins."""
    protected: tuple[str, ...] = ()
    """Patterns of names that must not be changed from here."""
    needs_approval: bool = False
    """Whether production deployments take a second person's approval in every context, not only where the context says so."""
    queries: Mapping[str, str] = NO_QUERIES
    """Filters by name."""
    keys: Mapping[str, tuple[str, ...]] = NO_KEYS
    """Keys by command id; an empty tuple leaves a command without key."""


def read_settings(path: Path) -> Settings:
    """The settings in a file; defaults when there is none.

    Raises:
        UnreadableFile: It is not TOML, or holds something that is not a setting; the message names it.
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
        chosen["protected"] = _texts(path, "protected", chosen["protected"])
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
