"""The driver for a terminal that shows the cached frame before the console starts."""

from typing import TYPE_CHECKING, Protocol

from imptui.tui.terminal.hangup_driver import HangupDriver

if TYPE_CHECKING:
    from imptui.tui.terminal.frame import Frame

ENTER = "\x1b[?1049h"
"""Switches to the alternate screen, and clears it."""


class PaintedTerminal(Protocol):
    """The part of the program that painted the cached frame.

    Attributes:
        taken: The frame on the terminal; None: the screen of the shell.
        settings_before: The original terminal settings; None: unchanged so far.
    """

    taken: "Frame | None"
    settings_before: list[object] | None

    def hand_over(self) -> None:
        """Pass the terminal to the console."""
        ...


class FrameDriver(HangupDriver):
    """Keeps the cached frame on the screen, and at the end restores the terminal as it was before that frame."""

    opening: PaintedTerminal | None = None
    _is_entering = False

    def start_application_mode(self) -> None:
        """Take the terminal without clearing it."""
        opening, self.opening = self.opening, None  # Only once: after a suspension the frame is gone.
        self._is_entering = opening is not None and opening.taken is not None
        super().start_application_mode()
        if opening is not None:
            if opening.settings_before is not None:
                self.attrs_before = opening.settings_before
            opening.hand_over()

    def write(self, data: str) -> None:
        """Send output, but enter the alternate screen only once."""
        if self._is_entering and data == ENTER:
            self._is_entering = False
            return
        super().write(data)
