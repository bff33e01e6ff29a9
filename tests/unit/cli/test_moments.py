"""Tests of times on the command line."""

from datetime import UTC, datetime, timedelta, timezone

import click
import pytest

from imptui.cli.moments import Moment, printed
from tests.unit.cli.conftest import Shell

AT = datetime(2026, 3, 1, 8, 30, 5, 250000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T08:30", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01 08:30:05", AT.replace(microsecond=0)),
        ("2026-03-01T10:30:05+02:00", AT.replace(microsecond=0)),
        ("2026-03-01T08:30:05.250Z", AT),
    ],
)
def test_a_time_is_read_in_each_usual_form(text: str, expected: datetime) -> None:
    """A time is read with and without seconds and offset; without an offset it is UTC."""
    assert Moment().convert(text, None, None) == expected


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01", "0001-01-01T00:00+10:00"])
def test_other_texts_are_refused(text: str) -> None:
    """A text that is no time is refused with a sentence that shows one, or says which years there are."""
    with pytest.raises(click.BadParameter, match=r"2026-03-01|years"):
        Moment().convert(text, None, None)


@pytest.mark.parametrize("timespec", ["seconds", "milliseconds"])
def test_what_is_printed_is_read(timespec: str) -> None:
    """A printed time has an offset and is read as the same time."""
    at = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    text = printed(at, timespec)
    assert text.endswith("Z")
    assert Moment().convert(text, None, None) == (AT if timespec == "milliseconds" else AT.replace(microsecond=0))


def test_the_journal_accepts_its_own_times(shell: Shell) -> None:
    """Each time that the journal prints, as table or as JSON, is accepted by --since and finds the entry again."""
    made = shell("rollback", "Connected Meter 400 2.0 Development", "--yes")
    assert made.exit_code == 0, made.err
    table = shell("journal", "--limit", "1").rows[0].split()[0]
    entry = shell("journal", "--limit", "1", "--json").json[0]["at"]
    for text in (table, entry):
        found = shell("journal", "--since", text, "--json")
        assert found.exit_code == 0, found.err
        assert entry in [each["at"] for each in found.json]
