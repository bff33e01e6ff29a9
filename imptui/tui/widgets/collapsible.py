"""Lines that are there only while they are wanted."""

from textual.widget import Widget


class Shutter(Widget):
    """Shown while it has the class `-open`."""

    def show(self, *, is_shown: bool) -> None:
        """Show it, or take it away."""
        self.set_class(is_shown, "-open")
        self.display = is_shown  # a class alone would show it only after the next round of styles
