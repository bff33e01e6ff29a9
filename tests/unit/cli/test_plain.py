"""What plain commands print."""

import json

import pytest

from imptui.cli.runner import JsonList, TextTable, as_json

ROWS = (("a", "pump"), ("b", "a much longer name"), ("c", None))


def test_a_table_in_parts(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows that come in parts stand in columns, which grow where a later part needs it, below one line of heads."""
    table = TextTable(("ID", "NAME"))
    table.add(ROWS[:1])
    table.add((("longer id", "x\x1b[2J"), *ROWS[1:]))
    table.end()
    assert capsys.readouterr().out.splitlines()[:2] == ["ID  NAME", "a   pump"]
    table = TextTable(("ID", "NAME"))
    table.end()
    assert capsys.readouterr().out == "ID  NAME\n"


def test_no_control_character_leaves_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A name with an escape code is shown, not obeyed."""
    table = TextTable(("NAME",))
    table.add((("x\x1b[2J",),))
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("parts", [[], [[]], [[{"a": "x\ny"}]], [[{"a": 1}, ["b"]], [], [{"c": {"d": []}}]]])
def test_a_list_in_json_in_parts(parts: list[list[object]], capsys: pytest.CaptureFixture[str]) -> None:
    """Items that come in parts are printed as the whole list would be."""
    printed = JsonList()
    for part in parts:
        printed.add(part)
    printed.end()
    whole = [item for part in parts for item in part]
    assert capsys.readouterr().out == json.dumps(as_json(whole), indent=2) + "\n"
