"""Switch mouse reports of the terminal on or off; without reports, the mouse selects text."""

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
        """True if the mouse is reported. Over SSH it is off at first."""
        return bool(getattr(self._driver(), "_mouse", False)) if self._is_on is None else self._is_on

    def switch(self, *, on: bool) -> None:
        """Switch mouse reports on or off."""
        self._is_on = on
        driver = self._driver()
        send = getattr(driver, "_enable_mouse_support" if on else "_disable_mouse_support", None)
        if driver is not None and send is not None:
            if on:
                driver._mouse = True  # Without this flag the driver sends nothing.
            send()
