"""Actions of every screen: help, failures, journal, refresh, pause, header, picture, mouse, theme, quit."""

from typing import TYPE_CHECKING

from imptui.config.keys import Keymap
from imptui.config.themes import BrokenTheme, ThemeFile
from imptui.tui.console.appearance import Appearance
from imptui.tui.console.navigator import Navigator
from imptui.tui.console.notifier import Notifier
from imptui.tui.console.outlets import Outlets
from imptui.tui.terminal.cell_diff_app import CellDiffApp

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet


class EverywhereActions:
    """Implements `ConsoleActions`.

    Args:
        app: Ends, redraws, and has the mouse.
        fleet: Refreshes, pauses, and has the journal.
        navigator: Shows screens.
        notifier: Shows messages.
        outlets: Creates the file of a picture.
        appearance: Has the themes.
        keymap: The keys that the help shows.

    Attributes:
        is_header_shown: True if pages show their header.
    """

    def __init__(
        self,
        app: CellDiffApp,
        fleet: "Fleet",
        navigator: Navigator,
        notifier: Notifier,
        outlets: Outlets,
        appearance: Appearance,
        keymap: Keymap,
    ) -> None:
        self._app = app
        self._fleet = fleet
        self._navigator = navigator
        self._notifier = notifier
        self._outlets = outlets
        self._appearance = appearance
        self._keymap = keymap
        self.is_header_shown = True

    def action_help(self) -> None:
        """Show the commands and keys of this screen."""
        from imptui.tui.screens.help import HelpPage

        page = self._navigator.page
        if page is not None and not isinstance(page, HelpPage):
            panes = frozenset(each.id or "" for each in page.panes())
            self._navigator.show(HelpPage(page.page_name, page.commands, page.situation(), self._keymap, panes))

    def action_errors(self) -> None:
        """Show the list of failures."""
        from imptui.tui.screens.errors import ErrorsPage, ShownFailure

        trouble = self._fleet.status.trouble
        now = [ShownFailure(self._fleet.changes.now(), trouble)] if trouble else []
        self._navigator.show(ErrorsPage([*self._notifier.failures, *now]))

    def action_activity(self) -> None:
        """Show the changes made from this machine."""
        from imptui.tui.screens.activity import ActivityPage

        self._navigator.show(ActivityPage())

    def action_quit_now(self) -> None:
        """End the console."""
        self._app.exit()

    def action_how_to_quit(self) -> None:
        """Show how to quit, because ctrl+c must not end the console by accident."""
        self._notifier.show_message("To quit: ctrl+q, or :q")

    def action_refresh_now(self) -> None:
        """Read visible devices now, begin a pass, and sort the list again."""
        self._fleet.look.resort()
        self._fleet.sync.start()
        self._app.run_beside(self._fleet.watch.refresh_now, group="refresh", exclusive=True)
        self._notifier.show_message("Reading.")

    def action_pause(self) -> None:
        """Pause or resume live values."""
        watch = self._fleet.watch
        if watch.is_paused:
            watch.resume()
        else:
            watch.pause()
        self._notifier.show_message("Live values are paused." if watch.is_paused else "Live values go on.")
        self._tick()

    def action_toggle_header(self) -> None:
        """Show or hide the header."""
        self.is_header_shown = not self.is_header_shown
        self._tick()

    def _tick(self) -> None:
        page = self._navigator.page
        if page is not None and page.is_ready:
            page.tick()

    def action_picture(self) -> None:
        """Write a picture of the screen, as SVG."""
        path = self._outlets.export_path("screen", "svg")
        path.write_text(self._app.export_screenshot(title="imptui"), encoding="utf-8")
        self._notifier.show_message(f"The screen is in {path}")

    def action_toggle_mouse(self) -> None:
        """Switch the mouse on or off."""
        mouse = self._app.mouse
        mouse.switch(on=not mouse.is_on)
        self._notifier.show_message("The mouse is on." if mouse.is_on else "The mouse is off: select text with it as always.")

    def action_redraw(self) -> None:
        """Paint every cell again."""
        self._app.action_redraw()

    def action_next_theme(self) -> None:
        """Use the next theme, in the order of names."""
        try:
            theme = self._appearance.following_theme()
        except BrokenTheme as error:
            self._notifier.fail("Change the theme", error)
        else:
            self.use_theme(theme)
            self._notifier.show_message(f"Theme {theme.name}.")

    def use_theme(self, theme: ThemeFile) -> None:
        """Paint everything with another theme."""
        self._appearance.put(theme)
        self._app.register_theme(self._appearance.textual_theme())
        self._app.theme = f"imptui-{theme.name}"
        for screen in self._app.screen_stack:
            for widget in screen.query("*"):
                widget.refresh()
