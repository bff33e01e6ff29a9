"""Somebody else's client, unmodified, against `imptui serve`: the npm package imp-central-api 1.7.0."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "npm"

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None or shutil.which("npm") is None, reason="needs node and npm"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package installed and the script beside it."""
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "round.js", "habits.js"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=300)
    return folder


@pytest.fixture
def options() -> list[str]:
    """What the engine is told beside port and login."""
    return ["--devices", "6"]


@pytest.fixture
def endpoint(tmp_path: Path, options: list[str]) -> Iterator[str]:
    """An engine on a port of its own, with unassigned devices."""
    command = [sys.executable, "-m", "imptui", "serve", "--port", "0", "--fleet", "empty", *options]
    command += ["--username", "grower", "--password", "secret"]
    environment = {**os.environ, "IMPTUI_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("imptui serving http://127.0.0.1:"), first
            yield first.removeprefix("imptui serving ").strip()
        finally:
            process.terminate()


def facts_of(script: str, client: Path, endpoint: str) -> str:
    """What a script of the client says about the engine; it has to say that its facts hold."""
    done = subprocess.run(
        ["node", script, endpoint, "grower", "secret"],
        cwd=client,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_every_method_of_the_public_client_works(client: Path, endpoint: str) -> None:
    """An existing v5 client uses every method it has, log streams included (contract 0.3, 18)."""
    assert "facts hold" in facts_of("round.js", client, endpoint)


@pytest.mark.parametrize("options", [["--devices", "150", "--rate-limit", "40"]])
def test_the_habits_of_the_command_line_tool_are_borne(client: Path, endpoint: str) -> None:
    """Names taken for ids, five requests at once, waits after 429, clean-up that goes on after 404 (contract 1.4, 3, 8.7)."""
    assert "facts hold" in facts_of("habits.js", client, endpoint)
