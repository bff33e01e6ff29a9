"""What screens ask of the application."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from imptui.config.keys import Keymap
from imptui.config.state import SessionState
from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow, Tally
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console

if TYPE_CHECKING:
    import asyncio

    from imptui.fleet.read_model import DeploymentRow


class Host(Console, Protocol):
    """What a page asks of the application, besides what commands ask."""

    keymap: Keymap
    is_header_shown: bool
    side: "DeploymentRow | None"
    """One side of a comparison, kept while lists come and go."""

    noticed: Mapping[DeviceId, DeviceRow]
    """Devices that the person wants to hear of."""
    habits: SessionState
    """How lists were left."""

    @property
    def total(self) -> Tally:
        """Of the whole account, as last read."""
        ...

    def now(self) -> datetime:
        """The time."""
        ...

    @property
    def is_held(self) -> bool:
        """Whether nothing is painted yet, for there is nothing whole to show."""
        ...

    begun: "asyncio.Event"
    """Set once the fleet works in the background, and what its calls need is loaded."""

    def let_paint(self) -> None:
        """What is to be seen first is whole: paint it."""
        ...

    def remember(self, habits: SessionState) -> None:
        """Keep how things are left, for the next sitting."""
        ...

    @property
    def asked(self) -> tuple[str, ...]:
        """What lists were filtered by, newest first."""
        ...

    def remember_asked(self, text: str) -> None:
        """Keep a filter among those that were asked for."""
        ...

    def hint_once(self, name: str, text: str) -> None:
        """Something that is said once in a lifetime."""
        ...

    def obey(self, command: Command, situation: Situation, argument: str = "") -> None:
        """Run a command unless it refuses, and say why it does."""
        ...
