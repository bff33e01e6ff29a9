"""A cache that knows one product and one group."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from imptui.cache.store import Cache
from tests.unit.cache.pump_fleet import BOILER, LINE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "imptui" / "cache.db"


@pytest.fixture
def cache(path: Path) -> Iterator[Cache]:
    cache = Cache.open(path).cache
    cache.products.store([BOILER])
    cache.groups.store([LINE])
    yield cache
    cache.close()
