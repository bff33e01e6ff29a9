"""History and stream told as one log."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.fleet.logs.log_merge import LogMerger

START = datetime(2026, 3, 1, tzinfo=UTC)


def entry(second: int, text: str = "x") -> LogEntry:
    return LogEntry(DeviceId("5000d8c46a56cfca"), START + timedelta(seconds=second), "server.log", text)


def test_a_line_of_both_sources_is_told_once() -> None:
    """What history told is not told again by the stream, nor the other way round."""
    joiner = LogMerger()
    assert joiner.page([entry(1), entry(2)], 100).entries == (entry(1), entry(2))
    assert not joiner.live(entry(2))
    assert joiner.live(entry(3))
    assert joiner.page([entry(1), entry(2), entry(3)], 100).entries == ()


def test_equal_lines_count_as_often_as_one_source_told_them() -> None:
    """A device that says the same thing twice in a millisecond said it twice."""
    joiner = LogMerger()
    assert joiner.live(entry(1))
    assert joiner.live(entry(1))
    assert joiner.page([entry(1), entry(1), entry(1)], 100).entries == (entry(1),)


def test_a_full_page_of_nothing_known_has_a_gap() -> None:
    """When all lines of a full page are new, lines before them may be missing; a first page misses nothing."""
    joiner = LogMerger()
    assert not joiner.page([entry(1), entry(2)], 2).has_gap
    assert joiner.page([entry(5), entry(6)], 2).has_gap
    assert not joiner.page([entry(6), entry(7)], 2).has_gap


def test_what_is_older_than_the_first_page_stays_out() -> None:
    """A longer page later on does not put older lines below newer ones."""
    joiner = LogMerger()
    joiner.page([entry(5), entry(6)], 2)
    assert joiner.page([entry(3), entry(4), entry(5), entry(6)], 4).entries == ()


def test_a_burst_cut_by_the_first_page_stays_cut() -> None:
    """Lines of one moment that stand before the first page's are older; those that stand behind it are news."""
    joiner = LogMerger()
    joiner.page([entry(1, "c"), entry(1, "d")], 2)
    page = [entry(1, "a"), entry(1, "b"), entry(1, "c"), entry(1, "d"), entry(1, "e")]
    assert joiner.page(page, 5).entries == (entry(1, "e"),)


def test_memory_is_bounded() -> None:
    """However long a device talks, no more than so many lines are remembered, and the forgotten ones are not told again."""
    joiner = LogMerger(known=10)
    for second in range(1000):
        assert joiner.live(entry(second))
    assert len(joiner._told) <= 10
    assert joiner.page([entry(second) for second in range(900, 1000)], 100).entries == ()


@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 30), max_size=8), st.data())
def test_any_mixture_tells_every_line_once(gaps: list[int], looks: list[int], draw: st.DataObject) -> None:
    """Wherever pages are read between the lines of a stream that began late, every line is told once and none is lost."""
    begins = draw.draw(st.integers(0, len(gaps)))
    lines, at = [], 0
    for number, gap in enumerate(gaps):
        at += gap + (number == begins)
        lines.append(entry(at, "tick"))
    joiner, told = LogMerger(), list[LogEntry]()
    told += joiner.page(lines[:begins], 100).entries
    for count, line in enumerate(lines[begins:], begins + 1):
        if count in looks:
            told += joiner.page(lines[:count], 100).entries
        if joiner.live(line):
            told.append(line)
    assert told == lines
