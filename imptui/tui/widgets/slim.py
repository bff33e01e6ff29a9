"""Painting over a slow line: an application that sends only the cells that differ from what the terminal shows."""

import sys
from collections.abc import Iterator, Mapping

from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.filter import Monochrome, NoColor
from textual.screen import Screen
from textual.strip import Strip

from imptui.tui.present.cells import Painted, Shadow, can_erase_coloured, encoder

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
        super().__init__()
        # NO_COLOR means the terminal's own colours, not greys: what Textual makes of `default` is black on black.
        self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]

    def _display(self, screen: Screen[object], renderable: object) -> None:
        driver = self._driver
        is_ours = isinstance(renderable, LayoutUpdate | ChopsUpdate)
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
        if self._shadow is not None:
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
