"""Rules of products. Source: primer, "Products"; contract 7."""

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.rules.visibility import account_for, owners_for, product_for, refuse, well_formed
from imptui.cloud.storage.paging import FIRST, ListPage, Paging
from imptui.cloud.storage.records import UNSET, Unset
from imptui.cloud.storage.world import World, WorldView
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.errors import Conflict, Invalid, Rule
from imptui.domain.ids import AccountId, ProductId
from imptui.domain.product import Product


class CreateProduct(Struct, frozen=True):
    """A product to create."""

    name: str
    description: str | None = None
    owner_id: AccountId | None = None
    """The owner; None: the caller."""


class UpdateProduct(Struct, frozen=True):
    """A product's new name, description, both or neither."""

    product_id: ProductId
    name: str | Unset = UNSET
    description: str | Unset | None = UNSET


class ListProducts(Struct, frozen=True):
    """Products, of one owner or of all that the caller sees."""

    owner_id: AccountId | None = None
    paging: Paging = FIRST


def list_products(world: World, asked: ListProducts, actor: Account) -> ListPage[Product]:
    """List the products that the caller sees, oldest first."""
    with world.view() as view:
        return view.products.page(owners_for(view, actor, asked.owner_id), asked.paging)


def get_product(world: World, product_id: str, actor: Account) -> Product:
    """Return one product by its id.

    Raises:
        NotFound: There is none with that id for this account.
    """
    with world.view() as view:
        return product_for(view, product_id, actor)


def create_product(world: World, asked: CreateProduct, actor: Account) -> Product:
    """Create a product; the caller owns it unless a collaborator is named as owner.

    Raises:
        Invalid: Name or description have the wrong length.
        NotFound: The caller does not collaborate with the owner.
        Conflict: The owner has a product of that name.

    Source: contract 7.1, 7.2.
    """
    _check(asked.name, asked.description)
    with world.change() as tx:
        owner = account_for(tx, asked.owner_id or actor.id, actor)
        _check_name_is_free(tx, owner.id, asked.name, None)
        product = Product(ProductId(tx.chance.uuid()), asked.name, asked.description, owner.id, actor.id, tx.now, tx.now)
        tx.products.put(product)
    return product


def update_product(world: World, asked: UpdateProduct, actor: Account) -> Product:
    """Rename or describe a product; omitted attributes stay.

    Raises:
        Invalid: Name or description have the wrong length.
        NotFound: There is no such product for this account.
        Conflict: Another product of the owner has that name.

    Source: contract 1.3, 7.2.
    """
    with world.change() as tx:
        old = product_for(tx, asked.product_id, actor)
        name = old.name if isinstance(asked.name, Unset) else asked.name
        description = old.description if isinstance(asked.description, Unset) else asked.description
        _check(name, description)
        _check_name_is_free(tx, old.owner_id, name, old)
        if (name, description) == (old.name, old.description):
            return old
        product = replace(old, name=name, description=description, updated_at=tx.now)
        tx.products.put(product)
    return product


def delete_product(world: World, product_id: str, actor: Account) -> None:
    """Delete a product that has no device groups.

    Raises:
        NotFound: There is no such product for this account.
        Conflict: Device groups belong to it.

    Source: contract 7.2.
    """
    with world.change() as tx:
        product = product_for(tx, product_id, actor)
        refuse(policy.delete_product(int(tx.groups.has_any_in(product.id))))
        tx.products.delete(product.id)


def _check(name: str, description: str | None) -> None:
    if not isinstance(name, str):
        raise Invalid("A product needs a name.")
    refuse(policy.validate_name(name))
    refuse(policy.validate_description(description))
    well_formed(name, "name")
    well_formed(description, "description")


def _check_name_is_free(view: WorldView, owner_id: AccountId, name: str, own: Product | None) -> None:
    found = view.products.named(owner_id, name)
    if found is not None and (own is None or found.id != own.id):
        raise Conflict("Products must have unique names.", Rule.DUPLICATE_PRODUCT_NAME)
