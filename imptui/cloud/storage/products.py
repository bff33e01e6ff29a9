"""Stores the products of a world."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from imptui.cloud.environment.clock import from_ms, to_ms, to_ms_or_none
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.domain.ids import AccountId, ProductId
from imptui.domain.product import Product

_COLUMNS = "id, name, description, owner_id, creator_id, created_ms, updated_ms"


class ProductRepository:
    """Repository of the products of all accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, product_id: str) -> Product | None:
        """Return the product with this id, of any owner."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM product WHERE id = ?", (product_id,)).fetchone()
        return None if row is None else _product(row)

    def named(self, owner_id: AccountId, name: str) -> Product | None:
        """Return the owner's product with exactly this name. Source: contract 7.2."""
        sql = f"SELECT {_COLUMNS} FROM product WHERE owner_id = ? AND name = ?"
        row = self._connection.execute(sql, (owner_id, name)).fetchone()
        return None if row is None else _product(row)

    def page(self, owner_ids: Sequence[AccountId], paging: Paging) -> ListPage[Product]:
        """Return a page of the products of these accounts, oldest first."""
        sql = f"SELECT {_COLUMNS} FROM product WHERE owner_id IN ({_marks(owner_ids)}) ORDER BY created_ms, seq LIMIT ? OFFSET ?"
        rows = self._connection.execute(sql, (*owner_ids, paging.size + 1, paging.offset)).fetchall()
        return page_of([_product(row) for row in rows], paging)

    def put(self, product: Product) -> None:
        """Store a product, new or changed."""
        self._connection.execute(PUT_PRODUCT, product_values(product))

    def delete(self, product_id: ProductId) -> None:
        """Delete a product; zombie deployments made under it no longer name it. Source: contract 7.2."""
        self._connection.execute("DELETE FROM product WHERE id = ?", (product_id,))
        self._connection.execute("UPDATE deployment SET product_id = NULL WHERE product_id = ?", (product_id,))


PUT_PRODUCT = f"""INSERT INTO product ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
  updated_ms = excluded.updated_ms"""


def product_values(product: Product) -> tuple[object, ...]:
    """Return a product as the row that `PUT_PRODUCT` takes."""
    created = to_ms(product.created_at)
    updated = to_ms_or_none(product.updated_at)
    return (
        product.id,
        product.name,
        product.description,
        product.owner_id,
        product.creator_id,
        created,
        created if updated is None else updated,
    )


def _product(row: tuple[Any, ...]) -> Product:
    return Product(row[0], row[1], row[2], row[3], row[4], from_ms(row[5]), from_ms(row[6]))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
