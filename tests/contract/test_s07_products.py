"""Contract section 7: products."""

import pytest

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def first_error(response):
    return response.json()["errors"][0]


def update(product, **attributes):
    return {"data": {"type": "product", "id": product["id"], "attributes": attributes}}


async def test_a_product_is_made_as_documented(api):
    """A new product has name, description, times, creator and owner (7.1, 7.2)."""
    product = await api.product("Greenhouse", description="Soil and air sensing")
    assert product["type"] == "product"
    assert product["attributes"]["name"] == "Greenhouse"
    assert product["attributes"]["description"] == "Soil and air sensing"
    assert set(product["attributes"]) == {"name", "description", "created_at", "updated_at"}
    account = {"type": "account", "id": api.account.id}
    assert product["relationships"] == {"owner": account, "creator": account}


async def test_the_owner_may_be_named(api):
    """The owner may be given and else is the caller (7.1)."""
    resource = {
        "type": "product",
        "attributes": {"name": "A"},
        "relationships": {"owner": {"type": "account", "id": api.account.id}},
    }
    assert (await api.made_of("/products", resource))["relationships"]["owner"]["id"] == api.account.id


@pytest.mark.parametrize("who", [UNKNOWN, "somebody"])
async def test_a_strange_owner_is_refused(api, who):
    """A product cannot be made for an account that the caller does not know (7.1)."""
    owner = {"owner": {"type": "account", "id": who}}
    body = {"data": {"type": "product", "attributes": {"name": "A"}, "relationships": owner}}
    assert (await api.post("/products", body)).status_code in (403, 404)


async def test_a_name_is_unique_per_owner(api):
    """A second product of the same name is a Duplicate Resource, to the letter (2.5)."""
    await api.product("Greenhouse")
    response = await api.post("/products", {"data": {"type": "product", "attributes": {"name": "Greenhouse"}}})
    assert response.status_code == 409
    error = first_error(response)
    assert error["code"] == "CX001"
    assert error["title"] == "Duplicate Resource"
    assert error["detail"] == "Products must have unique names."


async def test_names_are_compared_exactly(api):
    """Names that differ in case are two names (7.2)."""
    await api.product("Greenhouse")
    assert await api.product("greenhouse")


async def test_two_owners_may_use_one_name(api, other):
    """Uniqueness is per owner (7.2)."""
    await api.product("Greenhouse")
    assert await other.product("Greenhouse")


async def test_renaming(api):
    """A product can keep its own name, take a free one, but not another's (7.2)."""
    product, _ = await api.product("A"), await api.product("B")
    assert (await api.patch(f"/products/{product['id']}", update(product, name="A"))).status_code == 200
    renamed = await api.patch(f"/products/{product['id']}", update(product, name="C"))
    assert renamed.json()["data"]["attributes"]["name"] == "C"
    assert (await api.patch(f"/products/{product['id']}", update(product, name="B"))).status_code == 409


async def test_a_description_may_be_emptied(api):
    """A description can be set to the empty string and comes back as that (7.2)."""
    product = await api.product(description="x")
    response = await api.patch(f"/products/{product['id']}", update(product, description=""))
    assert response.json()["data"]["attributes"]["description"] == ""


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"name": ""},
        {"name": "x" * 81},
        {"name": None},
        {"name": 5},
        {"name": "A", "description": "x" * 256},
        {"name": "A", "description": 5},
    ],
)
async def test_ill_formed_attributes_are_400(api, attributes):
    """A missing, empty, too long or strange attribute is 400 (7.2)."""
    response = await api.post("/products", {"data": {"type": "product", "attributes": attributes}})
    assert response.status_code == 400
    assert first_error(response)["code"] == "VX002"


async def test_a_product_with_groups_stays(api):
    """A product with device groups cannot be deleted, in the words clients know (2.5)."""
    product = await api.product()
    group = await api.group(product=product)
    response = await api.delete(f"/products/{product['id']}")
    assert response.status_code == 409
    error = first_error(response)
    assert error["code"] == "CX002"
    assert error["title"] == "Dependent Devicegroups Exist"
    assert error["detail"] == "Cannot delete a product with associated devicegroups."
    await api.delete(f"/devicegroups/{group['id']}")
    assert (await api.delete(f"/products/{product['id']}")).status_code == 204


async def test_deleting_twice_is_404(api):
    """A deleted product is 404 for every verb (7.2)."""
    product = await api.product()
    path = f"/products/{product['id']}"
    assert (await api.delete(path)).status_code == 204
    assert (await api.delete(path)).status_code == 404
    assert (await api.get(path)).status_code == 404
    assert (await api.patch(path, update(product, name="B"))).status_code == 404


async def test_an_account_is_no_product(api):
    """An account's id used as a product's is 404 (7.2)."""
    assert (await api.get(f"/products/{api.account.id}")).status_code == 404


@pytest.mark.parametrize("kind", ["products", "device", 7])
async def test_the_type_must_be_product(api, kind):
    """A creation of another type is refused (1.3)."""
    response = await api.post("/products", {"data": {"type": kind, "attributes": {"name": "A"}}})
    assert response.status_code in (400, 409)
