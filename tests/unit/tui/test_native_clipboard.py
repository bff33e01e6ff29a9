"""The clipboard of the machine, through a program."""

from pathlib import Path

import pytest

from imptui.tui.terminal.native_clipboard import put_native


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for programs, such as a clipboard that writes into a file beside itself."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def install(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def find_in(folder: Path):
    return lambda name: str(folder / name) if (folder / name).exists() else None


def test_the_first_program_with_a_display_gets_the_text(programs: Path) -> None:
    """With Wayland it is wl-copy that gets the text, as UTF-8, and it is named."""
    install(programs, "wl-copy", f"cat > {programs}/wayland")
    install(programs, "xclip", f"cat > {programs}/x11")
    assert put_native("Jürgen", {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, find_in(programs)) == "wl-copy"
    assert (programs / "wayland").read_text(encoding="utf-8") == "Jürgen"
    assert not (programs / "x11").exists()


def test_without_a_display_its_programs_are_not_tried(programs: Path) -> None:
    """Over SSH without a display xclip would wait for ever."""
    install(programs, "xclip", f"cat > {programs}/x11")
    assert put_native("text", {}, find_in(programs)) is None
    assert not (programs / "x11").exists()


def test_a_program_that_fails_is_passed_over(programs: Path) -> None:
    """When xclip fails, xsel is tried."""
    install(programs, "xclip", "exit 1")
    install(programs, "xsel", f"cat > {programs}/x11")
    assert put_native("text", {"DISPLAY": ":0"}, find_in(programs)) == "xsel"
