"""Open and close screens. A screen's module is loaded when it is opened for the first time."""

from typing import Any

from textual.app import App
from textual.screen import Screen

from imptui.domain.ids import DeviceId
from imptui.query.query import Scope
from imptui.tui.commands.routes import (
    CleaningRoute,
    CodeRoute,
    CodeSearchRoute,
    DeploymentsRoute,
    DeviceRoute,
    FactoryLineRoute,
    LineageRoute,
    LogsRoute,
    ReviewRoute,
    RolloutRoute,
    Route,
)
from imptui.tui.screens.fleet import FleetPage
from imptui.tui.screens.page import Page
from imptui.tui.widgets.overlay import Answer, Overlay, close_screen


class Navigator:
    """The stack of screens, with ways to other screens and back.

    Args:
        app: Has the screens.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app

    @property
    def screen(self) -> Screen[Any]:
        """The screen in front, which may be a dialog."""
        return self._app.screen

    @property
    def page(self) -> Page | None:
        """The topmost page; None: the console is ending."""
        return next((screen for screen in reversed(self._app.screen_stack) if isinstance(screen, Page)), None)

    @property
    def home(self) -> FleetPage | None:
        """The fleet screen; None: the console is ending."""
        return next((screen for screen in self._app.screen_stack if isinstance(screen, FleetPage)), None)

    def open(self, route: Route) -> None:
        """Open the screen of a route. A device screen replaces one in front, so many scanned units leave no stack of screens."""
        page = page_of(route)
        if isinstance(route, DeviceRoute) and type(self._app.screen) is type(page):
            self._app.switch_screen(page)
        else:
            self.show(page)

    def show(self, page: Screen[None]) -> None:
        """Put a page in front."""
        self._app.push_screen(page)

    def replace(self, page: Screen[None], by: Screen[None]) -> None:
        """Put a page in the place of another one, if that is in front."""
        if self._app.screen is page:
            self._app.switch_screen(by)

    def close(self, screen: Screen[Any]) -> bool:
        """Close a screen if it is in front; see `close_screen`."""
        return close_screen(screen)

    async def ask(self, overlay: Overlay[Answer]) -> Answer | None:
        """Put an overlay in front, and wait for its answer."""
        self._app.push_screen(overlay)
        return await overlay.answer()

    def show_scope(self, scope: Scope) -> None:
        """Go back to the fleet screen, and show the devices of a scope there."""
        while not isinstance(self._app.screen, FleetPage) and close_screen(self._app.screen):
            pass
        if self.home is not None:
            self.home.show_scope(scope)
            self.home.focus_pane(self.home.table)

    def set_marks(self, device_ids: set[DeviceId]) -> None:
        """Keep the marks of these devices in the device list, and clear all others."""
        if self.home is None:
            return
        if device_ids:
            self.home.table.keep_marks(device_ids)
        else:
            self.home.table.unmark()


def page_of(route: Route) -> Page:
    """Return a new page for a route, and load its module."""
    match route:
        case DeviceRoute():
            from imptui.tui.screens.device import DevicePage

            return DevicePage(route.device_id)
        case CodeRoute():
            from imptui.tui.screens.code import CodePage

            return CodePage(route.deployment_id, route.place)
        case RolloutRoute():
            from imptui.tui.screens.rollout import RolloutPage

            return RolloutPage(route.deployment_id, before_id=route.before_id)
        case LineageRoute():
            from imptui.tui.screens.lineage import LineagePage

            return LineagePage(route.product_id, route.group_id)
        case CleaningRoute():
            from imptui.tui.screens.cleaning import CleaningPage

            return CleaningPage(route.group_id)
        case CodeSearchRoute():
            from imptui.tui.screens.code_search import CodeSearchPage

            return CodeSearchPage(route.text)
        case ReviewRoute():
            from imptui.tui.screens.review import ReviewPage

            return ReviewPage(route.group_id, route.source_id, unfinished=route.unfinished)
        case DeploymentsRoute():
            from imptui.tui.screens.deployments import DeploymentsPage

            return DeploymentsPage(group_id=route.group_id, product_id=route.product_id)
        case LogsRoute():
            from imptui.tui.screens.logs import LogsPage

            return LogsPage(route.device_ids, route.title, route.group_id)
        case FactoryLineRoute():
            from imptui.tui.screens.factory_line import FactoryLinePage

            return FactoryLinePage(route.group_id)
