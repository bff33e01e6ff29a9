"""The line above the device list, and its menus."""

from imptui.query.query import Sort, SortColumn
from imptui.tui.present.list_title import ListTitle
from imptui.tui.screens.fleet_menus import ALL_COLUMNS, sort_options, toggled


def title(*, count: int = 30, is_counted: bool = True, marked: int = 0, filter: str = "", sort: Sort = Sort()) -> str:  # noqa: A002
    made = ListTitle("bench", 3, count, is_counted, filter, False, marked, False, sort)
    return "".join(text for text, _ in made.pieces())


def test_the_title_names_scope_place_and_count() -> None:
    """A count that is not final has a plus sign; an empty list has no place."""
    assert title() == " bench  3 of 30"
    assert title(is_counted=False) == " bench  3 of 30+"
    assert title(count=0) == " bench  0"


def test_the_title_names_filter_marks_and_an_unusual_order() -> None:
    """Control characters of a filter are shown, and sorting by name is not worth a word."""
    assert title(filter="a\x1bb", marked=2, sort=Sort(SortColumn.RSSI)) == " bench  3 of 30  filter: a^[b  2 marked  by rssi"
    assert title(sort=Sort(SortColumn.NAME, descending=True)) == " bench  3 of 30"


def test_a_column_that_is_wanted_comes_first() -> None:
    """The newest wish surely has room; taken again it goes, and the last option drops the choice."""
    assert toggled("mac", ("name", "rssi"), ()) == ("mac", "name", "rssi")
    assert toggled("rssi", ("name",), ("mac", "rssi")) == ("mac",)
    assert toggled(ALL_COLUMNS, ("name",), ("mac",)) == ()


def test_the_menu_of_orders_names_the_present_one() -> None:
    """Exactly one option says `now`."""
    assert [each.key for each in sort_options(Sort(SortColumn.RSSI)) if each.detail == "now"] == ["rssi"]
