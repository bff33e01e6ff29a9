"""Calls about products."""

from collections.abc import AsyncIterator

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls, Listing
from imptui.client.codec import decode, encode

from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.domain.ids import AccountId, ProductId
from imptui.domain.product import Product


class ProductCalls(Calls):
    """Products. Source: primer, "Product Endpoints"; contract 7."""

    def product_pages(
        self,
        *,
        owner_id: AccountId | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[Page[Product]]:
        """All products that this account sees, its own and those it collaborates on, page by page."""
        filters = (("owner.id", owner_id),)
        return self._pages(
            Listing("/products", "list products", decode.products, filters), start_page, page_size, priority
        )

    async def product(self, product_id: ProductId, *, priority: Priority = Priority.LOOK) -> Product:
        """One product."""
        return await self._read(path_of("products", product_id), f"read product {product_id}", decode.product, priority)

    async def create_product(
        self,
        name: str,
        description: str | None = None,
        *,
        owner_id: AccountId | None = None,
        about: About | None = None,
    ) -> Product:
        """A new product of this account, or of another that it collaborates on."""
        call = Call(
            "POST", "/products", f"create the product '{name}'", body=encode.new_product(name, description, owner_id)
        )
        after = {"name": name, "description": description}
        reply = await self._change(call, "create", "product", name, about=about, after=after, created=decode.id_of)
        return self._speaker.decoded(call.attempt, reply, decode.product)

    async def update_product(
        self,
        product_id: ProductId,
        *,
        name: str | None = None,
        description: str | None = None,
        about: About | None = None,
    ) -> Product:
        """Rename or describe a product; None leaves as it is, "" empties a description."""
        after = encode.given(name=name, description=description)
        call = Call(
            "PATCH",
            path_of("products", product_id),
            f"update product {product_id}",
            body=encode.changed("product", product_id, after),
        )
        reply = await self._change(call, "update", "product", product_id, about=about, after=after)
        return self._speaker.decoded(call.attempt, reply, decode.product)

    async def delete_product(self, product_id: ProductId, *, about: About | None = None) -> None:
        """Delete a product that no group belongs to. Source: contract 7.2."""
        call = Call("DELETE", path_of("products", product_id), f"delete product {product_id}")
        await self._change(call, "delete", "product", product_id, about=about)
