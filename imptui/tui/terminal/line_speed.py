"""How fast the line to the terminal is, and what follows from it.

A terminal answers the question where its cursor is; the time until it does is the way there and back, and after so many
bytes as a screen takes, the time is longer by what those took.
"""

from msgspec import Struct

ASK = "\x1b[6n"
"""Asks a terminal where its cursor is. All of them answer."""

SLOW_WAY_S = 0.15
"""From here on keys are felt to be late, and frames between two answers are for nobody."""

SLOW_BYTES_S = 20_000
"""Below this a page of a large list takes longer than a quarter of a second."""

FRAME_S = 0.2
"""Between two paintings over a slow line; what changed meanwhile is sent together. The first of them is never late."""

UNSEEN_FRAME_S = 1.0
"""The same while the terminal says that nobody works in it."""

SLOW_ROUND_S = 10.0
"""Between two rounds of reading what is visible, over a slow line or unseen."""


class LineSpeed(Struct, frozen=True):
    """What was measured."""

    way_s: float
    """There and back."""
    bytes_s: float | None = None
    """How much goes through; None: too much to tell."""

    @property
    def is_slow(self) -> bool:
        """Whether fewer frames and fewer colours serve better."""
        return self.way_s > SLOW_WAY_S or (self.bytes_s is not None and self.bytes_s < SLOW_BYTES_S)

    @property
    def words(self) -> str:
        """`320 ms there and back, 9 kB a second`."""
        rate = "" if self.bytes_s is None else f", {self.bytes_s / 1000:,.0f} kB a second"
        return f"{self.way_s * 1000:.0f} ms there and back{rate}"


def speed_of(loaded_s: float, way_s: float, sent_bytes: int) -> LineSpeed:
    """The speed of a line on which an answer took `loaded_s` behind so many bytes, and `way_s` behind nothing."""
    spent_s = loaded_s - way_s
    return LineSpeed(way_s, sent_bytes / spent_s if spent_s > 0.005 else None)
