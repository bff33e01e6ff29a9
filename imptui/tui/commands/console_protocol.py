"""The interface of the console for commands. `ImptuiApp` implements it; a test may use a smaller one."""

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from imptui.domain.ids import DeviceId
from imptui.query.query import Scope
from imptui.tui.commands.questions import Form, Menu, Question, Report
from imptui.tui.commands.routes import Route

if TYPE_CHECKING:
    from imptui.config.contexts import NamedContext
    from imptui.domain.rows import DeviceRow
    from imptui.fleet.fleet import Fleet

Target = TypeVar("Target")
"""A protocol of `actions.py`."""


class Navigation(Protocol):
    """The screen in front, and the way to others."""

    def open(self, route: Route) -> None:
        """Open a screen."""
        ...

    def show_scope(self, scope: Scope) -> None:
        """Show the devices of a scope on the fleet screen."""
        ...

    def set_marks(self, device_ids: set[DeviceId]) -> None:
        """Keep the marks of these devices in the device list, and clear all others."""
        ...


class ConsoleOutlets(Protocol):
    """Clipboard, files and browser."""

    def copy(self, text: str, what: str) -> None:
        """Copy to the clipboard, or write a file where there is none; a message names which."""
        ...

    def export_path(self, what: str, suffix: str) -> Path:
        """Create an empty file in the exports folder, readable by its owner alone."""
        ...

    def open_url(self, url: str) -> None:
        """Open a browser where there is one, else copy the address."""
        ...


class ConsoleContexts(Protocol):
    """Contexts, and write access."""

    def all(self) -> "tuple[NamedContext, ...]":
        """Return every context of the contexts file."""
        ...

    def switch(self, name: str) -> None:
        """End this console; its caller starts one on another context."""
        ...

    def set_read_only(self, because: str | None) -> None:
        """Refuse every change from now on, or allow changes again with None; a message says so."""
        ...


class ConsoleDeviceNews(Protocol):
    """Devices whose events are announced."""

    def toggle(self, rows: "Sequence[DeviceRow]") -> None:
        """Announce events of these devices; stop where all of them are announced already."""
        ...


class Console(Protocol):
    """The console as commands see it."""

    @property
    def fleet(self) -> "Fleet":
        """The use-cases: reads the cache and changes the account."""
        ...

    @property
    def navigator(self) -> Navigation:
        """Opens screens and moves between them."""
        ...

    @property
    def outlets(self) -> ConsoleOutlets:
        """Copies, exports and opens addresses."""
        ...

    @property
    def contexts(self) -> ConsoleContexts:
        """Switches context and write access."""
        ...

    @property
    def device_news(self) -> ConsoleDeviceNews:
        """Announces events of chosen devices."""
        ...

    def target(self, kind: type[Target]) -> Target | None:
        """Return the nearest object, seen from the keyboard focus, that offers these actions.

        The search goes from the focused widget outwards to its screen, then through the other panes of the screen, and
        ends with what works everywhere. None: nothing here offers them, and a message says so.
        """
        ...

    def show_message(self, text: str) -> None:
        """Show one sentence on the bottom line for some seconds. The notifier makes foreign parts safe."""
        ...

    def fail(self, attempt: str, error: Exception) -> None:
        """Show one sentence about a failure, and list it behind `!`."""
        ...

    def ask(self, question: Question) -> Awaitable[bool]:
        """Ask a question, and return whether the user confirmed."""
        ...

    def choose(self, menu: Menu) -> Awaitable[str | None]:
        """Show a menu, and return the key of the chosen option; None: nothing was chosen."""
        ...

    def fill(self, form: Form) -> Awaitable[Mapping[str, str] | None]:
        """Show a form, and return the answers by key; None: it was cancelled."""
        ...

    def show(self, report: Report) -> Awaitable[None]:
        """Show lines until the user closes them."""
        ...
