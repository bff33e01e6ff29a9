"""Objects of the domain to documents for the service.

The encoder writes relationships bare and in their live spelling. Source: contract 1.3, 4.1, and the section named at each.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from imptui.client.codec.group_types import type_word
from imptui.client.secret import Secret
from imptui.domain.deployment import Programs
from imptui.domain.errors import Invalid
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, GroupId, ProductId
from imptui.jsonapi import document as grammar
from imptui.jsonapi import linkage
from imptui.jsonapi.resource import resource


def given(**attributes: object) -> dict[str, object]:
    """Return the attributes that are not None; the service leaves the others as they are. Source: contract 1.3."""
    return {name: value for name, value in attributes.items() if value is not None}


def created(type_of_resource: str, attributes: Mapping[str, object]) -> bytes:
    """Encode a new resource that belongs to nothing but the account."""
    return _document(resource(type_of_resource, attributes=attributes))


def changed(type_of_resource: str, ident: str, attributes: Mapping[str, object]) -> bytes:
    """Encode the attributes of a resource that change."""
    return _document(resource(type_of_resource, ident, attributes))


def identifier(type_of_resource: str, ident: str) -> bytes:
    """Encode one identifier. Source: contract 12.6."""
    return _document(linkage.identifier(type_of_resource, ident))


def identifiers(type_of_resource: str, idents: Sequence[str]) -> bytes:
    """Encode several identifiers. Source: contract 9.1."""
    return _document(linkage.identifiers(type_of_resource, idents))


def new_product(name: str, description: str | None, owner_id: AccountId | None) -> bytes:
    """Encode a new product. Source: contract 7.1."""
    owner = None if owner_id is None else {"owner": linkage.identifier("account", owner_id)}
    return _document(resource("product", attributes=given(name=name, description=description), relationships=owner))


def new_group(
    group_type: GroupType,
    attributes: Mapping[str, object],
    product_id: ProductId,
    production_target: GroupId | None,
    dut_target: GroupId | None,
) -> bytes:
    """Encode a new group. Source: contract 8.6."""
    relationships = {
        "product": linkage.identifier("product", product_id),
        **_targets(group_type, production_target, dut_target),
    }
    return _document(resource(type_word(group_type), attributes=attributes, relationships=relationships))


def changed_group(
    group_id: GroupId,
    group_type: GroupType | str,
    attributes: Mapping[str, object],
    production_target: GroupId | None,
    dut_target: GroupId | None,
) -> bytes:
    """Encode the changes of a group. Source: contract 8.6."""
    targets = _targets(group_type, production_target, dut_target)
    return _document(resource(type_word(group_type), group_id, attributes, targets or None))


def new_deployment(
    group_id: GroupId, group_type: GroupType | str, programs: Programs, attributes: Mapping[str, object]
) -> bytes:
    """Encode a new deployment. Source: contract 12.4."""
    code = {"device_code": programs.device_code, "agent_code": programs.agent_code}
    return _document(
        resource("deployment", attributes={**code, **attributes}, relationships=_of_group(group_id, group_type))
    )


def new_webhook(group_id: GroupId, group_type: GroupType | str, url: str, event: str, content_type: str) -> bytes:
    """Encode a new webhook. Source: contract 13."""
    attributes = {"url": url, "event": event, "content_type": content_type}
    return _document(resource("webhook", attributes=attributes, relationships=_of_group(group_id, group_type)))


def login(username: str, password: Secret) -> bytes:
    """Encode a login. Source: contract 5.1."""
    return _encoded(msgspec.json.encode, {"id": username, "password": password.reveal()})


def login_again(login_token: Secret) -> bytes:
    """Encode the second step of a login. Source: contract 5.2."""
    return _encoded(msgspec.json.encode, {"login_token": login_token.reveal()})


def exchange(refresh_token: Secret | None, login_key: Secret | None) -> bytes:
    """Encode an exchange of the refresh token, or else of the login key. Source: contract 5.3."""
    if refresh_token is not None:
        return _encoded(msgspec.json.encode, {"token": refresh_token.reveal()})
    return _encoded(msgspec.json.encode, {"key": login_key.reveal() if login_key is not None else ""})


def _of_group(group_id: GroupId, group_type: GroupType | str) -> dict[str, object]:
    return {"devicegroup": linkage.identifier(type_word(group_type), group_id)}


def _targets(
    group_type: GroupType | str, production_target: GroupId | None, dut_target: GroupId | None
) -> dict[str, object]:
    wanted = group_type.production_target_type if isinstance(group_type, GroupType) else None
    wanted_dut = group_type.dut_target_type if isinstance(group_type, GroupType) else None
    # The encoder sends a target that the type does not take: the service has the better refusal.
    targets: dict[str, object] = {}
    if production_target is not None:
        targets["production_target"] = linkage.identifier(type_word(wanted or GroupType.PRODUCTION), production_target)
    if dut_target is not None:
        targets["dut_target"] = linkage.identifier(type_word(wanted_dut or GroupType.DUT), dut_target)
    return targets


def _document(primary: object) -> bytes:
    return _encoded(grammar.document, primary)


def _encoded(write: Callable[[object], bytes], document: object) -> bytes:
    """Encode the body of a request as JSON.

    Raises:
        Invalid: A text holds a lone surrogate, as a file does that was read leniently; JSON cannot carry it.
    """
    try:
        return write(document)
    except UnicodeEncodeError as error:
        at = error.start
    raise Invalid(f"A text cannot be sent: its character {at + 1:,} is half of one. Save the file as UTF-8.")
