"""The look in use: the roles of a theme as styles, and the signs."""

from collections.abc import Mapping

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style

from imptui.config.themes import Role, ThemeFile
from imptui.tui.present.glyphs import ASCII, UNICODE, Glyphs
from imptui.tui.present.safe import cut, fit, width

Piece = tuple[str, str]
"""A safe text and the role it is painted in; the empty role is the line's own."""


class Look(Struct, frozen=True):
    """The styles by role, and the signs."""

    name: str
    is_ansi: bool
    styles: Mapping[str, Style]
    glyphs: Glyphs

    def style(self, role: str, over: str = "text") -> Style:
        """Return the style of a role. Fields that it leaves open come from the role `over`, then from `text`."""
        base = self.styles["text"] + self.styles[over]
        return base + self.styles[role] if role and role != over else base

    def fit(self, text: str, cells: int, *, right: bool = False) -> str:
        """Return foreign or own text, made safe, in exactly `cells`."""
        return fit(text, cells, self.glyphs.ellipsis, right=right)

    def line(self, pieces: list[Piece], cells: int, role: str = "text") -> list[Segment]:
        """Return a line of exactly `cells` from safe pieces; the rest is cut off."""
        segments, left = [], cells
        for text, own in pieces:
            if left <= 0:
                break
            size = width(text)
            if size > left:
                text, size = fit(cut(text, left, ""), left, ""), left  # noqa: PLW2901 - the rest is not needed
            segments.append(Segment(text, self.style(own, role)))
            left -= size
        if left > 0:
            segments.append(Segment(" " * left, self.style(role)))
        return segments


def _style(role: Role) -> Style:
    return Style(
        color=role.ink,
        bgcolor=role.paper,
        bold="bold" in role.styles or None,
        dim="dim" in role.styles or None,
        italic="italic" in role.styles or None,
        underline="underline" in role.styles or None,
        reverse="reverse" in role.styles or None,
        strike="strike" in role.styles or None,
    )


def look_of(theme: ThemeFile, *, ascii_only: bool) -> Look:
    """Return the look of a theme file on a terminal with or without Unicode."""
    styles = {name: _style(role) for name, role in theme.roles.items()}
    return Look(theme.name, theme.is_ansi, styles, ASCII if ascii_only else UNICODE)


def css_variables(theme: ThemeFile) -> dict[str, str]:
    """Return the roles as variables of a style sheet: `$cursor`, `$cursor-paper` and `$cursor-style`."""
    found: dict[str, str] = {}
    text = theme.roles["text"]
    for name, role in theme.roles.items():
        found[f"{name}-ink"] = _css(role.ink or text.ink, theme)
        found[f"{name}-paper"] = _css(role.paper or text.paper, theme)
        found[f"{name}-style"] = " ".join(sorted(role.styles)) or "none"
    return found


def _css(colour: str | None, theme: ThemeFile) -> str:
    if colour is None:
        return "ansi_default" if theme.is_ansi else "transparent"
    return f"ansi_{colour}" if theme.is_ansi else colour
