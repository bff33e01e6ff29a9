"""Tests of the data folder in environments without a home folder or a working folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imptui.config.errors import Misconfigured
from imptui.config.folder import NoDataFolder, data_folder
from imptui.config.locations import locate, secure

VARIABLES = ("HOME", "XDG_DATA_HOME", "IMPTUI_DATA_DIR")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def no_such_user(_: object) -> None:
    raise KeyError("no such user")


def test_the_default_folder_is_below_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a variable the data folder is where XDG says."""
    monkeypatch.setenv("HOME", "/home/grower")
    assert data_folder() == "/home/grower/.local/share/imptui"
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/shared/")
    assert data_folder() == "/srv/shared/imptui"
    monkeypatch.setenv("IMPTUI_DATA_DIR", "~/here/../there")
    assert data_folder() == "/home/grower/there"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"HOME": ""},
        {"HOME": "relative"},
        {"XDG_DATA_HOME": "relative/share"},
        {"XDG_DATA_HOME": "~nobody-of-that-name/share"},
        {"IMPTUI_DATA_DIR": "~nobody-of-that-name/imptui"},
        {"IMPTUI_DATA_DIR": "~/imptui"},
    ],
    ids=str,
)
def test_a_folder_that_nobody_named_is_refused(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home folder, or with a relative XDG folder, the sentence names `IMPTUI_DATA_DIR`; no folder `~` is made."""
    monkeypatch.setattr("pwd.getpwuid", no_such_user)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NoDataFolder, match="IMPTUI_DATA_DIR"):
        data_folder()
    with pytest.raises(Misconfigured, match="IMPTUI_DATA_DIR"):
        locate(None)


def test_an_absolute_folder_needs_no_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute `IMPTUI_DATA_DIR` works without a home folder and a known user."""
    monkeypatch.setattr("pwd.getpwuid", no_such_user)
    monkeypatch.setenv("IMPTUI_DATA_DIR", "/srv/imptui")
    assert data_folder() == "/srv/imptui"


def test_a_deleted_working_folder(tmp_path: Path) -> None:
    """In a deleted working folder a relative folder is refused with a sentence, and an absolute one works."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = (
        "import os, sys; os.rmdir(os.getcwd())\n"
        "from imptui.config.folder import *\n"
        "print(data_folder('/srv/a'))\n"
        "try:\n    data_folder('b')\nexcept NoDataFolder as error:\n    print(error)\n"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=gone,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "/srv/a"
    assert "which was deleted" in done.stdout


def test_a_folder_that_cannot_be_made_names_the_way_out(tmp_path: Path) -> None:
    """A data folder that cannot be made is named, with `IMPTUI_DATA_DIR` as the way out."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="IMPTUI_DATA_DIR"):
        secure(tmp_path / "file" / "imptui")
