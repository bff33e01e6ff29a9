"""Log entries as rows."""

from datetime import UTC, datetime, timedelta

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.tui.widgets.log_rows import LogRows

ONE, TWO = DeviceId("1"), DeviceId("2")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def texts(rows: LogRows, *items: LogEntry | tuple[datetime, str]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows.of(items)]


def entry(device_id: DeviceId, text: str, at: datetime = NOW) -> LogEntry:
    return LogEntry(device_id, at, "server.log", text)


def test_a_day_stands_above_its_first_row_once() -> None:
    """A new list names the day again."""
    rows = LogRows({ONE: "unit-1"})
    first = texts(rows, entry(ONE, "a"), entry(ONE, "b"))
    assert [line.startswith("--- ") for line in first] == [True, False, False]
    assert len(texts(rows, entry(ONE, "c"))) == 1
    rows.restart()
    assert len(texts(rows, entry(ONE, "c"))) == 2
    assert len(texts(rows, entry(ONE, "d", NOW + timedelta(days=2)))) == 2


def test_a_row_names_its_device_only_among_several() -> None:
    """The name of the only device would repeat the title."""
    assert "unit-1" not in texts(LogRows({ONE: "unit-1"}), entry(ONE, "a"))[1]
    assert "unit-2" in texts(LogRows({ONE: "unit-1", TWO: "unit-2"}), entry(TWO, "a"))[1]


def test_further_lines_of_an_entry_are_indented_below_its_text() -> None:
    """An entry of two lines is two rows, aligned."""
    rows = LogRows({ONE: "unit-1"})
    rows.times = 2
    assert texts(rows, entry(ONE, "first\r\nsecond"))[1:] == ["server.log   first", "             second"]


def test_a_remark_stands_between_entries_with_its_time() -> None:
    """Control characters of a remark are shown."""
    rows = LogRows({ONE: "unit-1"})
    rows.times = 2
    assert texts(rows, (NOW, "mark\x1b"))[1:] == ["mark^["]
