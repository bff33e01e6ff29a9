"""The table of products."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from imptui.cache.connections import Connections
from imptui.cache.generations import next_generation
from imptui.cache.ingest.group_rank import place_groups
from imptui.cache.search.conditions import bindable
from imptui.cache.times import at_us, from_us, to_us, us
from imptui.domain.ids import AccountId, ProductId
from imptui.domain.product import Product
from imptui.query.text_folding import fold, natural_key


class StoredProduct(NamedTuple):
    """A row of `SELECT_PRODUCTS`: the columns of a product."""

    id: str
    name: str
    description: str | None
    owner_id: str
    creator_id: AccountId | None
    created_at: int
    updated_at: int | None


PRODUCT_COLUMNS = StoredProduct._fields
SELECT_PRODUCTS = f"SELECT {', '.join(f'p.{column}' for column in PRODUCT_COLUMNS)} FROM product p WHERE p.name IS NOT NULL"
"""Select products that were read. A row without name belongs to a product that only a reference mentioned so far."""


def product_of(row: StoredProduct) -> Product:
    """Decode a row into a product."""
    return Product(
        id=ProductId(row.id),
        name=row.name,
        description=row.description,
        owner_id=AccountId(row.owner_id),
        creator_id=row.creator_id,
        created_at=at_us(row.created_at),
        updated_at=from_us(row.updated_at),
    )


def row_of(product: Product) -> StoredProduct:
    """Encode a product as a row."""
    return StoredProduct(
        id=product.id,
        name=bindable(product.name),
        description=None if product.description is None else bindable(product.description),
        owner_id=product.owner_id,
        creator_id=product.creator_id,
        created_at=us(product.created_at),
        updated_at=to_us(product.updated_at),
    )


class ProductTable:
    """The products that the cache knows."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def all(self) -> list[Product]:
        """Return all products, sorted by name."""
        with self._connections.read_connection() as reader:
            found = [product_of(StoredProduct._make(row)) for row in reader.execute(SELECT_PRODUCTS)]
        return sorted(found, key=lambda product: (natural_key(product.name), product.id))

    def one(self, product_id: ProductId) -> Product | None:
        """Return one product; None if it is unknown."""
        with self._connections.read_connection() as reader:
            row = reader.execute(f"{SELECT_PRODUCTS} AND p.id = ?", (product_id,)).fetchone()
        return None if row is None else product_of(StoredProduct._make(row))

    def store(self, products: Iterable[Product]) -> list[ProductId]:
        """Insert and update products in one transaction; return the ids of those that changed."""
        changed = []
        with self._connections.writing() as writer:
            for product in products:
                row = row_of(product)
                known = writer.execute(f"{SELECT_PRODUCTS} AND p.id = ?", (product.id,)).fetchone()
                if known == row:
                    continue
                changed.append(product.id)
                writer.execute("INSERT OR IGNORE INTO product (id) VALUES (?)", (product.id,))
                setting = ", ".join(f"{column} = ?" for column in PRODUCT_COLUMNS)
                writer.execute(f"UPDATE product SET {setting}, folded = ? WHERE id = ?", (*row, fold(row.name), product.id))
            if changed:
                place_groups(writer)
                next_generation(writer, "product")
        return changed

    def forget_absent(self, seen: Collection[ProductId]) -> list[ProductId]:
        """Delete products that a *complete* reading of all products did not contain."""
        with self._connections.read_connection() as reader:
            known = [ProductId(row[0]) for row in reader.execute("SELECT id FROM product WHERE name IS NOT NULL")]
        kept = frozenset(seen)
        return self.forget([product_id for product_id in known if product_id not in kept])

    def forget(self, ids: Iterable[ProductId]) -> list[ProductId]:
        """Delete these products. Rows of groups that still name one refer to a row without name."""
        gone = []
        with self._connections.writing() as writer:
            for product_id in ids:
                sql = "UPDATE product SET name = NULL, folded = NULL WHERE id = ? AND name IS NOT NULL"
                if writer.execute(sql, (product_id,)).rowcount:
                    gone.append(product_id)
            if gone:
                place_groups(writer)
                next_generation(writer, "product")
        return gone
