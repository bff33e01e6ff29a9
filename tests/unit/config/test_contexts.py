"""Named contexts, secrets, and the paths of files."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from imptui.config.contexts import DEMO_CONTEXT, Contexts, NamedContext, load_contexts, save_contexts
from imptui.config.errors import NoSuchContext, UnreadableFile
from imptui.config.locations import Locations, locate, make_private, write_private
from imptui.config.secrets import delete_secrets, load_secrets, save_secrets

PLANT = NamedContext(
    "plant", "https://api.test/v5", "grower", is_locked=True, protected=("*live*",), theme="light", needs_approval=True
)


def test_saved_contexts_load_unchanged(tmp_path):
    """Every field of a context is saved and loaded."""
    path = tmp_path / "contexts.json"
    save_contexts(path, Contexts().with_context(PLANT))
    assert load_contexts(path) == Contexts({"plant": PLANT}, "plant")


def test_no_file_is_no_context(tmp_path):
    """Before the first login the demonstration is the only context."""
    assert load_contexts(tmp_path / "contexts.json").all() == (DEMO_CONTEXT,)


def test_the_demonstration_is_where_one_begins():
    """Without a last used context, the default is the demonstration."""
    assert Contexts().get(None) == DEMO_CONTEXT


def test_the_last_used_context_is_taken():
    """Without a name the last used context is returned; with a name, the named one."""
    contexts = Contexts().with_context(PLANT)
    assert contexts.get(None) == PLANT
    assert contexts.get("demo") == DEMO_CONTEXT


def test_a_last_used_context_that_is_gone_is_the_demonstration():
    """If the last used context does not exist, the default is the demonstration."""
    assert Contexts().with_context(PLANT).with_last_used("gone").get(None) == DEMO_CONTEXT


def test_a_deleted_context_is_not_the_last_used():
    """A deleted context is neither listed nor the last used one."""
    contexts = Contexts().with_context(PLANT).without("plant")
    assert contexts == Contexts()


def test_an_unknown_context_names_the_known():
    """The error names the existing contexts."""
    with pytest.raises(NoSuchContext, match="demo, plant"):
        Contexts().with_context(PLANT).get("plnat")


@pytest.mark.parametrize(
    "context",
    [
        '{"name": 5, "endpoint": "embedded"}',
        '{"name": "a", "endpoint": null}',
        '{"name": "a", "endpoint": "embedded", "is_locked": "no"}',
        '{"name": "a", "endpoint": "embedded", "needs_approval": "yes"}',
        '{"name": "a", "endpoint": "embedded", "protected": [1]}',
        '{"name": "a", "endpoint": "embedded", "colour": "red"}',
        '{"name": "a"}',
        "7",
    ],
)
def test_a_context_of_the_wrong_kind_is_refused(tmp_path, context):
    """A value of the wrong type is reported when the file is loaded."""
    path = tmp_path / "contexts.json"
    path.write_text(f'{{"contexts": [{context}]}}', encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"contexts\.json"):
        load_contexts(path)


def test_contexts_never_share_a_file():
    """Names that differ in characters that are unsafe in file names have different files below the data folder."""
    locations = Locations(Path("/data"))
    names = ["a/b", "a_b", "a%2f%b", "a b", "A b", "..", ".", "/etc/passwd", "ä", "a:b", "a.b"]
    assert len({locations.cache(name) for name in names}) == len(names)
    assert {locations.secrets(name).parent for name in names} == {Path("/data/secrets")}


def test_the_data_folder_can_be_named(tmp_path, monkeypatch):
    """The option takes precedence over the environment, and the environment over the platform's default."""
    monkeypatch.setenv("IMPTUI_DATA_DIR", str(tmp_path / "env"))
    assert locate(tmp_path / "option").root == tmp_path / "option"
    assert locate(None).root == tmp_path / "env"
    monkeypatch.delenv("IMPTUI_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in locate(None).root.parents


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_are_made_private_all_the_way(tmp_path):
    """Every created folder is private to its owner; existing folders keep their mode."""
    tmp_path.chmod(0o755)
    make_private(tmp_path / "a" / "b" / "c")
    assert [mode(tmp_path / each) for each in ("a", "a/b", "a/b/c")] == [0o700] * 3
    assert mode(tmp_path) == 0o755


def test_a_private_file_is_replaced_whole(tmp_path):
    """A replaced file has the new text and mode 0600, and no temporary file remains."""
    path = tmp_path / "kept"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_a_temporary_file_follows_no_link(tmp_path, monkeypatch):
    """A temporary file has a name that nobody can foresee, is made anew and has mode 0600 from the beginning."""
    names, replace = [], Path.replace

    def look(self, target):
        names.append((self.name, mode(self), self.is_symlink()))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", look)
    victim = tmp_path / "victim"
    victim.write_text("kept", encoding="utf-8")
    (tmp_path / f".s.json.{os.getpid()}").symlink_to(victim)
    for _ in range(2):
        write_private(tmp_path / "s.json", "secret")
    assert victim.read_text(encoding="utf-8") == "kept"
    assert len({name for name, _, _ in names}) == 2
    assert {each[1:] for each in names} == {(0o600, False)}


def test_others_cannot_write_into_the_data_folder(tmp_path):
    """An existing folder into which others can write loses that right before anything is written there."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    folder.chmod(0o777)
    write_private(folder / "s.json", "secret")
    assert mode(folder) == 0o755


def test_a_folder_of_another_user_is_refused(monkeypatch):
    """Nothing is written into a folder that another user owns: the sentence names the folder and the way out."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o777)
        stranger = folder.stat().st_uid + 1
        monkeypatch.setattr(os, "geteuid", lambda: stranger)
        with pytest.raises(PermissionError, match=r"another user.*IMPTUI_DATA_DIR") as told:
            write_private(folder / "s.json", "secret")
        assert told.value.filename == str(folder)
        assert list(folder.iterdir()) == []
    finally:
        folder.rmdir()


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    """A failed write leaves a folder with the name of the file, and no temporary file remains."""
    (tmp_path / "kept").mkdir()
    with pytest.raises(OSError, match="kept"):
        write_private(tmp_path / "kept", "new")
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_tokens_are_saved_and_deleted(tmp_path):
    """Tokens are saved privately until they are deleted; deleting them twice is no error."""
    path = tmp_path / "secrets" / "plant.json"
    save_secrets(path, {"access_token": "s3cret"})
    assert load_secrets(path) == {"access_token": "s3cret"}
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    delete_secrets(path)
    delete_secrets(path)
    assert load_secrets(path) == {}


@pytest.mark.parametrize("text", ['{"access_token": "s3cret"', '["s3cret"]', '"s3cret"'])
def test_broken_tokens_are_not_shown(tmp_path, text):
    """The error about an invalid file of tokens, and its cause, show nothing of the content."""
    path = tmp_path / "plant.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        load_secrets(path)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_no_text_is_no_token(tmp_path):
    """A value that is not text is ignored."""
    path = tmp_path / "plant.json"
    path.write_text('{"access_token": 5, "login_key": "k"}', encoding="utf-8")
    assert load_secrets(path) == {"login_key": "k"}
