"""Overlays: screens in front of a page, and the only function that closes a screen.

Textual's `dismiss` and `pop_screen` close whatever screen is on top. `close_screen` first checks that the screen to close is the
one on top, so closing twice, late, or in any order is harmless.
"""

import asyncio
from typing import Any, Generic, TypeVar

from textual.screen import ModalScreen, Screen

Answer = TypeVar("Answer")


def close_screen(screen: Screen[Any]) -> bool:
    """Close a screen if it is in front. Return False if it is closed already, covered by another one, or the only one."""
    app = screen.app
    stack = app.screen_stack
    if len(stack) < 2 or stack[-1] is not screen:
        return False
    app.pop_screen()
    return True


class Overlay(ModalScreen[None], Generic[Answer]):
    """A dialog, menu or set of labels in front of a page, which gives one answer.

    Attributes:
        is_open: True while it is on the screen and takes keys.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_open = False
        self._answered = asyncio.Event()
        self._answer: Answer | None = None

    @property
    def expects_text(self) -> bool:
        """True if it has a text field that gets the focus when it opens."""
        return False

    @property
    def passes_keys_on(self) -> bool:
        """True if keys typed behind its answer are for the screen or dialog that follows."""
        return False

    def close(self, answer: Answer | None = None) -> None:
        """Answer and close. Only the first call has an effect, and only while the overlay is in front."""
        if not self._answered.is_set() and close_screen(self):
            self._answer = answer
            self._answered.set()

    async def answer(self) -> Answer | None:
        """Wait until it is closed, and return the answer; None: it was cancelled."""
        try:
            await self._answered.wait()
        except asyncio.CancelledError:
            self.close()
            raise
        return self._answer

    def on_screen_resume(self) -> None:
        """Start to take keys."""
        self.is_open = True

    def on_unmount(self) -> None:
        """Return None to a caller that still waits for the answer, however the screen was closed."""
        self._answered.set()
