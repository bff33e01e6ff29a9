"""Finds what an account can see: its own and its collaborators' resources. Source: contract 4.5."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import WorldView
from imptui.domain.account import Account
from imptui.domain.deployment import Deployment
from imptui.domain.errors import Invalid, NotFound, Refused
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import AccountId, is_uuid
from imptui.domain.product import Product
from imptui.domain.webhook import Webhook


def sees(view: WorldView, actor: Account, owner_id: str | None) -> bool:
    """Return True if the things of this account are visible to the actor."""
    return owner_id is not None and (owner_id == actor.id or owner_id in view.accounts.visible_to(actor.id))


def account_for(view: WorldView, account_id: str, actor: Account) -> Account:
    """Return an account that the actor can see; `me` is the actor.

    Raises:
        NotFound: There is none with that id, or the actor does not collaborate with it.
    """
    wanted = actor.id if account_id == "me" else account_id
    found = view.accounts.get(wanted) if is_uuid(wanted) else None
    if found is None or not sees(view, actor, found.id):
        raise _missing("account", account_id)
    return found


def owners_for(view: WorldView, actor: Account, owner_id: AccountId | None = None) -> list[AccountId]:
    """Return the accounts whose things a list shows; empty if the actor cannot see the requested owner."""
    visible = view.accounts.visible_to(actor.id)
    if owner_id is None:
        return visible
    wanted = actor.id if owner_id == "me" else owner_id
    return [wanted] if wanted in visible else []


def product_for(view: WorldView, product_id: str, actor: Account) -> Product:
    """Return a product that the actor can see.

    Raises:
        NotFound: There is none with that id for this account.
    """
    return _seen(view, actor, "product", product_id, view.products.get)


def group_for(view: WorldView, group_id: str, actor: Account) -> DeviceGroup:
    """Return a device group that the actor can see.

    Raises:
        NotFound: There is none with that id for this account.
    """
    return _seen(view, actor, "device group", group_id, view.groups.get)


def deployment_for(view: WorldView, deployment_id: str, actor: Account) -> Deployment:
    """Return a deployment that the actor can see.

    Raises:
        NotFound: There is none with that id for this account.
    """
    return _seen(view, actor, "deployment", deployment_id, view.deployments.get)


def webhook_for(view: WorldView, webhook_id: str, actor: Account) -> Webhook:
    """Return a webhook that the actor can see.

    Raises:
        NotFound: There is none with that id for this account.
    """
    return _seen(view, actor, "webhook", webhook_id, view.webhooks.get)


def imp_for(view: WorldView, reference: str, actor: Account) -> Imp:
    """Return a device that the actor can see, by id, MAC address or, while it is assigned, agent id.

    Raises:
        NotFound: There is no such device for this account.

    Source: contract 4.3.
    """
    found = view.devices.find(reference)
    if found is None or not sees(view, actor, found.device.owner_id):
        raise NotFound(f"No device with the identifier {_short(reference)}.", subject=reference)
    return found


def refuse(refusal: Refused | None) -> None:
    """Raise the refusal of a policy check, if there is one."""
    if refusal is not None:
        raise refusal


def well_formed(text: str | None, what: str) -> str | None:
    """Return the text, if it is well-formed: half a surrogate pair can be neither stored nor sent.

    Raises:
        Invalid: It holds half a surrogate pair.
    """
    if text is not None and not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Invalid(f"The {what} holds half of a surrogate pair, which is no character.") from None
    return text


class _Owned(Protocol):
    @property
    def owner_id(self) -> str | None: ...


Thing = TypeVar("Thing", bound=_Owned)


def _seen(view: WorldView, actor: Account, what: str, identifier: str, get: Callable[[str], Thing | None]) -> Thing:
    found = get(identifier) if is_uuid(identifier) else None
    if found is None or not sees(view, actor, found.owner_id):
        raise _missing(what, identifier)
    return found


def _missing(what: str, identifier: str) -> NotFound:
    return NotFound(f"No {what} with the id {_short(identifier)}.", subject=identifier)


def _short(identifier: str) -> str:
    shown = identifier.encode(errors="replace").decode()
    return shown if len(shown) <= 80 else shown[:79] + "…"
