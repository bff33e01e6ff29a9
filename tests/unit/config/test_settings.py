"""The settings: valid and invalid files."""

import pytest

from imptui.config.errors import UnreadableFile
from imptui.config.settings import Settings, load_settings


@pytest.fixture
def read(tmp_path):
    """Read settings from a text."""

    def run(text):
        path = tmp_path / "settings.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_settings(path)

    return run


def test_no_file_is_all_defaults(tmp_path):
    """A missing file means that every setting has its default."""
    assert load_settings(tmp_path / "settings.toml") == Settings()


def test_an_empty_file_is_all_defaults(read):
    """An empty file means that every setting has its default."""
    assert read("") == Settings()


def test_every_setting_is_read(read):
    """Every setting is loaded with the type that the program uses."""
    found = read(
        'theme = "light"\nascii = true\nmouse = false\nslow = true\nsync_minutes = 7\nprotected = ["*live*"]\n'
        '[keys]\n"devices.restart" = ["r", "f5"]\n"lists.problems" = []\n'
    )
    assert (found.theme, found.ascii, found.mouse, found.slow) == ("light", True, False, True)
    assert (found.sync_minutes, found.protected) == (7.0, ("*live*",))
    assert dict(found.keys) == {"devices.restart": ("r", "f5"), "lists.problems": ()}


def test_one_key_needs_no_list(read):
    """A single key may be written without a list."""
    assert dict(read('[keys]\n"devices.restart" = "f5"\n').keys) == {"devices.restart": ("f5",)}


def test_the_service_is_not_read_without_pause(read):
    """The shortest interval between passes is half a minute."""
    assert read("sync_minutes = 0").sync_minutes == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = ", "not TOML"),
        ('colour = "red"', "no setting 'colour'"),
        ("ascii = 1", "'ascii' has a value of the wrong kind: 1"),
        ("sync_minutes = true", "'sync_minutes' has a value of the wrong kind"),
        ('protected = "live"', "'protected' has a value of the wrong kind"),
        ("protected = [1]", "'protected' must be a list of texts"),
        ('keys = "r"', "'keys' has a value of the wrong kind"),
        ("[keys]\na = [1]", "'keys.a' must be a list of texts"),
        (b'theme = "\xff"', "no UTF-8 text: byte 9"),
    ],
)
def test_what_makes_no_sense_is_named(read, text, said):
    """The error names the file, the setting and the fault."""
    with pytest.raises(UnreadableFile) as caught:
        read(text)
    assert "settings.toml" in str(caught.value)
    assert said in str(caught.value)


def test_a_folder_is_no_file_of_settings(tmp_path):
    """The error for an unreadable file has the reason of the operating system, once."""
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(UnreadableFile) as caught:
        load_settings(tmp_path / "settings.toml")
    assert str(caught.value) == f"Cannot use {tmp_path / 'settings.toml'}: Is a directory."
