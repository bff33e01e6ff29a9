"""Access to the look in use, for widgets that do not know the application."""

from typing import Protocol, cast

from textual.widget import Widget

from imptui.tui.present.look import Look


class Painter(Protocol):
    """The application, as far as widgets use it for painting."""

    @property
    def look(self) -> Look:
        """The styles and signs in use."""
        ...


def look_of(widget: Widget) -> Look:
    """Return the look in use, from a widget's application."""
    return cast("Painter", widget.app).look
