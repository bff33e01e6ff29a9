"""Themes: one TOML file each, first colours, then roles.

    name = "dusk"
    dark = true
    ansi = false            # true: the terminal's own sixteen colours
    base = "dark"           # the theme of imptui that roles are taken from which this file lacks

    [colours]
    ink = "#d8dee9"

    [roles]
    cursor = "ink on blue bold"     # a colour, `on` a background, and styles; `-` is the surrounding colour

Every colour on the screen comes from a role. The themes that come with imptui all have the same roles: to add one, add it to
each file in `themes/`. A user's own theme may lack roles and takes them from its base, with a warning; a role that the base
does not have is an error.

Files are looked for in the package first, then beside it, where an editable install has them.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from imptui.config.errors import Misconfigured

STYLES = frozenset({"bold", "dim", "italic", "underline", "reverse", "strike"})
ANSI_NAMES = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"default"}
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_MONOCHROME = re.compile(r"vt(52|1\d\d|2[02]0|32\d|4[02]0|5[12]0)(-.*)?|.+-(mono|m)")
"""Values of `TERM` for terminals with one colour, by terminfo. A terminal with more colours sets `COLORTERM`."""
_SIXTEEN = re.compile(r"(xterm|linux|vt\d+|ansi|cons25|screen|putty|rxvt|cygwin)(-16color|-bce)?")


class BrokenTheme(Misconfigured):
    """A theme file cannot be used; the message names the file, the fault, and what is expected instead."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The theme {where} cannot be used: {why}.")


class Role(Struct, frozen=True):
    """The colours and styles of one kind of text. None is the colour of the surrounding text."""

    ink: str | None
    paper: str | None
    styles: frozenset[str] = frozenset()


class ThemeFile(Struct, frozen=True):
    """A theme, read from its file."""

    name: str
    is_dark: bool
    is_ansi: bool
    """True if its colours are the sixteen of the terminal."""
    roles: Mapping[str, Role]
    warning: str | None = None
    """The roles that the file lacks and takes from its base, in a sentence; None: it lacks none."""


def theme_places() -> tuple[Path, ...]:
    """The folders that hold the themes of imptui: in the package, then beside it."""
    package = Path(__file__).resolve().parent.parent
    return (package / "themes", package.parent / "themes")


def theme_names(places: tuple[Path, ...] | None = None) -> tuple[str, ...]:
    """The names of the themes that come with imptui, sorted."""
    return tuple(sorted({path.stem for place in places or theme_places() for path in place.glob("*.toml")}))


def load_theme(name: str, places: tuple[Path, ...] | None = None) -> ThemeFile:
    """Read a theme that comes with imptui, by its name.

    Raises:
        BrokenTheme: No theme has that name, or its file has a fault.
    """
    for place in places or theme_places():
        path = place / f"{name}.toml"
        if path.is_file():
            return _theme(str(path), path.stem, _table(path))
    known = ", ".join(theme_names(places)) or "none"
    raise BrokenTheme(repr(name), f"there is no such theme; there are: {known}")


def find_theme(wish: str) -> ThemeFile:
    """Read the theme that the user chose: one of imptui's by its name, or the user's own by the path of its file.

    Raises:
        BrokenTheme: No such theme exists, or its file has a fault.
    """
    path = Path(wish).expanduser()
    return read_theme(path) if wish.endswith(".toml") or path.name != wish else load_theme(wish)


def read_theme(path: Path) -> ThemeFile:
    """Read a user's own theme file; roles that it lacks come from its base.

    Raises:
        BrokenTheme: It cannot be read, is not TOML, or has something wrong or unknown in it.
    """
    found = _table(path)
    base = found.pop("base", None)
    theme = _theme(str(path), path.stem, found)
    return _completed(str(path), theme, _base(str(path), theme, base))


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenTheme(str(path), f"it cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise BrokenTheme(str(path), f"it is not TOML ({error})") from error


def _base(where: str, theme: ThemeFile, name: object) -> ThemeFile:
    """Read the theme that another one is based on: the named one, else the one with the most similar colours."""
    if name is None:
        name = "ansi" if theme.is_ansi else "dark" if theme.is_dark else "light"
    if not isinstance(name, str) or name not in theme_names():
        raise BrokenTheme(where, f"its base is {name!r}; it should be one of {', '.join(theme_names())}")
    base = load_theme(name)
    if base.is_ansi != theme.is_ansi:
        raise BrokenTheme(where, f"its base {name!r} has 'ansi = {str(base.is_ansi).lower()}', and it must have the same")
    return base


def _completed(where: str, theme: ThemeFile, base: ThemeFile) -> ThemeFile:
    unknown = theme.roles.keys() - base.roles.keys()
    if unknown:
        raise BrokenTheme(where, f"there are no roles {', '.join(sorted(unknown))}")
    missing = sorted(base.roles.keys() - theme.roles.keys())
    if not missing:
        return theme
    warning = f"The theme {where} lacks the roles {', '.join(missing)}; they are painted as in the theme {base.name!r}."
    return replace(theme, roles={**base.roles, **theme.roles}, warning=warning)


def _theme(where: str, stem: str, found: Mapping[str, object]) -> ThemeFile:
    unknown = set(found) - {"name", "dark", "ansi", "colours", "roles"}
    if unknown:
        raise BrokenTheme(where, f"it has {', '.join(sorted(unknown))}; a theme has name, dark, ansi, base, colours and roles")
    is_ansi, is_dark = found.get("ansi", False), found.get("dark", True)
    if not isinstance(is_ansi, bool) or not isinstance(is_dark, bool):
        raise BrokenTheme(where, "'dark' and 'ansi' are true or false")
    colours = _colours(where, found.get("colours"), is_ansi=is_ansi)
    roles = found.get("roles")
    if not isinstance(roles, dict):
        raise BrokenTheme(where, "it has no [roles]")
    read = {name: _role(where, name, value, colours) for name, value in roles.items()}
    return ThemeFile(str(found.get("name", stem)), is_dark, is_ansi, read)


def _colours(where: str, table: object, *, is_ansi: bool) -> dict[str, str]:
    if not isinstance(table, dict) or not table:
        raise BrokenTheme(where, "it has no [colours]")
    for name, value in table.items():
        fine = isinstance(value, str) and (value in ANSI_NAMES if is_ansi else _HEX.fullmatch(value) is not None)
        if not fine:
            wanted = "one of the sixteen, such as bright_blue, or default" if is_ansi else "written like #d8dee9"
            raise BrokenTheme(where, f"the colour {name!r} is {value!r}; it should be {wanted}")
    return {str(name): str(value) for name, value in table.items()}


def _role(where: str, name: str, value: object, colours: Mapping[str, str]) -> Role:
    words = value.split() if isinstance(value, str) else []
    if not words:
        raise BrokenTheme(where, f"the role {name!r} is {value!r}; it should read like 'ink on paper bold'")

    def colour(word: str) -> str | None:
        if word == "-":
            return None
        if word not in colours:
            raise BrokenTheme(where, f"the role {name!r} uses the colour {word!r}, which is not in [colours]")
        return colours[word]

    ink, paper, rest = colour(words[0]), None, words[1:]
    if rest and rest[0] == "on":
        if len(rest) == 1:
            raise BrokenTheme(where, f"the role {name!r} says 'on' nothing")
        paper, rest = colour(rest[1]), rest[2:]
    wrong = set(rest) - STYLES
    if wrong:
        raise BrokenTheme(where, f"the role {name!r} has {', '.join(sorted(wrong))}; there are {', '.join(sorted(STYLES))}")
    return Role(ink, paper, frozenset(rest))


def choose_theme(environ: Mapping[str, str]) -> str:
    """Return the name of the theme that suits the terminal, for a user who chose none.

    Args:
        environ: The environment: `NO_COLOR`, `TERM` and `COLORTERM` count.
    """
    return theme_for(environ)[0]


def theme_for(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the name of the theme that suits the terminal, and the reason in words."""
    terminal = environ.get("TERM", "").lower()
    if environ.get("NO_COLOR"):
        return "mono", "NO_COLOR is set"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "dark", "COLORTERM tells of all colours"
    if _MONOCHROME.fullmatch(terminal):
        return "mono", f"a {terminal} writes in one colour"
    if _SIXTEEN.fullmatch(terminal):
        return "ansi", f"TERM={terminal} promises no more than 16 colours"
    return "dark", f"TERM={terminal} has 256 colours or more"


def wants_ascii(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Tell if borders and icons must be ASCII: `IMPTUI_ASCII` is set, or the terminal's encoding is not UTF-8."""
    return why_ascii(environ, encoding) is not None


def why_ascii(environ: Mapping[str, str], encoding: str | None) -> str | None:
    """Return the reason why borders and icons must be ASCII; None if they need not.

    In the locale "C", Python writes UTF-8 and sets `LC_CTYPE=C.UTF-8`. A locale that the user chose by name takes precedence
    over that.
    """
    if environ.get("IMPTUI_ASCII"):
        return "IMPTUI_ASCII is set"
    ctype = environ.get("LC_CTYPE", "C.UTF-8")
    chosen = environ.get("LC_ALL") or (environ.get("LANG") if ctype == "C.UTF-8" else ctype)
    if chosen and not chosen.lower().replace("-", "").partition(".")[2].startswith("utf8"):
        return f"the locale {chosen} is not one of UTF-8"
    known = (encoding or "ascii").lower().replace("-", "").replace("_", "")
    return None if known in ("utf8", "utf8sig", "cp65001") else f"standard output is written in {encoding or 'ASCII'}"
