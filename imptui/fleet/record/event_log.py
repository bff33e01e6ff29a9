"""The file of a record: one JSON object a line, in the order in which things happened.

A record is a folder (0700) with two files (0600): `cache.sqlite`, a copy of the cache as it was at the beginning, and
`events.jsonl`. Each event has `n` (1, 2, 3, ...), `s` (seconds since the beginning, by a clock that only grows), `at` (the
time of the fleet, ISO 8601, UTC) and `kind`:

    begin    `schema` "imptui-record", `version`, `program`, `columns`, `lines`, `context`, `settings`, `state`, `guard`
    key      `key`, `character`, `burst`: a key as it is delivered; keys of one burst were read together
    secret   `count`, `burst`, `is_pasted`: so many characters for a secret field
    paste    `text`, or `count` where the text reached no field
    scan     `text`: a code from a bar-code reader
    resize   `columns`, `lines`
    clock    a second went by
    batch    `is_background`, `statements`: one committed transaction of the cache, as SQL with its values
    call     the outcome of a call that somebody waits for: `request`, and `status`, `headers`, `body`, or `error`, `reason`
             without an answer; `is_stream` if chunks follow
    chunk    `request`, `text`, `is_last`: a part of an event stream
    news     `status`: the fleet announced that the cache has something new, and how fresh everything is
    resort   the fleet forgot the order of the lists
    end      the console was left

A reader ignores fields that it does not know. `version` grows when the meaning of a field changes.
"""

import json
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

SCHEMA = "imptui-record"
VERSION = 1

EVENTS = "events.jsonl"
CACHE = "cache.sqlite"

TICK_S = 1.0
"""The interval at which the clock is recorded while nothing else happens."""

LEAST_SECRET = 8
"""Secrets of fewer characters are not searched for in events: they would be found in words that are none."""

MASK = "masked"


class RecordUnreadable(Exception):
    """A folder holds no record that this version can replay; the message says why."""


class RecordedEvent(Struct, frozen=True):
    """One line of the file."""

    n: int
    s: float
    at: datetime
    kind: str
    fields: Mapping[str, Any]


class EventLog:
    """Writes events in their order, in a thread of its own. Thread-safe; `write` never waits for the disk.

    Args:
        folder: The folder of the record; it exists.
        now: The time of the fleet, aware UTC.
        monotonic: Seconds that only grow.
        tick_s: How often the clock is recorded.

    Attributes:
        on_failure: Called once, in the log's thread, with a sentence, if the file cannot be written; then recording has ended.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        tick_s: float = TICK_S,
    ) -> None:
        self._path = folder / EVENTS
        self._now = now
        self._monotonic = monotonic
        self._tick_s = tick_s
        self._began = monotonic()
        self._lock = threading.Lock()
        self._count = 0
        self._secrets: set[str] = set()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._is_over = False
        self.on_failure: Callable[[str], None] = _ignore
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    def hide(self, secret: str) -> None:
        """Write a mask wherever this text occurs in later events."""
        if len(secret) >= LEAST_SECRET:
            self._secrets |= {secret, json.dumps(secret)[1:-1]}

    def write(self, kind: str, **fields: object) -> None:
        """Write an event; returns at once."""
        with self._lock:
            if self._is_over:
                return
            self._count += 1
            s = round(self._monotonic() - self._began, 3)
            event = {"n": self._count, "s": s, "at": self._now().isoformat(), "kind": kind, **fields}
            text = json.dumps(event, ensure_ascii=False, default=str)
            for secret in self._secrets:
                text = text.replace(secret, MASK)
            self._lines.put(text)

    def close(self) -> None:
        """Write the last event and close the file. Blocks until everything is on the disk."""
        self.write("end")
        with self._lock:
            self._is_over = True
        self._lines.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while (text := self._next()) is not None:
                data = (text + "\n").encode("utf-8", "backslashreplace")
                while data:
                    data = data[os.write(self._file, data) :]
        except OSError as error:
            with self._lock:
                self._is_over = True
            why = error.strerror or str(error)
            self.on_failure(f"Recording has ended: {why}. The console goes on. Not everything is in {self._path}.")
        finally:
            os.close(self._file)

    def _next(self) -> str | None:
        while True:
            try:
                return self._lines.get(timeout=self._tick_s)
            except queue.Empty:
                self.write("clock")


def read_events(folder: Path) -> Iterator[RecordedEvent]:
    """Read the events of a record, one after the other. A last line that was cut is ignored.

    Raises:
        RecordUnreadable: It is no record, or one of a newer version.
    """
    path = folder / EVENTS
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith("\n"):
                    return
                event = _event_of(line, path, number)
                if number == 1:
                    _check_version(event, path)
                yield event
    except OSError as error:
        raise RecordUnreadable(f"Cannot read the record {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise RecordUnreadable(f"Cannot read the record {path}: it is no UTF-8 text.") from error


def _event_of(line: str, path: Path, number: int) -> RecordedEvent:
    try:
        fields = json.loads(line)
        at = datetime.fromisoformat(fields.pop("at")).astimezone(UTC)
        return RecordedEvent(int(fields.pop("n")), float(fields.pop("s")), at, str(fields.pop("kind")), fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordUnreadable(f"Cannot read the record {path}: line {number} is no event.") from error


def _check_version(event: RecordedEvent, path: Path) -> None:
    schema, version = event.fields.get("schema"), event.fields.get("version")
    if event.kind != "begin" or schema != SCHEMA or not isinstance(version, int):
        raise RecordUnreadable(f"Cannot replay {path}: it does not begin like a record of imptui.")
    if version > VERSION:
        raise RecordUnreadable(f"Cannot replay {path}: a newer imptui recorded it. Replay it with that version.")


def _ignore(_: str) -> None:
    """Ignore a sentence."""
