"""How a widget learns how things look, without knowing the application."""

from typing import Protocol, cast

from textual.widget import Widget

from imptui.tui.present.look import Look


class Painter(Protocol):
    """Whoever keeps the look: the application."""

    @property
    def look(self) -> Look:
        """Styles and signs of the theme in use."""
        ...


def look_of(widget: Widget) -> Look:
    """The look in use."""
    return cast("Painter", widget.app).look
