"""The file of a record: order, masks, versions, and ends that were cut."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imptui.fleet.record.event_log import EVENTS, SCHEMA, VERSION, EventLog, RecordUnreadable, read_events

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path, lambda: NOW, tick_s=60)
    log.write("begin", schema=SCHEMA, version=VERSION)
    yield log
    log.close()


def test_events_are_numbered_in_the_order_in_which_they_were_written(log: EventLog, tmp_path: Path) -> None:
    """Events of several threads have consecutive numbers, and their times never go back."""
    threads = [threading.Thread(target=lambda: [log.write("clock") for _ in range(50)]) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    log.close()
    events = list(read_events(tmp_path))
    assert [each.n for each in events] == list(range(1, 203))
    assert [each.s for each in events] == sorted(each.s for each in events)
    assert {each.at for each in events} == {NOW}


def test_the_clock_is_recorded_while_nothing_happens(tmp_path: Path) -> None:
    """A second without an event is an event of the kind `clock`."""
    log = EventLog(tmp_path, lambda: NOW, tick_s=0.01)
    log.write("begin", schema=SCHEMA, version=VERSION)
    file = tmp_path / EVENTS
    while file.read_text().count('"clock"') < 2:
        threading.Event().wait(0.01)
    log.close()
    assert next(reversed(list(read_events(tmp_path)))).kind == "end"


@pytest.mark.parametrize("secret", ["open-sesame", 'quote"and\\slash', "schlüssel-ü"])
def test_hidden_texts_are_masked_in_later_events(log: EventLog, tmp_path: Path, secret: str) -> None:
    """A hidden text is replaced in every later event, in whatever field it is."""
    log.hide(secret)
    log.write("call", request="GET /x", body=f"<{secret}>", headers={"a": secret})
    log.close()
    assert [each.fields["body"] for each in read_events(tmp_path) if each.kind == "call"] == ["<masked>"]
    assert secret not in (tmp_path / EVENTS).read_text()


def test_a_last_line_that_was_cut_is_ignored(log: EventLog, tmp_path: Path) -> None:
    """A record of a process that was killed is replayed up to its last whole event."""
    log.close()
    with (tmp_path / EVENTS).open("a") as file:
        file.write('{"n": 3, "s": 1.0, "at": "2026-')
    assert [each.kind for each in read_events(tmp_path)] == ["begin", "end"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            f'{{"n":1,"s":0,"at":"{NOW.isoformat()}","kind":"begin","schema":"{SCHEMA}","version":{VERSION + 1}}}\n',
            "newer imptui",
        ),
        (f'{{"n":1,"s":0,"at":"{NOW.isoformat()}","kind":"key"}}\n', "does not begin like a record"),
        ("[]\n", "line 1 is no event"),
        ("\xff\n", "no UTF-8"),
        (None, "No such file"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(tmp_path: Path, text: str | None, why: str) -> None:
    """A file of a newer version, another file, or none is refused in a sentence."""
    if text is not None:
        (tmp_path / EVENTS).write_text(text, encoding="latin-1")
    with pytest.raises(RecordUnreadable, match=why):
        list(read_events(tmp_path))
