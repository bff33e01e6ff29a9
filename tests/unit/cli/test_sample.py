"""imptui sample: readings without a screen, until it is told to stop."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click import BadParameter

from imptui.cli.sample import seconds


@pytest.mark.parametrize(("text", "expected"), [("60", 60), ("90s", 90), ("10m", 600), ("8h", 28_800), ("2d", 172_800)])
def test_durations(text: str, expected: int) -> None:
    """Durations are seconds, or a number with its unit."""
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["0", "", "-5", "1.5h", "soon"])
def test_no_durations(text: str) -> None:
    """What is no duration is refused."""
    with pytest.raises(BadParameter):
        seconds(text)


@pytest.mark.thorough
def test_a_signal_ends_it_cleanly(tmp_path: Path) -> None:
    """Told to end, it finishes what is under way, says what it did, and ends with code 0."""
    command = [sys.executable, "-m", "imptui", "--data-dir", str(tmp_path), "sample", "-q", "online", "--every", "600", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ) as sampling:
        assert sampling.stdout is not None
        told = json.loads(sampling.stdout.readline())
        time.sleep(0.2)
        sampling.send_signal(signal.SIGTERM)
        assert sampling.wait(20) == 0
        assert sampling.stderr is not None
        assert "Traceback" not in sampling.stderr.read()
    assert told["wanted"] == told["read"] > 0
