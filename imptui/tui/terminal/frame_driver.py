"""The driver of a terminal on which something is painted already when the console takes it."""

from typing import TYPE_CHECKING, Protocol

from imptui.tui.terminal.hangup_driver import HardyDriver

if TYPE_CHECKING:
    from imptui.tui.terminal.frame import Frame

ENTER = "\x1b[?1049h"
"""To the alternate screen; it clears that, also when it is there already."""


class PaintedTerminal(Protocol):
    """Whoever had the terminal before.

    Attributes:
        taken: What is on it; None: the screen of the shell.
        settings_before: How it took keys before anything was changed; None: as it does now.
    """

    taken: "Frame | None"
    settings_before: list[object] | None

    def hand_over(self) -> None:
        """The console has the terminal now."""
        ...


class TakingOver(HardyDriver):
    """A driver that goes on from what is painted, and at the end leaves the terminal as it was before that."""

    opening: PaintedTerminal | None = None
    _is_entering = False

    def start_application_mode(self) -> None:
        """Take the terminal; what is painted stays."""
        opening, self.opening = self.opening, None  # once: after a suspension nothing is there any longer
        self._is_entering = opening is not None and opening.taken is not None
        super().start_application_mode()
        if opening is not None:
            if opening.settings_before is not None:
                self.attrs_before = opening.settings_before
            opening.hand_over()

    def write(self, data: str) -> None:
        """Send; the alternate screen is not entered twice."""
        if self._is_entering and data == ENTER:
            self._is_entering = False
            return
        super().write(data)
