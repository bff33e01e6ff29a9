"""Faults of the world's file as clients and the log see them."""

import asyncio
import json
import logging
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from imptui.cloud.api.application import build_app, running
from imptui.cloud.rules import login
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport

PRODUCT = {"data": {"type": "product", "attributes": {"name": "Greenhouse", "description": "x" * 200}}}


@pytest.fixture
async def engine(tmp_path):
    """A client of an engine whose world is in a file, and the world."""
    with closing(World.open(tmp_path / "world.db", password_cost_log2=2)) as world:
        account = open_account(world, OpenAccount("grower", "grower@example.test", "not-a-real-one"))
        bearer = {"Authorization": f"Bearer {login.log_in_embedded(world, account.id).access_token}"}
        app = build_app(world)
        transport = EmbeddedTransport(app)
        with running(app):
            async with httpx.AsyncClient(base_url="http://e/v5", transport=transport, headers=bearer) as client:
                yield client, world


def delete_file(world):
    Path(world.path).unlink()


def has_file(world):
    return Path(world.path).exists()


def error_of(response, status, code):
    """Return the detail of the one error of a response."""
    assert response.status_code == status
    (entry,) = response.json()["errors"]
    assert (entry["status"], entry["code"]) == (str(status), code)
    return entry["detail"]


@pytest.mark.parametrize("body_bytes", [0, 10_000])
async def test_a_lost_file_is_503(engine, caplog, body_bytes):
    """While the world's file is gone every call is 503 with a reason, nothing is acknowledged, and the log says it once."""
    client, world = engine
    delete_file(world)
    body = json.dumps(PRODUCT) + " " * body_bytes
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            for method, path in (("POST", "/products"), ("GET", "/products"), ("DELETE", "/products/x")):
                content = body if method == "POST" else None
                response = await client.request(method, path, content=content)
                detail = error_of(response, 503, "XX002")
                assert "was deleted while it was open" in detail
                assert world.path not in detail
        await asyncio.sleep(1.2)  # the world's clock meets the fault, too
    assert [record.exc_info for record in caplog.records] == [None], caplog.text
    assert world.path in caplog.text
    assert not has_file(world)


async def test_a_full_disk_is_507(engine, caplog):
    """A change without room on the disk is 507 with a reason, once in the log, without a trace; reading goes on."""
    client, world = engine
    pages = world._writer.execute("PRAGMA page_count").fetchone()[0]
    world._writer.execute(f"PRAGMA max_page_count = {pages}")
    refused = 0
    with caplog.at_level(logging.ERROR):
        for number in range(200):
            body = {"data": {"type": "product", "attributes": {**PRODUCT["data"]["attributes"], "name": f"Product {number}"}}}
            response = await client.post("/products", json=body)
            if response.status_code != 201:
                assert "no room left" in error_of(response, 507, "XX003")
                assert (await client.get("/products")).status_code == 200
                refused += 1
            if refused == 3:
                break
    assert refused == 3
    assert [record.exc_info for record in caplog.records] == [None]
