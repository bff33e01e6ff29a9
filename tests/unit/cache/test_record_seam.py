"""What a record takes from the cache: a copy, and transactions that another cache applies."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imptui.cache.store import Cache
from imptui.domain.ids import AccountId, ProductId
from imptui.domain.product import Product


def product(number: int, name: str) -> Product:
    text = 'It\'s \u00fc; -- "quoted"'
    return Product(ProductId(f"p{number}"), name, text, AccountId("a"), None, datetime(2026, 11, 30, 12, tzinfo=UTC))


def test_applied_transactions_bring_a_copy_to_the_same_state(tmp_path: Path) -> None:
    """A copy to which the recorded transactions are applied holds the same rows and the same generation."""
    cache = Cache.open(tmp_path / "cache.sqlite").cache
    cache.products.store([product(1, "one")])
    cache.copy_to(tmp_path / "copy.sqlite")
    batches: list[tuple[str, ...]] = []
    cache.tap(batches.append)
    cache.products.store([product(2, "two"), product(1, "one again")])
    cache.products.forget([ProductId("p2")])
    cache.products.store([product(3, "three")])
    cache.set_note("mark", None)
    copy = Cache.open(tmp_path / "copy.sqlite").cache
    for each in batches:
        copy.apply(each)
    ids = [ProductId(f"p{number}") for number in (1, 2, 3)]
    assert [copy.products.one(each) for each in ids] == [cache.products.one(each) for each in ids]
    assert copy.generation() == cache.generation()
    copy.close()
    cache.close()


def test_a_transaction_that_was_undone_is_not_recorded() -> None:
    """Only what was committed is in a record."""
    cache = Cache.in_memory()
    batches: list[tuple[str, ...]] = []
    cache.tap(batches.append)
    with pytest.raises(sqlite3.OperationalError):
        cache.apply(["DELETE FROM product", "DELETE FROM nothing"])
    cache.set_note("mark", "x")
    assert [len(each) for each in batches] == [1]
    assert "DELETE" not in str(batches)
    cache.close()


def test_a_change_always_makes_a_new_generation() -> None:
    """Lists are read again after an applied change, even if the numbers of the record are ahead of those of the replay."""
    cache = Cache.in_memory()
    before = cache.generation()
    cache.apply(["INSERT INTO generation (kind) VALUES ('device')", "DELETE FROM generation WHERE kind = 'device' AND n < 57"])
    assert cache.generation() > before
    cache.close()
