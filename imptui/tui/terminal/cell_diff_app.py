"""An application for slow connections: it sends only the cells that differ from what the terminal shows."""

import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from imptui.tui.terminal.cells import Painted, Shadow, can_erase_coloured, encoder
from imptui.tui.terminal.connection_gauge import ConnectionGauge
from imptui.tui.terminal.connection_speed import FRAME_S, UNSEEN_FRAME_S, ConnectionSpeed
from imptui.tui.terminal.first_paint import FirstPaint
from imptui.tui.terminal.key_delivery import KeyDelivery
from imptui.tui.terminal.mouse import Mouse

if TYPE_CHECKING:
    from imptui.tui.terminal.frame_driver import PaintedTerminal

HELD_S = 0.3
"""The longest time that the first paint waits for the first rows; without rows, half a screen would be painted twice."""

CACHED_FRAME_HELD_S = 1.5
"""The same if the cached frame of the last session is on the screen."""

SETTLED_S = 0.05
"""Pause after a change of size until everything is painted; changes in quick succession cause one painting."""


class CellDiffApp(App[None]):
    """An application that remembers the cells of its terminal.

    Args:
        environ: The environment, which tells the terminal's capabilities.
        is_ascii: Send only ASCII.
    """

    def __init__(self, environ: Mapping[str, str], *, is_ascii: bool) -> None:
        self._environ = environ
        self._is_ascii = is_ascii
        self._shadow: Shadow | None = None
        self.opening: PaintedTerminal | None = None
        self.first_paint = FirstPaint(self.run_early_keys, self._paint_first, is_headless=lambda: self.is_headless)
        self.keys = KeyDelivery(self)
        self.mouse = Mouse(lambda: self._driver)
        self.is_slow = False
        """True on a slow connection: fewer frames a second, and fewer colours."""
        self._painted_at = 0.0
        self._later: Timer | None = None
        self._gauge: ConnectionGauge | None = None
        super().__init__()
        # No widget has a tooltip, and notices go to the hint line: no screen needs the widgets for either.
        self._disable_tooltips = self._disable_notifications = True
        # NO_COLOR means the terminal's own colours, not greys: Textual turns `default` into black on black.
        self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that keeps the cached frame on a terminal."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from imptui.tui.terminal.frame_driver import FrameDriver

        return FrameDriver

    def _build_driver(self, *args: Any, **named: Any) -> Driver:
        driver = super()._build_driver(*args, **named)
        if self.opening is not None:
            driver.opening = self.opening  # type: ignore[attr-defined]  # others have no use for it
            if self.opening.taken is not None:
                frame = self.opening.taken
                self._shadow = self._new_shadow(frame.columns, frame.lines)
                self._shadow.adopt(frame)
        return driver

    def hold(self) -> None:
        """Limit the time that the first paint waits."""
        is_taken = self.opening is not None and self.opening.taken is not None
        self.set_timer(CACHED_FRAME_HELD_S if is_taken else HELD_S, self.first_paint.release)

    def run_early_keys(self) -> None:
        """Run the commands of early keys, then paint. Subclasses with a keyboard run the commands."""
        self.call_later(self.first_paint.paint)

    def before_first_paint(self) -> None:
        """Fill in content that was not needed before the first paint; for subclasses."""

    def _paint_first(self) -> None:
        self.before_first_paint()
        self._paint_whole()

    def run_beside(
        self, work: Callable[[], Coroutine[Any, Any, None]], *, group: str, name: str = "", exclusive: bool = False
    ) -> None:
        """Run a coroutine function in a worker.

        The worker calls the function when it starts, so a worker that is cancelled before leaves no coroutine unawaited.
        """
        self.run_worker(work, name, group, exclusive=exclusive)  # type: ignore[arg-type]  # Textual infers no result here

    def _paint_whole(self) -> None:
        if not self.screen_stack:  # The application is ending.
            return
        screen = self.screen
        if screen.is_mounted and screen.size.width:
            update = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
            self._display(screen, update)

    # Rate of painting

    def pop_screen(self) -> AwaitComplete:
        """Close a screen and free its lines. Textual's cache of two colours holds references to the painting of every widget."""
        StylesCache.get_inner_outer.cache_clear()
        return super().pop_screen()

    @property
    def _frame_s(self) -> float:
        """The least time between two paintings; the first one after a pause is immediate."""
        if not self.app_focus:
            return UNSEEN_FRAME_S
        return FRAME_S if self.is_slow else 0.0

    def _is_too_early(self) -> bool:
        """Return whether to delay a painting; a timer then paints everything."""
        wait_s = self._painted_at + self._frame_s - monotonic()
        if wait_s <= 0:
            self._painted_at = monotonic()
            return False
        if self._later is None:
            self._later = self.set_timer(wait_s, self._paint_later)
        return True

    def paint_now(self) -> None:
        """Paint now if a painting is delayed."""
        if self._later is not None:
            self._later.stop()
            self._paint_later()

    def _paint_later(self) -> None:
        self._later = None
        self._paint_whole()

    def send(self, sequence: str) -> bool:
        """Send an escape sequence. Return False if there is no terminal."""
        if self._driver is None or self.is_headless:
            return False
        self._driver.write(sequence)
        self._driver.flush()
        return True

    def painted_cells(self) -> "Shadow | None":
        """Return a copy of the cells that the terminal shows; None: nothing was painted."""
        return self._shadow.copy() if self._shadow is not None and self.first_paint.painted.is_set() else None

    def gauge_connection(self) -> None:
        """Measure the connection with the next screen that is sent; `connection_gauged` receives the result."""

        def send(text: str) -> None:
            if self._driver is not None:
                self._driver.write(text)
                self._driver.flush()

        self._gauge = ConnectionGauge(send, self.connection_gauged)

    def connection_gauged(self, speed: ConnectionSpeed) -> None:
        """Receive the measured speed of the connection; for subclasses."""

    def on_cursor_position(self) -> None:
        """Receive the cursor position that the terminal reports."""
        if self._gauge is not None:
            self._gauge.answered()

    def _display(self, screen: Screen[object], renderable: object) -> None:
        driver = self._driver
        is_ours = isinstance(renderable, LayoutUpdate | ChopsUpdate)
        if self.first_paint.is_held:
            self.post_display_hook()
            return
        if is_ours and not self.is_headless and self._is_too_early():
            self.post_display_hook()
            return
        if not is_ours or self._batch_count or not self._running or self._closed or self.is_headless or driver is None:
            super()._display(screen, renderable)  # type: ignore[arg-type]  # as it came
            return
        if self._shadow is None or self._shadow.size != tuple(screen.size):
            self._shadow = self._new_shadow(*screen.size)
        place = screen.outer_size.clamp_offset(self.cursor_position)
        out = self._shadow.paint(_pieces(renderable), (place.y, place.x))  # type: ignore[arg-type]  # one of the two
        if out:
            self._begin_update()
            driver.write(out)
            self._end_update()
            if self._gauge is not None and not self._gauge.is_begun:
                self._gauge.begin(len(out))
            driver.flush()
        self.post_display_hook()

    def _new_shadow(self, columns: int, lines: int) -> Shadow:
        system = self.console._color_system

        def sgr(segment: Segment) -> str:
            return Strip.render_ansi(segment.style, system) if segment.style else ""

        encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
        encodes = encoder("ascii" if self._is_ascii else encoding)
        erases = can_erase_coloured(self._environ.get("TERM", ""))
        return Shadow(columns, lines, sgr=sgr, erases_coloured=erases, encodes=encodes)

    def on_resize(self) -> None:
        """Repaint everything: a terminal that was smaller for a moment lost content, even if its size is the same again."""
        if self._shadow is not None and self.first_paint.painted.is_set():
            self._shadow = None
            self.set_timer(SETTLED_S, self._refresh_all)

    def action_redraw(self) -> None:
        """Paint every cell again, after another program wrote on the terminal."""
        self._shadow = None
        self._refresh_all()

    def _refresh_all(self) -> None:
        if not self.screen_stack:  # The application is ending.
            return
        self.refresh(repaint=True, layout=True)
        for widget in self.screen.query("*"):
            widget.refresh()


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Painted]:
    """Yield each part of a screen update of the compositor."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, begin, end in update.spans:
        for right, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= end and right > begin:
                yield y, x, chop if right <= end else chop.crop(0, end - x)
