"""The command as people run it: on a copy of the demonstration, or on an engine that answers on a port."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from imptui.cli.command import command as main
from imptui.cli.connect import connected
from imptui.cli.options import Options
from imptui.fleet.fleet import Fleet

PASSWORD = "open-sesame-3141"
PATIENCE_S = 30

AGENT = 'server.log("agent");\n'
DEVICE = 'server.log("device ü");\r\n\tlocal x = "\x7f";\n'
"""Tabs, a Windows line end and a character that a terminal should not get: bytes that must come back as they went."""


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    exit_code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """Standard output."""
        return self.raw.decode("utf-8")

    @property
    def rows(self) -> list[str]:
        """Standard output below the heads of a table."""
        return self.out.splitlines()[1:]

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    def says(self, *phrases: str, exit_code: int = 11) -> None:
        """One sentence on stderr that holds every phrase, nothing on stdout."""
        assert self.exit_code == exit_code, (self.exit_code, self.err)
        assert self.raw == b""
        assert self.err.startswith("imptui: ")
        assert len(self.err.splitlines()) == 1
        for phrase in phrases:
            assert phrase in self.err


class Shell:
    """Runs the command in this process, in one data folder. What is no sentence but a traceback fails the test."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str | Path, stdin: str = "", **environ: str) -> Answer:
        clean = {"IMPTUI_READONLY": None, "IMPTUI_DATA_DIR": None, **environ}
        result = CliRunner().invoke(main, ["--data-dir", str(self.home), *map(str, words)], input=stdin, env=clean)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout_bytes, result.stderr)

    def fleet(self, act: Callable[[Fleet], Coroutine[Any, Any, Any]]) -> Any:
        """Do something that no plain command can do, as the console would."""

        async def run() -> Any:
            async with connected(Options(data_dir=self.home)) as fleet:
                return await act(fleet)

        return asyncio.run(run())


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demonstration was opened once."""
    home = tmp_path_factory.mktemp("demonstration")
    answer = Shell(home)("ls", "products")
    assert answer.exit_code == 0, answer.err
    return home


@pytest.fixture
def shell(demonstration: Path, tmp_path: Path) -> Shell:
    """The command on a demonstration of its own."""
    return Shell(Path(shutil.copytree(demonstration, tmp_path / "home")))


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """The command in a data folder that does not exist yet."""
    return Shell(tmp_path / "new" / "home")


@pytest.fixture
def programs(tmp_path: Path) -> tuple[Path, Path]:
    """An agent's and a device's program that compile."""
    agent, device = tmp_path / "a.agent.nut", tmp_path / "a.device.nut"
    agent.write_bytes(AGENT.encode())
    device.write_bytes(DEVICE.encode())
    return agent, device


@dataclass
class Served:
    """An engine on a port."""

    process: "subprocess.Popen[str]"
    first_line: str

    @property
    def endpoint(self) -> str:
        """What clients take as the endpoint."""
        return self.first_line.removeprefix("imptui serving ")

    def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


def _serve(*words: str | Path) -> Served:
    """Start `imptui serve` on a free port and wait for its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "imptui", "serve", "--port", "0", *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    assert process.stdout is not None
    return Served(process, process.stdout.readline().rstrip("\n"))


@pytest.fixture
def serving() -> Callable[..., Served]:
    """How to start an engine on a port."""
    return _serve


@pytest.fixture(scope="session")
def farm() -> Iterator[Served]:
    """A farm of twelve devices on a port; its owner is "grower"."""
    served = _serve("--fleet", "empty", "--devices", "12", "--username", "grower", "--password", PASSWORD)
    yield served
    served.ends()


@pytest.fixture
def grower(farm: Served, bare: Shell) -> Shell:
    """The command, logged in at the farm as the context "farm"."""
    answer = bare("login", "--endpoint", farm.endpoint, "--username", "grower", "--name", "farm", stdin=PASSWORD + "\n")
    assert answer.exit_code == 0, answer.err
    return bare


class Line(BaseHTTPRequestHandler):
    """A line to an engine that loses answers when it is told to."""

    protocol_version = "HTTP/1.1"
    engine = ""
    is_losing = False
    """True: answers to creations, and every answer after that, are lost."""
    has_lost = False
    lost = ""
    """The end of a path whose answers are lost."""

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "accept-encoding")}
        answer = httpx.request(self.command, self.engine + self.path, headers=headers, content=body, timeout=PATIENCE_S, trust_env=False)
        line = type(self)
        is_lost = bool(line.lost) and self.path.endswith(line.lost)
        if is_lost or (line.is_losing and ((self.command, self.path) == ("POST", "/v5/deployments") or line.has_lost)):
            line.has_lost = line.is_losing
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        for name in ("content-type", "retry-after"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815 - the names of http.server

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def line(serving) -> Iterator[tuple[type[Line], str]]:
    """A line to an engine with the demonstration fleet, and its endpoint."""
    served = serving("--fleet", "demo")
    handler = type("ThisLine", (Line,), {"engine": served.endpoint.removesuffix("/v5")})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}/v5"
    server.shutdown()
    thread.join()
    server.server_close()
    served.ends()
