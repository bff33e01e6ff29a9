"""Ask for a login when the service no longer accepts the present one."""

from typing import TYPE_CHECKING

from imptui.tui.commands.signing_in import SignIn
from imptui.tui.console.dispatcher import Dispatcher
from imptui.tui.console.navigator import Navigator
from imptui.tui.console.notifier import Notifier
from imptui.tui.screens.page import Page

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet


class SignInPrompt:
    """Asks once each time a login expires; the screen stays visible behind the form.

    Args:
        fleet: Has the state of the login.
        navigator: Has the screen in front.
        notifier: Reports that the login has expired.
        dispatcher: Runs the command that signs in.
    """

    def __init__(self, fleet: "Fleet", navigator: Navigator, notifier: Notifier, dispatcher: Dispatcher) -> None:
        self._fleet = fleet
        self._navigator = navigator
        self._notifier = notifier
        self._dispatcher = dispatcher
        self._has_asked = False

    def fleet_changed(self) -> None:
        """Ask if the login has expired, unless the user types text or a dialog is open."""
        if not self._fleet.status.needs_login or self._fleet.context.is_embedded:
            self._has_asked = False
            return
        screen = self._navigator.screen
        if not self._has_asked and isinstance(screen, Page) and not screen.is_typing:
            self._has_asked = True
            self._notifier.show_message("The login is over; the list stays as it was.")
            self._dispatcher.start(SignIn(), screen.situation())
