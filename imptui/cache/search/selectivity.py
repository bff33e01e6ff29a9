"""Which three letters are rare in a fleet: guessed from some hundred of its devices, so that searches begin with those.

Names of a fleet resemble each other: `plant07-line3` shares most of its trigrams with every device. Asked for all of them,
the trigram index reads lists as long as the fleet; asked for the rarest few, it answers at once, and the condition itself
looks again. A wrong guess costs time, never a device.
"""

import sqlite3
import threading

SAMPLE = 400
"""Texts that are looked at."""

COMMON = 0.3
"""A trigram in this share of them tells nothing."""

ASKED = 4
"""Trigrams that are asked for at most."""


class Frequencies:
    """A few texts of the fleet, read once and again when the fleet has grown by half."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_n = 0
        self._texts: list[str] = []

    def refresh(self, reader: sqlite3.Connection) -> None:
        """Read the texts, if there are none or the fleet was much smaller then."""
        last_n = int(reader.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0])
        if self._texts and last_n <= self._last_n * 1.5:
            return
        step = max(1, last_n // SAMPLE)
        numbers = ",".join(map(str, range(last_n, 0, -step)))
        texts = [row[0] for row in reader.execute(f"SELECT search FROM device WHERE n IN ({numbers})")]
        with self._lock:
            self._last_n, self._texts = last_n, texts

    def of(self, piece: str) -> float:
        """The share of texts that hold `piece`, 0 to 1."""
        return sum(piece in text for text in self._texts) / max(1, len(self._texts))


def trigrams(folded: str, frequencies: Frequencies) -> str | None:
    """What to ask the trigram index for devices that may hold `folded`.

    Returns:
        None where the index does not help: fewer than three letters, or nothing but common trigrams.
    """
    places = {folded[at : at + 3]: at for at in range(len(folded) - 2)}
    shares = {piece: frequencies.of(piece) for piece in places}
    chosen: list[str] = []
    for piece in sorted(places, key=lambda one: shares[one]):
        is_apart = all(abs(places[piece] - places[other]) >= 3 for other in chosen)
        if shares[piece] < COMMON and is_apart and len(chosen) < ASKED:
            chosen.append(piece)
    return " AND ".join('"' + piece.replace('"', '""') + '"' for piece in chosen) or None
