"""Switch to another context, and write access on and off."""

from typing import TYPE_CHECKING

from textual.app import App

from imptui.config.locations import Locations
from imptui.tui.console.navigator import Navigator
from imptui.tui.console.notifier import Notifier

if TYPE_CHECKING:
    from imptui.config.contexts import NamedContext
    from imptui.fleet.fleet import Fleet


class ContextSwitch:
    """The contexts: accounts and clouds.

    Args:
        app: Ends when the user chose another context.
        fleet: Refuses changes, or allows them.
        navigator: Has the page that shows write access.
        notifier: Reports the outcome.
        locations: The path of the contexts file; None: there are no others.

    Attributes:
        next: The context that the caller of the console opens next; None: none.
    """

    def __init__(
        self, app: App[None], fleet: "Fleet", navigator: Navigator, notifier: Notifier, locations: Locations | None
    ) -> None:
        self._app = app
        self._fleet = fleet
        self._navigator = navigator
        self._notifier = notifier
        self._locations = locations
        self.next: str | None = None

    def all(self) -> "tuple[NamedContext, ...]":
        """Read the contexts from their file, which another console may have changed meanwhile."""
        from imptui.config.contexts import load_contexts
        from imptui.config.errors import UnreadableFile

        if self._locations is None:
            return ()
        try:
            return load_contexts(self._locations.contexts).all()
        except UnreadableFile as error:
            self._notifier.fail("Read the contexts", error)
            return ()

    def switch(self, name: str) -> None:
        """End this console; its caller starts one on another context."""
        self.next = name
        self._app.exit()

    def set_read_only(self, because: str | None) -> None:
        """Refuse every change, or allow changes again with None."""
        self._fleet.set_read_only(because)
        now = self._fleet.status.read_only_because
        self._notifier.show_message("Changes are allowed." if now is None else f"Read-only: {now}.")
        page = self._navigator.page
        if page is not None:
            page.tick()
            page.offer_hints()
