"""What the engine's benchmark keeps the engine busy with, from processes of their own: restarts and log streams."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from multiprocessing.synchronize import Event
from typing import Any


class Line:
    """One kept connection to a served engine, logged in."""

    def __init__(self, netloc: str, username: str = "demo") -> None:
        self.connection = http.client.HTTPConnection(netloc, timeout=300)
        self.headers = {"Content-type": "application/json"}
        token = self.call("POST", "/auth", {"id": username, "password": "demo"})["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, f"/v5{path}", raw, self.headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
        return json.loads(said) if said else None


def restart(netloc: str, groups: list[str], is_wanted: Event, rounds: Any) -> None:
    """Restart all devices of the groups, again and again."""
    line = Line(netloc)
    while is_wanted.is_set():
        for group in groups:
            line.call("POST", f"/devicegroups/{group}/restart")
        with rounds.get_lock():
            rounds.value += 1


def listen(netloc: str, usernames: list[str], devices: list[str], is_open: Event, is_wanted: Event, heard: Any) -> None:
    """Open eight log streams for each account, with eight devices each, and read them."""
    asyncio.run(_listen(netloc, usernames, devices, is_open, is_wanted, heard))


async def _listen(netloc: str, usernames: list[str], devices: list[str], is_open: Event, is_wanted: Event, heard: Any) -> None:
    readers: list[asyncio.Task[None]] = []
    lines = [Line(netloc, username) for username in usernames]
    for number in range(len(usernames) * 8):
        line = lines[number // 8]
        stream = line.call("POST", "/logstream")["data"]["id"]
        for turn in range(8):
            line.call("PUT", f"/logstream/{stream}/{devices[(number * 8 + turn) % len(devices)]}")
        readers.append(asyncio.create_task(_read(netloc, stream, heard)))
        await asyncio.sleep(0)
    for line in lines:
        line.connection.close()
    await asyncio.sleep(1)
    is_open.set()
    await asyncio.to_thread(_wait_for_end, is_wanted)
    for reader in readers:
        reader.cancel()


def _wait_for_end(is_wanted: Event) -> None:
    while is_wanted.is_set():
        time.sleep(0.1)


async def _read(netloc: str, stream: str, heard: Any) -> None:
    host, _, port = netloc.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /v5/logstream/{stream} HTTP/1.1\r\nHost: {netloc}\r\n\r\n".encode())
    while piece := await reader.read(65536):
        heard.value += piece.count(b"event: message")
    writer.close()
