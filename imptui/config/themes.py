"""Themes: one TOML file each, colours first, roles second.

    name = "dark"
    dark = true
    ansi = false            # true: the terminal's own sixteen colours

    [colours]
    ink = "#d8dee9"

    [roles]
    cursor = "ink on blue bold"     # a colour, `on` a background, and how it is written; `-` is the surrounding colour

Every role of `ROLES` must be there and nothing else, so that a missing one is found when the file is read and not on
the screen. Files are looked for in the package first, then beside it, where an editable install has them.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from imptui.config.errors import Misconfigured

ROLES = (
    "text", "dim", "header", "header-strong", "header-trouble", "hint", "hint-key", "hint-off", "message", "trouble",
    "title", "title-focus", "columns", "cursor", "cursor-blurred", "marked", "changed",
    "online", "offline", "weak", "pending", "problem", "icon", "input", "input-wrong", "dialog", "button",
    "button-focus", "danger", "danger-focus", "match", "line-number", "added", "removed", "added-word", "removed-word",
    "hunk", "code-keyword", "code-string", "code-comment", "code-number", "code-name", "log-agent", "log-error",
    "log-status", "scrollbar",
)  # fmt: skip
"""What the terminal paints: every colour on the screen comes from one of these."""

STYLES = frozenset({"bold", "dim", "italic", "underline", "reverse", "strike"})
ANSI_NAMES = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"default"}
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_MONOCHROME = re.compile(r"vt(52|1\d\d|2[02]0|32\d|4[02]0|5[12]0)(-.*)?|.+-(mono|m)")
"""Terminals that write in one colour, by what terminfo knows of them; what takes more for its `TERM` says so by `COLORTERM`."""
_SIXTEEN = re.compile(r"(xterm|linux|vt\d+|ansi|cons25|screen|putty|rxvt|cygwin)(-16color|-bce)?")


class BrokenTheme(Misconfigured):
    """A theme file cannot be used; the message names the file, the line of thought, and what would be right."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The theme {where} cannot be used: {why}.")


class Role(Struct, frozen=True):
    """How one kind of thing is painted. None is the colour of what surrounds it."""

    ink: str | None
    paper: str | None
    styles: frozenset[str] = frozenset()


class ThemeFile(Struct, frozen=True):
    """One theme as its file says it."""

    name: str
    is_dark: bool
    is_ansi: bool
    """Whether its colours are the terminal's own sixteen."""
    roles: Mapping[str, Role]


def theme_places() -> tuple[Path, ...]:
    """Where themes are looked for: in the package, then beside it."""
    package = Path(__file__).resolve().parent.parent
    return (package / "themes", package.parent / "themes")


def theme_names(places: tuple[Path, ...] | None = None) -> tuple[str, ...]:
    """The themes there are, by name."""
    return tuple(sorted({path.stem for place in places or theme_places() for path in place.glob("*.toml")}))


def load_theme(name: str, places: tuple[Path, ...] | None = None) -> ThemeFile:
    """Read a theme by its name.

    Raises:
        BrokenTheme: There is none of that name, or its file makes no sense.
    """
    for place in places or theme_places():
        path = place / f"{name}.toml"
        if path.is_file():
            return read_theme(path)
    known = ", ".join(theme_names(places)) or "none"
    raise BrokenTheme(repr(name), f"there is no such theme; there are: {known}")


def find_theme(wish: str) -> ThemeFile:
    """The theme that a person named: one of ours by its name, or a file of theirs by its path.

    Raises:
        BrokenTheme: There is no such theme, or its file makes no sense.
    """
    path = Path(wish).expanduser()
    return read_theme(path) if wish.endswith(".toml") or path.name != wish else load_theme(wish)


def read_theme(path: Path) -> ThemeFile:
    """Read one theme file.

    Raises:
        BrokenTheme: It cannot be read, is not TOML, or lacks or misspells something.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenTheme(str(path), f"it cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise BrokenTheme(str(path), f"it is not TOML ({error})") from error
    return _theme(str(path), path.stem, found)


def _theme(where: str, stem: str, found: dict[str, object]) -> ThemeFile:
    unknown = set(found) - {"name", "dark", "ansi", "colours", "roles"}
    if unknown:
        raise BrokenTheme(where, f"it has {', '.join(sorted(unknown))}; a theme has name, dark, ansi, colours and roles")
    is_ansi, is_dark = found.get("ansi", False), found.get("dark", True)
    if not isinstance(is_ansi, bool) or not isinstance(is_dark, bool):
        raise BrokenTheme(where, "'dark' and 'ansi' are true or false")
    colours = _colours(where, found.get("colours"), is_ansi=is_ansi)
    roles = found.get("roles")
    if not isinstance(roles, dict):
        raise BrokenTheme(where, "it has no [roles]")
    missing, extra = set(ROLES) - set(roles), set(roles) - set(ROLES)
    if missing:
        raise BrokenTheme(where, f"the roles {', '.join(sorted(missing))} are missing")
    if extra:
        raise BrokenTheme(where, f"there are no roles {', '.join(sorted(extra))}")
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
    """The name of the theme for what a terminal can do, when nobody wished for one.

    Args:
        environ: The environment: `NO_COLOR`, `TERM` and `COLORTERM` count.
    """
    return theme_for(environ)[0]


def theme_for(environ: Mapping[str, str]) -> tuple[str, str]:
    """The name of the theme for what a terminal can do, and why it is this one."""
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
    """Whether borders and icons must be ASCII: `IMPTUI_ASCII` is set, or the terminal's encoding is not UTF-8."""
    return why_ascii(environ, encoding) is not None


def why_ascii(environ: Mapping[str, str], encoding: str | None) -> str | None:
    """Why borders and icons must be ASCII; None: they need not.

    Python itself writes UTF-8 in the locale "C", and sets `LC_CTYPE` to say so; a locale that was chosen by name counts
    for more than what Python makes of it.
    """
    if environ.get("IMPTUI_ASCII"):
        return "IMPTUI_ASCII is set"
    of_letters = environ.get("LC_CTYPE", "C.UTF-8")
    chosen = environ.get("LC_ALL") or (environ.get("LANG") if of_letters == "C.UTF-8" else of_letters)
    if chosen and not chosen.lower().replace("-", "").partition(".")[2].startswith("utf8"):
        return f"the locale {chosen} is not one of UTF-8"
    known = (encoding or "ascii").lower().replace("-", "").replace("_", "")
    return None if known in ("utf8", "utf8sig", "cp65001") else f"standard output is written in {encoding or 'ASCII'}"
