"""The definitions of the columns of the device list."""

from imptui.query.list_columns import EXPORTED, LIST_COLUMNS, LISTED, ON_SCREEN
from imptui.query.query import SortColumn


def test_headings_of_the_command_line_stay() -> None:
    """`imptui ls devices` prints these columns in this order, on which scripts rely."""
    headings = " ".join(each.heading or "?" for each in LISTED)
    assert headings == "ID NAME STATE RSSI FREE IMP RELEASE GROUP PRODUCT"


def test_headings_of_an_export_stay() -> None:
    """An exported file has these columns in this order, on which spreadsheets rely."""
    assert [each.exported for each in EXPORTED] == [
        "id", "name", "mac_address", "ip_address", "imp_type", "swversion", "is_online", "state_changed_at", "agent_id",
        "agent_url", "last_enrolled_at", "group", "product", "rssi_dbm", "free_memory_bytes", "read_at",
    ]  # fmt: skip


def test_every_column_with_a_heading_is_printed() -> None:
    """Each column with a heading for the command line or for exports is in the order of these."""
    assert {each.key for each in LIST_COLUMNS if each.heading is not None} == {each.key for each in LISTED}
    assert {each.key for each in LIST_COLUMNS if each.exported is not None} == {each.key for each in EXPORTED}


def test_every_order_but_the_type_has_a_column() -> None:
    """Each sort order has one column on the screen with a letter, except the type, which only commands sort by."""
    sorted_by = [each.sort for each in ON_SCREEN if each.sort is not None]
    assert sorted(sorted_by) == sorted(set(SortColumn) - {SortColumn.TYPE})
    assert all(each.letter is not None for each in ON_SCREEN if each.sort is not None)


def test_keys_and_letters_are_unique() -> None:
    """No two columns share a key or a letter."""
    letters = [each.letter for each in LIST_COLUMNS if each.letter is not None]
    assert len({each.key for each in LIST_COLUMNS}) == len(LIST_COLUMNS)
    assert len(set(letters)) == len(letters)
