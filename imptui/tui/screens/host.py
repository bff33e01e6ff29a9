"""The interface of the application for screens: that for commands, and keys, screens, saved state and the first paint."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import Screen

from imptui.config.keys import Keymap
from imptui.config.state import SessionState
from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow, Tally
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console, ConsoleDeviceNews, Navigation
from imptui.tui.terminal.first_paint import FirstPaint
from imptui.tui.widgets.overlay import Answer, Overlay

if TYPE_CHECKING:
    import asyncio

    from imptui.fleet.read_model import DeploymentRow


class PageNavigation(Navigation, Protocol):
    """The navigator as screens see it."""

    def show(self, page: Screen[None]) -> None:
        """Put a page in front."""
        ...

    def replace(self, page: Screen[None], by: Screen[None]) -> None:
        """Put a page in the place of another one, if that is in front."""
        ...

    def close(self, screen: Screen[Any]) -> bool:
        """Close a screen if it is in front. False: it stays as it is."""
        ...

    async def ask(self, overlay: Overlay[Answer]) -> Answer | None:
        """Show an overlay and wait for its answer; None: it was cancelled."""
        ...


class PageDeviceNews(ConsoleDeviceNews, Protocol):
    """Devices whose events are announced."""

    @property
    def devices(self) -> Mapping[DeviceId, DeviceRow]:
        """The devices as they were known last."""
        ...


class SavedState(Protocol):
    """State of the user interface that is saved."""

    @property
    def state(self) -> SessionState:
        """The state of lists when they were left."""
        ...

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that were used, newest first."""
        ...

    def save_state(self, state: SessionState) -> None:
        """Save the state of lists for the next session."""
        ...

    def save_filter(self, text: str) -> None:
        """Save a filter among those that were used."""
        ...

    def hint_once(self, name: str, text: str) -> None:
        """Show a hint that is shown only once per user."""
        ...


class CommandRunner(Protocol):
    """Runs the commands of keys."""

    async def press(self, command: Command, situation: Situation) -> None:
        """Run the command of a key."""
        ...


class BackgroundStart(Protocol):
    """The startup as screens see it."""

    @property
    def begun(self) -> "asyncio.Event":
        """Set once the background work runs and the modules that its calls need are loaded."""
        ...


class HeaderSwitch(Protocol):
    """The state of the header."""

    @property
    def is_header_shown(self) -> bool:
        """True if pages show their header."""
        ...


class Host(Console, Protocol):
    """The application as screens see it."""

    side: "DeploymentRow | None"
    """One side of a comparison, stored while the user moves between lists."""

    @property
    def keymap(self) -> Keymap:
        """The keys of each command."""
        ...

    @property
    def navigator(self) -> PageNavigation:
        """Opens and closes screens."""
        ...

    @property
    def device_news(self) -> PageDeviceNews:
        """Announces events of chosen devices."""
        ...

    @property
    def session(self) -> SavedState:
        """Saves the state of the user interface."""
        ...

    @property
    def dispatcher(self) -> CommandRunner:
        """Runs the commands of keys."""
        ...

    @property
    def first_paint(self) -> FirstPaint:
        """Holds painting back until the first screen is complete."""
        ...

    @property
    def startup(self) -> BackgroundStart:
        """Starts the background work of the fleet."""
        ...

    @property
    def everywhere(self) -> HeaderSwitch:
        """Holds the state of the header."""
        ...

    @property
    def total(self) -> Tally:
        """The counts of the whole account, as last read."""
        ...

    def now(self) -> datetime:
        """Return the present time."""
        ...
