"""The theme in use: its choice, its colours for widgets, and its form for Textual."""

import sys
from collections.abc import Mapping

from textual.theme import Theme

from imptui.config.settings import Settings
from imptui.config.themes import BrokenTheme, ThemeFile, choose_theme, find_theme, load_theme, theme_names, wants_ascii
from imptui.tui.present.look import Look, css_variables, look_of

MANY_COLOURS, FEW_COLOURS = "dark", "ansi"
"""The default theme, and the default on a terminal where fewer bytes matter."""


class Appearance:
    """The theme in use.

    Args:
        settings: The theme's name, if the user set one; the speed of the connection; the choice of ASCII.
        context_theme: The theme of the context; None: it has none.
        environ: The environment, which tells the terminal's capabilities.

    Attributes:
        look: The styles of the theme.
        is_ascii: True if only ASCII is sent.
        warning: The problem with the requested theme; None: there is none.
    """

    def __init__(self, settings: Settings, context_theme: str | None, environ: Mapping[str, str]) -> None:
        self.warning: str | None = None
        self._wish = settings.theme or context_theme
        encoding = getattr(sys.__stdout__, "encoding", None)
        self.is_ascii = wants_ascii(environ, encoding) if settings.ascii is None else settings.ascii
        self._theme = self._first_theme(settings, environ)
        self.look: Look = look_of(self._theme, ascii_only=self.is_ascii)
        self.first_look = self.look

    def _first_theme(self, settings: Settings, environ: Mapping[str, str]) -> ThemeFile:
        own = choose_theme(environ)
        own = FEW_COLOURS if settings.slow and own == MANY_COLOURS else own
        try:
            theme = find_theme(self._wish) if self._wish else load_theme(own)
        except BrokenTheme as error:
            self.warning = str(error)
            return load_theme(own)
        self.warning = theme.warning
        return theme

    @property
    def name(self) -> str:
        """The name of the theme."""
        return self._theme.name

    @property
    def is_first(self) -> bool:
        """True if the theme is the one that the console opened with."""
        return self.look is self.first_look

    def put(self, theme: ThemeFile) -> None:
        """Use another theme."""
        self._theme = theme
        self.look = look_of(theme, ascii_only=self.is_ascii)

    def theme_for_slow_line(self) -> ThemeFile | None:
        """Return a theme that takes fewer bytes; None: the user chose this one, or it takes few already."""
        return load_theme(FEW_COLOURS) if self._wish is None and self.name == MANY_COLOURS else None

    def following_theme(self) -> ThemeFile:
        """Load the next theme, in the order of names.

        Raises:
            BrokenTheme: Its file cannot be used.
        """
        names = theme_names()
        at = names.index(self.name) if self.name in names else -1
        return load_theme(names[(at + 1) % len(names)])

    def variables(self) -> dict[str, str]:
        """Return the roles of the theme as variables of style sheets."""
        return {**css_variables(self._theme), "frame": "ascii" if self.is_ascii else "solid"}

    def textual_theme(self) -> Theme:
        """Return the theme in Textual's form."""
        theme, found = self._theme, self.variables()
        return Theme(
            name=f"imptui-{theme.name}",
            primary=found["title-focus-ink"],
            foreground=found["text-ink"],
            background=found["text-paper"],
            surface=found["text-paper"],
            panel=found["dialog-paper"],
            dark=theme.is_dark,
            ansi=theme.is_ansi,
            variables={
                **found,
                **({"ansi-background": "ansi_default", "ansi-foreground": "ansi_default"} if theme.is_ansi else {}),
                "input-cursor-background": found["text-ink"] if not theme.is_ansi else "ansi_default",
                "input-cursor-foreground": found["text-paper"] if not theme.is_ansi else "ansi_default",
                "input-cursor-text-style": "reverse" if theme.is_ansi else "none",
                "input-selection-background": found["match-paper"],
                "input-selection-foreground": found["match-ink"],
            },
        )
