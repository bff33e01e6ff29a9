"""How soon what was read is written and shown."""

from datetime import UTC, datetime

from imptui.fleet.sync.batching import BATCH_DEVICES, SORTED_EVERY, WRITE_EVERY, ChangeBatches, FirstWalkBatches, SortSchedule

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_first_page_is_written_at_once() -> None:
    """The first page is written when it is there, later ones in ever larger pieces up to the largest."""
    rhythm, waiting, pieces = FirstWalkBatches(NOW), 0, []
    for _ in range(200):
        waiting += 100
        if rhythm.is_due(waiting, NOW):
            pieces.append(waiting)
            waiting = 0
    assert pieces[:6] == [100, 100, 200, 400, 800, 1600]
    assert set(pieces[6:]) == {BATCH_DEVICES}


def test_slow_pages_do_not_wait() -> None:
    """Where pages come slowly each is written when it comes."""
    rhythm, now = FirstWalkBatches(NOW), NOW
    for _ in range(50):
        now += WRITE_EVERY
        assert rhythm.is_due(100, now)


def test_the_little_that_differs_waits() -> None:
    """What differs here and there is gathered until it is much or some time passed; what is all new is written as it comes."""
    news = ChangeBatches(NOW)
    assert not news.are_due(BATCH_DEVICES - 1, NOW, is_growing=False)
    assert news.are_due(BATCH_DEVICES, NOW, is_growing=False)
    assert news.are_due(1, NOW, is_growing=True)
    assert news.are_due(1, NOW + WRITE_EVERY, is_growing=False)
    assert not news.are_due(1, NOW + WRITE_EVERY, is_growing=False)


def test_a_growing_list_is_sorted_now_and_then() -> None:
    """A growing list is sorted again when it grew by a quarter or some seconds passed, not with each piece."""
    growth = SortSchedule(NOW)
    asked = [growth.is_due(count, NOW) for count in range(100, 100_100, 100)]
    assert asked[0]
    assert 20 < sum(asked) < 40
    assert growth.is_due(100_200, NOW + SORTED_EVERY)
