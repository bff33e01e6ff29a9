"""The calls of the API about products."""

from collections.abc import AsyncIterator

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode, encode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.ids import AccountId, ProductId
from imptui.domain.product import Product


class ProductCalls:
    """Products. Source: primer, "Product Endpoints"; contract 7."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self,
        *,
        owner_id: AccountId | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[ApiPage[Product]]:
        """List the products that this account owns or collaborates on, page by page."""
        listing = Listing("/products", "list products", decode.products, (("owner.id", owner_id),))
        return self._session.pages(listing, start_page, page_size, priority)

    async def get(self, product_id: ProductId, *, priority: Priority = Priority.LOOK) -> Product:
        """Read one product by its id."""
        path, attempt = path_of("products", product_id), f"read product {product_id}"
        return await self._session.read(path, attempt, decode.product, priority)

    async def create(
        self,
        name: str,
        description: str | None = None,
        *,
        owner_id: AccountId | None = None,
        about: About | None = None,
    ) -> Product:
        """Create a product of this account, or of another that it collaborates on."""
        call = ApiCall(
            "POST", "/products", f"create the product '{name}'", body=encode.new_product(name, description, owner_id)
        )
        after = {"name": name, "description": description}
        change = ChangeRequest(call, "create", "product", name, about, after, created_id=decode.id_of)
        return await self._session.change_and_decode(change, decode.product)

    async def update(
        self,
        product_id: ProductId,
        *,
        name: str | None = None,
        description: str | None = None,
        about: About | None = None,
    ) -> Product:
        """Rename or describe a product; None leaves an attribute as it is, "" empties a description."""
        after = encode.given(name=name, description=description)
        call = ApiCall(
            "PATCH",
            path_of("products", product_id),
            f"update product {product_id}",
            body=encode.changed("product", product_id, after),
        )
        change = ChangeRequest(call, "update", "product", product_id, about, after)
        return await self._session.change_and_decode(change, decode.product)

    async def delete(self, product_id: ProductId, *, about: About | None = None) -> None:
        """Delete a product that has no groups. Source: contract 7.2."""
        call = ApiCall("DELETE", path_of("products", product_id), f"delete product {product_id}")
        await self._session.change(ChangeRequest(call, "delete", "product", product_id, about))
