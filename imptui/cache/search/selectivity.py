"""Estimates from some hundred devices which trigrams are rare in the fleet; searches begin with rare ones.

Names of a fleet resemble each other: `plant07-line3` shares most of its trigrams with every device. For all trigrams of a word,
the index reads lists as long as the fleet; for the few rarest it answers at once, and the condition itself is checked afterwards.
A wrong estimate costs time, never a match.
"""

import sqlite3
import threading

SAMPLE_SIZE = 400
"""Number of devices in the sample."""

COMMON = 0.3
"""Share of the sample from which a trigram is too common to help."""

MOST_TRIGRAMS = 4
"""Largest number of trigrams in one query of the index."""


class Frequencies:
    """Searchable texts of a sample of the fleet, read again when the fleet has grown by half."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_n = 0
        self._texts: list[str] = []

    def refresh(self, reader: sqlite3.Connection) -> None:
        """Read the sample if there is none or the fleet has grown by half."""
        last_n = int(reader.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0])
        if self._texts and last_n <= self._last_n * 1.5:
            return
        step = max(1, last_n // SAMPLE_SIZE)
        numbers = ",".join(map(str, range(last_n, 0, -step)))
        texts = [row[0] for row in reader.execute(f"SELECT search FROM device WHERE n IN ({numbers})")]
        with self._lock:
            self._last_n, self._texts = last_n, texts

    def of(self, piece: str) -> float:
        """Return the share of texts that contain `piece`, 0 to 1."""
        return sum(piece in text for text in self._texts) / max(1, len(self._texts))


def trigrams(folded: str, frequencies: Frequencies) -> str | None:
    """Return a query of the trigram index for devices that may contain `folded`.

    Returns:
        None if the index does not help: fewer than three letters, or only common trigrams.
    """
    places = {folded[at : at + 3]: at for at in range(len(folded) - 2)}
    shares = {piece: frequencies.of(piece) for piece in places}
    chosen: list[str] = []
    for piece in sorted(places, key=lambda one: shares[one]):
        is_apart = all(abs(places[piece] - places[other]) >= 3 for other in chosen)
        if shares[piece] < COMMON and is_apart and len(chosen) < MOST_TRIGRAMS:
            chosen.append(piece)
    return " AND ".join('"' + piece.replace('"', '""') + '"' for piece in chosen) or None
