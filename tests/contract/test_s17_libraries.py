"""Contract section 17: other endpoints."""

from imptui.domain.library import Library


async def test_libraries_are_listed(api):
    """A library has name and support as attributes, and an array of versions, newest first."""
    with api.world.change() as tx:
        tx.accounts.put_library(Library("11111111-2222", "Twilio", True, ("Twilio:1.2.3", "Twilio:1.0.0")))
        tx.accounts.put_library(Library("33333333-4444", "private:Ours", None, ("private:Ours:0.1.0",)))
    first, second = await api.listed("/libraries")
    assert first["type"] == "library"
    assert first["attributes"] == {"name": "Twilio", "supported": True}
    assert [version["id"] for version in first["relationships"]["versions"]] == ["Twilio:1.2.3", "Twilio:1.0.0"]
    assert second["attributes"]["name"].startswith("private:")


async def test_libraries_are_paged(api):
    """The list of libraries is paged like any other."""
    with api.world.change() as tx:
        for number in range(3):
            tx.accounts.put_library(Library(f"library-{number}", f"L{number}", True, (f"L{number}:1.0.0",)))
    response = await api.get("/libraries?page[size]=2")
    assert len(response.json()["data"]) == 2
    assert "next" in response.json()["links"]


async def test_enrolment_is_not_offered(api):
    """Enrolment tokens are out of scope: 404 with a JSON body."""
    response = await api.post("/enroll", {"type": "production_token"})
    assert response.status_code == 404
    assert response.json()["errors"]
