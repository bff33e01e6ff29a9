"""Deliver keys to Textual, and report when they were handled."""

from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App

FOLLOWED = 3
"""The number of messages that a key causes one after the other, the key included."""


class KeyDelivery:
    """Delivers keys and pastes to an application.

    Args:
        app: The application; its own `on_event` is bypassed.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app

    @property
    def is_typing(self) -> bool:
        """True if letters go into a field."""
        focused = self._app.focused
        return focused is not None and focused.check_consume_key("a", "a")

    async def press(self, key: str, character: str | None) -> bool:
        """Press a key. Its binding runs at once; without a binding, and while a field has the focus, a widget gets the key.

        Returns:
            True if the key was handled already. False: it passes through the widgets; see `follow`.
        """
        if not self.is_typing and await self._app._check_bindings(key):
            return True
        await App.on_event(self._app, events.Key(key, character))
        return False

    async def paste(self, text: str) -> None:
        """Paste a text into the focused field."""
        await App.on_event(self._app, events.Paste(text))

    def follow(self, done: Callable[[], None]) -> None:
        """Call `done` after every widget has handled the key that was pressed before this call.

        A key passes from the focused widget up to the application, queue by queue, and so do the messages that it causes (a
        field was submitted, a bar was closed). A callback that takes the same way as often arrives after them.
        """
        first = self._app.focused if self._app.focused is not None else self._app.screen
        way = [*first.ancestors_with_self] * FOLLOWED

        def step(place: int) -> None:
            while place < len(way) and not way[place].call_later(step, place + 1):
                place += 1  # The widget is gone.
            if place == len(way):
                done()

        step(0)
