"""A widget that takes room only while it is shown."""

from textual.widget import Widget


class Collapsible(Widget):
    """A widget that is displayed while it has the class `-open`."""

    def show(self, *, is_shown: bool) -> None:
        """Display the widget, or hide it."""
        self.set_class(is_shown, "-open")
        self.display = is_shown  # A class alone would take effect only at the next update of styles.
