"""Tests of the data folder in environments without a home folder or a working folder."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from imptui.config.errors import Misconfigured
from imptui.config.folder import NoDataFolder, data_folder, folders
from imptui.config.locations import Locations, locate, move_once, secure

VARIABLES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "IMPTUI_DATA_DIR")


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
        {"HOME": "/home/grower", "XDG_CONFIG_HOME": "relative"},
        {"HOME": "/home/grower", "XDG_STATE_HOME": "relative"},
        {"HOME": "/home/grower", "XDG_CACHE_HOME": "relative"},
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


def test_each_kind_has_the_folder_of_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data, settings, state and cache are in the folders of XDG, as platformdirs gives them, or all in the named folder."""
    monkeypatch.setenv("HOME", "/home/grower")
    places = platformdirs.PlatformDirs("imptui", appauthor=False)
    assert folders() == [places.user_data_dir, places.user_config_dir, places.user_state_dir, places.user_cache_dir]
    found = locate(None)
    assert found.settings == Path("/home/grower/.config/imptui/settings.toml")
    assert found.state == Path("/home/grower/.local/state/imptui/habits.json")
    assert found.frames == Path("/home/grower/.cache/imptui/frames")
    assert found.secrets("a").parent == Path("/home/grower/.local/share/imptui/secrets")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/mine")
    assert locate(None).contexts == Path("/etc/mine/imptui/contexts.json")
    monkeypatch.setenv("IMPTUI_DATA_DIR", "/srv/all")
    assert locate(None) == Locations(Path("/srv/all"))


FILES = {"settings.toml": "settings", "contexts.json": "contexts", "habits.json": "state", "filters.json": "filter_history"}


@pytest.fixture
def earlier(tmp_path: Path) -> Locations:
    """Locations in four folders, of which the data folder holds the files of an earlier version."""
    made = Locations(tmp_path / "data", tmp_path / "config", tmp_path / "state", tmp_path / "cache")
    (made.root / "frames").mkdir(parents=True)
    for name in FILES:
        (made.root / name).write_text(f"of {name}", encoding="utf-8")
    return made


def test_files_of_an_earlier_version_are_moved_once(earlier: Locations) -> None:
    """Files of an earlier version are used where they are, moved once with a sentence each, and used in their new place."""
    for attribute in FILES.values():
        assert getattr(earlier, attribute).parent == earlier.root
    assert len(move_once(earlier)) == len(FILES)
    for name, attribute in FILES.items():
        path = getattr(earlier, attribute)
        assert path.parent in (earlier.config_folder, earlier.state_folder)
        assert path.read_text(encoding="utf-8") == f"of {name}"
    assert list(earlier.root.iterdir()) == []
    assert move_once(earlier) == []


def test_a_move_replaces_nothing(earlier: Locations) -> None:
    """A file that is in its new place stays as it is, and so does the earlier one; a link stays where it is and is used."""
    assert earlier.config_folder is not None
    earlier.config_folder.mkdir()
    (earlier.config_folder / "settings.toml").write_text("new", encoding="utf-8")
    (earlier.root / "contexts.json").rename(earlier.root / "elsewhere")
    (earlier.root / "contexts.json").symlink_to("elsewhere")
    move_once(earlier)
    assert earlier.settings.read_text(encoding="utf-8") == "new"
    assert (earlier.root / "settings.toml").read_text(encoding="utf-8") == "of settings.toml"
    assert earlier.contexts.read_text(encoding="utf-8") == "of contexts.json"
    assert earlier.contexts.is_symlink()


def test_a_move_to_another_disk(earlier: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files cannot be linked, as to another disk, they are copied and then deleted."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    assert len(move_once(earlier)) == len(FILES)
    assert earlier.settings.read_text(encoding="utf-8") == "of settings.toml"
    assert list(earlier.root.iterdir()) == []


def test_a_file_that_cannot_be_moved_is_used(earlier: Locations) -> None:
    """A file whose new folder cannot be made is used where it is, and nothing is lost."""
    assert earlier.config_folder is not None
    earlier.config_folder.write_text("a file where the folder should be", encoding="utf-8")
    move_once(earlier)
    assert earlier.settings.read_text(encoding="utf-8") == "of settings.toml"
    assert earlier.state.parent == earlier.state_folder


def test_a_named_folder_is_left_alone(tmp_path: Path) -> None:
    """Files in the folder that `IMPTUI_DATA_DIR` names stay there."""
    (tmp_path / "settings.toml").write_text("mine", encoding="utf-8")
    (tmp_path / "frames").mkdir()
    assert move_once(locate(tmp_path)) == []
    assert sorted(each.name for each in tmp_path.iterdir()) == ["frames", "settings.toml"]
