"""The menu of columns."""

from imptui.query.list_columns import ON_SCREEN
from imptui.tui.screens.fleet_menus import ALL_COLUMNS, column_options


def test_every_column_but_the_name_can_be_chosen() -> None:
    """The menu has a line for each column, and one for as many as fit; no letter chooses two of them."""
    options = column_options(("name", "state"), ())
    assert {each.key for each in options} == {each.key for each in ON_SCREEN} - {"name"} | {ALL_COLUMNS}
    letters = [each.hotkey for each in options if each.hotkey is not None]
    assert len(set(letters)) == len(letters)


def test_a_chosen_column_without_room_says_so() -> None:
    """What was chosen and does not fit is told apart from what is shown."""
    details = {each.key: each.detail for each in column_options(("name", "mac"), ("mac", "ip"))}
    assert (details["mac"], details["ip"], details["rssi"]) == ("shown", "no room", "")
