"""Endpoints for products. Source: primer, "Product Endpoints"; contract 7."""

from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route, one
from imptui.cloud.rules import product as rules
from imptui.cloud.wire.decode import document_of, filters_of, id_of, of_type
from imptui.domain.ids import AccountId, ProductId

_FILTERS = ("owner.id",)


def list_products(call: AuthenticatedCall) -> ApiAnswer:
    """List the products that the caller can see."""
    asked = filters_of(call.query, _FILTERS)
    page = rules.list_products(call.world, rules.ListProducts(id_of(asked, "owner.id", AccountId), call.paging), call.actor)
    return call.listed(page, call.encode.product)


def get_product(call: AuthenticatedCall) -> ApiAnswer:
    """Return one product by its id."""
    return one(call.encode.product(rules.get_product(call.world, call.params["product_id"], call.actor)))


def create_product(call: AuthenticatedCall) -> ApiAnswer:
    """Create a product; the caller owns it unless the document names an owner."""
    document = document_of(call.body)
    document.expect("product")
    document.only(("name", "description"), ("owner",))
    owner_id = of_type(document.relationship("owner"), "account", "owner")
    asked = rules.CreateProduct(
        document.required_text("name"), document.text("description"), None if owner_id is None else AccountId(owner_id)
    )
    return one(call.encode.product(rules.create_product(call.world, asked, call.actor)), 201)


def update_product(call: AuthenticatedCall) -> ApiAnswer:
    """Change the name or description of a product."""
    product_id = call.params["product_id"]
    document = document_of(call.body)
    document.expect("product", product_id)
    document.only(("name", "description"))
    changes = document.changes({"name": document.required_text, "description": document.text})
    asked = rules.UpdateProduct(ProductId(product_id), **changes)
    return one(call.encode.product(rules.update_product(call.world, asked, call.actor)))


def delete_product(call: AuthenticatedCall) -> ApiAnswer:
    """Delete a product without device groups."""
    rules.delete_product(call.world, call.params["product_id"], call.actor)
    return NO_CONTENT


_ONE = "/products/{product_id}"

ROUTES = (
    Route("GET", "/products", list_products, "List products", "Product", is_list=True, filters=_FILTERS),
    Route(
        "POST",
        "/products",
        create_product,
        "Make a product",
        "Product",
        "ProductCreation",
        201,
        refusals=(403, 404, 409),
    ),
    Route("GET", _ONE, get_product, "Read a product", "Product"),
    Route("PATCH", _ONE, update_product, "Rename or describe a product", "Product", "ProductUpdate", refusals=(409,)),
    Route("DELETE", _ONE, delete_product, "Delete a product without groups", status=204, refusals=(409,)),
)
