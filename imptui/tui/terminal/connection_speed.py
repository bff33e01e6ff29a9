"""The speed of the connection to the terminal, and the limits that depend on it.

A terminal answers a query for its cursor position. The time of an answer is the round trip. Directly after a screen of known
size, the answer takes longer by the time that the screen takes.
"""

from msgspec import Struct

ASK = "\x1b[6n"
"""Asks a terminal for its cursor position; all terminals answer."""

SLOW_WAY_S = 0.15
"""From this round trip on, keys feel late, and frames between two answers are wasted."""

SLOW_BYTES_S = 20_000
"""Below this rate a page of a large list takes longer than a quarter of a second."""

FRAME_S = 0.2
"""The time between two paintings on a slow connection; changes in between are sent together. The first painting is immediate."""

UNSEEN_FRAME_S = 1.0
"""The same while the terminal reports that it has no focus."""

SLOW_ROUND_S = 10.0
"""The time between two rounds of reading visible devices, on a slow connection or without focus."""


class ConnectionSpeed(Struct, frozen=True):
    """A measured speed."""

    way_s: float
    """The round trip."""
    bytes_s: float | None = None
    """The throughput; None: too high to measure."""

    @property
    def is_slow(self) -> bool:
        """True if fewer frames and fewer colours are better."""
        return self.way_s > SLOW_WAY_S or (self.bytes_s is not None and self.bytes_s < SLOW_BYTES_S)

    @property
    def words(self) -> str:
        """Return the speed in words: `320 ms there and back, 9 kB a second`."""
        rate = "" if self.bytes_s is None else f", {self.bytes_s / 1000:,.0f} kB a second"
        return f"{self.way_s * 1000:.0f} ms there and back{rate}"


def speed_of(loaded_s: float, way_s: float, sent_bytes: int) -> ConnectionSpeed:
    """Return the speed of a connection from the time of an answer after `sent_bytes`, and the time of an answer without load."""
    spent_s = loaded_s - way_s
    return ConnectionSpeed(way_s, sent_bytes / spent_s if spent_s > 0.005 else None)
