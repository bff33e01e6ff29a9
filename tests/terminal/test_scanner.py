"""A bar-code reader at a real terminal: bytes in one piece, in bits, and as a bracketed paste."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

from tests.terminal.sitting import Sitting

pytestmark = pytest.mark.terminal


@pytest.fixture
def device(tmp_path: Path) -> dict[str, str]:
    """A device of the demonstration in `tmp_path`."""
    words = [sys.executable, "-m", "imptui", "--data-dir", tmp_path, "ls", "devices", "--filter", "online", "--json"]
    listed = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    found: dict[str, str] = listed[1000]["device"]
    return found


@pytest.fixture
def console(tmp_path: Path, device: dict[str, str]) -> Iterator[Sitting]:
    """The console on that demonstration, with the list open."""
    terminal = Sitting(["--data-dir", str(tmp_path)])
    terminal.waits_for("2,562")
    terminal.types("\r")
    terminal.waits_for("Name")
    yield terminal
    terminal.close()


def test_a_burst_opens_the_device(console: Sitting, device: dict[str, str]) -> None:
    """An id and Enter in one piece open the device."""
    console.types(device["id"] + "\r")
    console.waits_for("last BlinkUp")
    assert device["id"] in console.text()


def test_a_reader_takes_its_time(console: Sitting, device: dict[str, str]) -> None:
    """A MAC address, letter by letter within tens of milliseconds, opens the device."""
    for letter in device["mac_address"]:
        console.types(letter)
        sleep(0.003)
    console.types("\r")
    console.waits_for("last BlinkUp")
    assert device["id"] in console.text()


def test_a_bracketed_paste(console: Sitting, device: dict[str, str]) -> None:
    """A pasted id opens the device; other pasted text is no command."""
    console.types("\x1b[200~q\rq\r\x1b[201~")
    console.waits_for("Pasted text is not obeyed")
    console.types(f"\x1b[200~{device['id']}\n\x1b[201~")
    console.waits_for("last BlinkUp")
    assert device["id"] in console.text()
