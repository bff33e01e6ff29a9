"""`imptui replay` on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imptui.cli.command import command
from imptui.cli.record import Recording
from imptui.cli.runner import Trouble

RECORD = Path(__file__).parents[2] / "journeys" / "records" / "quit-in-one-burst"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, ["replay", *map(str, words)])


def test_text_prints_the_last_screen() -> None:
    """`--text` plays a record without a terminal and prints the last screen."""
    result = run("--text", RECORD)
    assert result.exit_code == 0
    assert "Quit imptui?" in result.output


@pytest.mark.parametrize(
    ("words", "exit_code", "sentence"),
    [
        (["--text", "nowhere"], 4, "No such file"),
        (["--text", "."], 11, "No such file"),
        (["--text", "--speed", "0", "."], 2, "is no speed"),
        (["--text", "--speed", "fast", "."], 2, "is no speed"),
        (["."], 2, "needs a terminal"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    words: list[str], exit_code: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is no record, or words that make no sense, end with a sentence and an exit code of their own."""
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == exit_code
    assert sentence in result.output


@pytest.mark.parametrize("kind", ["file", "full"])
def test_recording_where_something_is_is_refused(tmp_path: Path, kind: str) -> None:
    """A record needs a folder of its own: a file, or a folder that holds something, stays as it is."""
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "mine").write_text("mine")
    with pytest.raises(Trouble, match="exists and is not empty"):
        Recording(place)
