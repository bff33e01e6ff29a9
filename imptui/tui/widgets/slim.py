"""Painting over a slow line: an application that sends only the cells that differ from what the terminal shows."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.screen import Screen
from textual.strip import Strip

from imptui.tui.present.cells import Painted, Shadow, can_erase_coloured, encoder

if TYPE_CHECKING:
    from imptui.tui.widgets.terminal import Opening

HELD_S = 0.3
"""How long the first paint waits for the first rows: half a screen is painted twice."""

TAKEN_HELD_S = 1.5
"""The same where the last screen of the sitting before is there to be looked at."""

SETTLED_S = 0.05
"""How long after a change of size everything is painted: sizes that come quickly one after the other are one."""


class SlimApp(App[None]):
    """An application with a memory of its terminal's cells.

    Args:
        environ: The environment, for what the terminal can do.
        is_ascii: Whether nothing but ASCII may be sent.
    """

    def __init__(self, environ: Mapping[str, str], *, is_ascii: bool) -> None:
        self._environ = environ
        self._is_ascii = is_ascii
        self._shadow: Shadow | None = None
        self.opening: Opening | None = None
        self._is_held = True
        self.painted = asyncio.Event()
        """Set once the first screen was painted."""
        super().__init__()
        # NO_COLOR means the terminal's own colours, not greys: what Textual makes of `default` is black on black.
        self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]

    def get_driver_class(self) -> type[Driver]:
        """On a terminal, the one that can go on from what is painted there."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from imptui.tui.widgets.terminal import TakingOver

        return TakingOver

    def _build_driver(self, *args: Any, **named: Any) -> Driver:
        driver = super()._build_driver(*args, **named)
        if self.opening is not None:
            driver.opening = self.opening  # type: ignore[attr-defined]  # others have no use for it
            if self.opening.taken is not None:
                frame = self.opening.taken
                self._shadow = self._new_shadow(frame.columns, frame.lines)
                self._shadow.adopt(frame)
        return driver

    @property
    def is_held(self) -> bool:
        """Whether nothing is painted yet, for there is nothing whole to show."""
        return self._is_held

    def hold(self) -> None:
        """Wait with the first paint for `let_paint`, but not for long."""
        is_taken = self.opening is not None and self.opening.taken is not None
        self.set_timer(TAKEN_HELD_S if is_taken else HELD_S, self.let_paint)

    def let_paint(self) -> None:
        """From now on what is drawn is painted."""
        if self._is_held:
            self._is_held = False
            self.painted.set()
            self._paint_whole()

    def _paint_whole(self) -> None:
        screen = self.screen
        if screen.is_mounted and screen.size.width:
            self._display(screen, screen._compositor.render_full_update())

    def _display(self, screen: Screen[object], renderable: object) -> None:
        driver = self._driver
        is_ours = isinstance(renderable, LayoutUpdate | ChopsUpdate)
        if self._is_held and not self.is_headless:
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
        """A terminal that was smaller for a moment lost what it showed, though its size may be the one it had before."""
        if self._shadow is not None and not self._is_held:
            self._shadow = None
            self.set_timer(SETTLED_S, self._refresh_all)

    def action_redraw(self) -> None:
        """Paint every cell anew, after something else wrote on the terminal."""
        self._shadow = None
        self._refresh_all()

    def _refresh_all(self) -> None:
        self.refresh(repaint=True, layout=True)
        for widget in self.screen.query("*"):
            widget.refresh()


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Painted]:
    """Everything that the compositor wants on the screen, piece by piece."""
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
