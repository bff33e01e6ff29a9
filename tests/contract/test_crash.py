"""What was acknowledged is kept, whatever kills the engine: `kill -9` of `imptui serve` at random moments under load.

`IMPTUI_CRASH_ROUNDS=200` kills it so many times instead of five.
"""

import hashlib
import http.client
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROUNDS = int(os.environ.get("IMPTUI_CRASH_ROUNDS", "5"))
CLIENTS = 4
DEVICES_EACH = 3
STRUCTURE = {
    "a deployment without its programs": "SELECT 1 FROM deployment WHERE seq NOT IN (SELECT deployment_seq FROM program)",
    "programs without a deployment": "SELECT 1 FROM program WHERE deployment_seq NOT IN (SELECT seq FROM deployment)",
    "a deployment without its group": "SELECT 1 FROM deployment WHERE group_id NOT IN (SELECT id FROM device_group)",
    "a group without its product": "SELECT 1 FROM device_group WHERE product_id NOT IN (SELECT id FROM product)",
    "a group whose deployments are not set together": (
        "SELECT 1 FROM device_group WHERE (current_deployment_id IS NULL) <> (min_supported_deployment_id IS NULL)"
    ),
    "a group whose current deployment is not its newest": (
        "SELECT 1 FROM device_group g WHERE current_deployment_id IS NOT (SELECT id FROM deployment d"
        " WHERE d.group_id = g.id ORDER BY created_ms DESC LIMIT 1)"
    ),
    "a device with a group and no product": "SELECT 1 FROM device WHERE (group_seq IS NULL) <> (product_seq IS NULL)",
}


class Served:
    """`imptui serve --database` in a process of its own."""

    def __init__(self, database: Path) -> None:
        arguments = ["serve", "--database", str(database), "--port", "0", "--fleet", "empty"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "imptui", *arguments, "--devices", str(CLIENTS * DEVICES_EACH)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        assert first.startswith("imptui serving "), (first, self.process.stderr and self.process.stderr.read())
        self.netloc = urlsplit(first.removeprefix("imptui serving ").strip()).netloc

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Caller:
    """One connection, logged in."""

    def __init__(self, netloc: str) -> None:
        self.connection = http.client.HTTPConnection(netloc, timeout=60)
        self.token = ""

    def __enter__(self) -> "Caller":
        self.token = self.call("POST", "/auth", {"id": "demo", "password": "demo"})["access_token"]
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-type": "application/json"}
        self.connection.request(method, f"/v5{path}", None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status == 404:
            return None
        assert answer.status < 300, said
        return json.loads(said) if said else None


@dataclass
class Witness:
    """What one client was told is done, and what it had asked for when the engine died."""

    devices: list[str]
    products: dict[str, str] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    deployments: dict[str, tuple[str, str]] = field(default_factory=dict)
    home: str | None = None
    """The group that all of its devices are in."""
    going_to: str | None = None
    done: int = 0

    def work(self, netloc: str, name: str, size: int) -> None:
        """Ask for one thing after another until the engine dies."""
        try:
            with Caller(netloc) as caller:
                for number in range(1_000_000):
                    self.once(caller, f"{name}.{number}", size)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return

    def once(self, caller: Caller, name: str, size: int) -> None:
        doomed = self.make(caller, "product", "/products", {"name": f"doomed {name}"})
        caller.call("DELETE", f"/products/{doomed}")
        self.deleted.append(doomed)
        product = self.make(caller, "product", "/products", {"name": name})
        self.products[product] = name
        group = self.make(caller, "development_devicegroup", "/devicegroups", {"name": name}, product=("product", product))
        self.groups[group] = product
        for code in (f"// {name}\n", f"// {name} again\n"):
            long = code * (size // len(code))
            attributes = {"device_code": long, "agent_code": code}
            made = self.make(caller, "deployment", "/deployments", attributes, devicegroup=("development_devicegroup", group))
            self.deployments[made] = (group, long)
            self.done += 1
        self.going_to = group
        named = [{"type": "device", "id": device} for device in self.devices]
        caller.call("POST", f"/devicegroups/{group}/relationships/devices", {"data": named})
        self.home, self.going_to = group, None
        self.done += 5

    def make(self, caller: Caller, kind: str, path: str, attributes: Any, **to: tuple[str, str]) -> str:
        relationships = {name: {"type": of, "id": ref} for name, (of, ref) in to.items()}
        resource = {"type": kind, "attributes": attributes, "relationships": relationships}
        return str(caller.call("POST", path, {"data": resource})["data"]["id"])

    def check(self, caller: Caller) -> None:
        """Everything acknowledged is there, and what was asked for last is there wholly or not at all."""
        for product, name in self.products.items():
            assert caller.call("GET", f"/products/{product}")["data"]["attributes"]["name"] == name
        for product in self.deleted:
            assert caller.call("GET", f"/products/{product}") is None
        for group, product in self.groups.items():
            found = caller.call("GET", f"/devicegroups/{group}")["data"]["relationships"]
            assert found["product"]["id"] == product
            if "current_deployment" in found:
                self.check_deployment(caller, found["current_deployment"]["id"], group)
        for deployment, (group, code) in self.deployments.items():
            assert self.check_deployment(caller, deployment, group) == code
        found = [caller.call("GET", f"/devices/{device}")["data"] for device in self.devices]
        homes = {device["relationships"].get("devicegroup", {}).get("id") for device in found}
        assert len(homes) == 1, "one call assigned all of them"
        (home,) = homes
        assert home in (self.home, self.going_to or self.home)
        for device in found:
            assert (device["attributes"]["agent_id"] is None) == (home is None)
            assert ("product" in device["relationships"]) == (home is not None)
        self.home, self.going_to = home, None

    def check_deployment(self, caller: Caller, deployment: str, group: str) -> str:
        found = caller.call("GET", f"/deployments/{deployment}")["data"]
        of, to = found["attributes"], found["relationships"]
        assert to["devicegroup"]["id"] == group
        texts = (of["device_code"], of["agent_code"], to["owner"]["id"])
        assert of["sha"] == hashlib.sha256(b"\0".join(text.encode() for text in texts)).hexdigest()
        return str(of["device_code"])


def check_file(database: Path) -> None:
    """The file is sound, and nothing in it is half there."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for what, query in STRUCTURE.items():
            assert connection.execute(f"SELECT EXISTS ({query})").fetchone() == (0,), what


@pytest.mark.thorough
def test_what_was_acknowledged_survives_kill_9(tmp_path):
    """After kill -9 under load, every acknowledged change is there, no other is there by half, and the file is sound."""
    chance = random.Random(time.time_ns() if ROUNDS > 5 else 5)
    database = tmp_path / "world.sqlite"
    served = Served(database)
    homes: list[str | None] = [None] * CLIENTS
    done = 0
    try:
        with Caller(served.netloc) as caller:
            listed = [entry["id"] for entry in caller.call("GET", "/devices?page[size]=100")["data"]]
        shares = [listed[number::CLIENTS] for number in range(CLIENTS)]
        for turn in range(ROUNDS):
            witnesses = [Witness(share, home=home) for share, home in zip(shares, homes, strict=True)]
            size = chance.choice((100, 20_000, 400_000))
            threads = [
                threading.Thread(target=witness.work, args=(served.netloc, f"{turn}.{number}", size))
                for number, witness in enumerate(witnesses)
            ]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.05, 1.2))
            served.kill()
            for thread in threads:
                thread.join(30)
            served = Served(database)
            with Caller(served.netloc) as caller:
                for witness in witnesses:
                    witness.check(caller)
            check_file(database)
            homes = [witness.home for witness in witnesses]
            done += sum(witness.done for witness in witnesses)
    finally:
        served.kill()
    assert done > 0, "nothing was acknowledged, so nothing was tested"
    print(f"{ROUNDS} kills, {done:,} acknowledged changes kept")
