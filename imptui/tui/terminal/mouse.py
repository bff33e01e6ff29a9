"""Ask the terminal to report the mouse, or to keep it for selecting text."""

from collections.abc import Callable

from textual.driver import Driver


class Mouse:
    """The mouse of the terminal.

    Args:
        driver: Returns the driver; None: there is no terminal yet.
    """

    def __init__(self, driver: Callable[[], Driver | None]) -> None:
        self._driver = driver
        self._is_on: bool | None = None

    @property
    def is_on(self) -> bool:
        """Whether the mouse is reported. Over SSH it is the terminal's own at first."""
        return bool(getattr(self._driver(), "_mouse", False)) if self._is_on is None else self._is_on

    def switch(self, *, on: bool) -> None:
        """Report the mouse from now on, or no longer."""
        self._is_on = on
        driver = self._driver()
        send = getattr(driver, "_enable_mouse_support" if on else "_disable_mouse_support", None)
        if driver is not None and send is not None:
            if on:
                driver._mouse = True  # else the driver sends nothing, believing that there is no mouse
            send()
