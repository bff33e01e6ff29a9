"""Resources of the service to objects of the domain.

Every function raises `msgspec.ValidationError` if something is missing that the domain requires.
Source: contract 4.1, 19, and the section named at each shape.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import ValidationError

from imptui.client.codec.group_types import UNTOLD, type_of
from imptui.client.codec.shapes import (
    Attributes,
    DeploymentAttributes,
    DeviceAttributes,
    GroupAttributes,
    LibraryRelationships,
    OtherAttributes,
    Relationships,
)
from imptui.domain.account import Account, LoginKey, RefreshToken
from imptui.domain.deployment import Deployment
from imptui.domain.group import NO_VARS, DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId, WebhookId
from imptui.domain.library import Library
from imptui.domain.product import Product
from imptui.domain.webhook import Webhook
from imptui.jsonapi.linkage import Linkage, target_of
from imptui.jsonapi.resource import Resource

Wire = TypeVar("Wire")
Thing = TypeVar("Thing")
Listed = tuple[Sequence[Thing], bool, int | None]


DeviceResource = Resource[DeviceAttributes, Relationships]
GroupResource = Resource[GroupAttributes, Relationships]
DeploymentResource = Resource[DeploymentAttributes, Relationships]
OtherResource = Resource[OtherAttributes, Relationships]
ProductResource = Resource[Attributes, Relationships]
LibraryResource = Resource[OtherAttributes, LibraryRelationships]

NO_RELATIONSHIPS = Relationships()
NO_DEVICE_ATTRIBUTES = DeviceAttributes()
_NO_GROUP_ATTRIBUTES = GroupAttributes()
NO_DEPLOYMENT_ATTRIBUTES = DeploymentAttributes()
_NO_OTHER_ATTRIBUTES = OtherAttributes()
_NO_ATTRIBUTES = Attributes()


def utc(at: datetime) -> datetime:
    """Return a time in UTC; a time without a zone counts as UTC. Source: contract 4.4."""
    if at.tzinfo is UTC:
        return at
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else utc(at)


def needed(value: Wire | None, what: str) -> Wire:
    """Return a value that the domain requires; `what` is its place in the resource.

    Raises:
        ValidationError: It is None.
    """
    if value is None:
        raise ValidationError(f"Object missing required field `{what}`")
    return value


def id_in(linkage: Linkage | None) -> str | None:
    """Return the id that a relationship names, bare or wrapped, or None."""
    if linkage is None:
        return None
    if linkage.id is not None:  # bare, as impCentral spells it: first, for a fleet has a million of these
        return linkage.id
    return None if linkage.data is None else linkage.data.id


def _target(relationship: Linkage | None, attribute: Linkage | str | None) -> GroupId | None:
    if isinstance(attribute, str):
        attribute = Linkage(id=attribute)
    target = target_of(relationship, attribute)
    return GroupId(target.id) if target is not None else None


def _account(linkage: Linkage | None) -> AccountId | None:
    ident = id_in(linkage)
    return None if ident is None else AccountId(ident)


def owner_in(relationships: Relationships) -> AccountId:
    """Return the account that owns a resource.

    Raises:
        ValidationError: The resource does not name it.
    """
    return AccountId(needed(id_in(relationships.owner), "relationships.owner"))


def _product(relationships: Relationships) -> ProductId | None:
    ident = id_in(relationships.product)
    return None if ident is None else ProductId(ident)


def _deployment_id(linkage: Linkage | None) -> DeploymentId | None:
    ident = id_in(linkage)
    return None if ident is None else DeploymentId(ident)


def group_in(relationships: Relationships) -> tuple[GroupId | None, GroupType | str | None]:
    """Return the group of a resource, in either spelling, and the type of the group if named."""
    bare = relationships.devicegroup
    if bare is not None and bare.id is not None:
        return GroupId(bare.id), None if not bare.type or bare.type in UNTOLD else type_of(bare.type)
    target = target_of(relationships.devicegroup, relationships.device_group)
    if target is None:
        return None, None
    return GroupId(target.id), None if not target.type or target.type in UNTOLD else type_of(target.type)


def to_product(found: ProductResource) -> Product:
    """Convert a product. Source: contract 7.2."""
    has, links = found.attributes or _NO_ATTRIBUTES, found.relationships or NO_RELATIONSHIPS
    return Product(
        id=ProductId(found.id),
        name=needed(has.name, "attributes.name"),
        description=has.description,
        owner_id=owner_in(links),
        creator_id=_account(links.creator),
        created_at=needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
    )


def to_group(found: GroupResource) -> DeviceGroup:
    """Convert a device group of any type, known or not. Source: contract 8."""
    has, links = found.attributes or _NO_GROUP_ATTRIBUTES, found.relationships or NO_RELATIONSHIPS
    return DeviceGroup(
        id=GroupId(found.id),
        type=type_of(found.type),
        name=needed(has.name, "attributes.name"),
        description=has.description,
        product_id=needed(_product(links), "relationships.product"),
        owner_id=owner_in(links),
        creator_id=_account(links.creator),
        created_at=needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
        load_code_after_blessing=has.load_code_after_blessing,
        production_target_id=_target(links.production_target, has.production_target),
        dut_target_id=_target(links.dut_target, has.dut_target),
        current_deployment_id=_deployment_id(links.current_deployment),
        min_supported_deployment_id=_deployment_id(links.min_supported_deployment),
        region=has.region,
        env_vars=has.env_vars or NO_VARS,
    )


def to_deployment(found: DeploymentResource) -> Deployment:
    """Convert a deployment, without its programs. Source: contract 12.2."""
    has, links = found.attributes or NO_DEPLOYMENT_ATTRIBUTES, found.relationships or NO_RELATIONSHIPS
    group_id, group_type = group_in(links)
    return Deployment(
        id=DeploymentId(found.id),
        sha=needed(has.sha, "attributes.sha"),
        description=has.description,
        origin=has.origin,
        is_flagged=has.flagged is True,
        tags=tuple(has.tags or ()),
        created_at=needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
        group_id=group_id,
        group_type=group_type,
        product_id=_product(links),
        creator_id=_account(links.creator),
        owner_id=_account(links.owner),
        flagger_id=_account(links.flagger),
    )


def to_account(found: OtherResource) -> Account:
    """Convert an account. Source: contract 6.1."""
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    return Account(
        id=AccountId(found.id),
        username=has.username or "",
        email=has.email or "",
        tier=has.tier,
        created_at=_utc(has.created_at),
        updated_at=_utc(has.updated_at),
    )


def to_refresh_token(found: OtherResource) -> RefreshToken:
    """Convert a refresh token. Source: contract 6.2."""
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    return RefreshToken(found.id, _utc(has.created_at), _utc(has.last_used_at))


def to_login_key(found: OtherResource) -> LoginKey:
    """Convert a login key. Source: contract 6.3."""
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    return LoginKey(found.id, has.description, has.usages, _utc(has.created_at), _utc(has.updated_at))


def to_webhook(found: OtherResource) -> Webhook:
    """Convert a webhook. Source: contract 13."""
    has, links = found.attributes or _NO_OTHER_ATTRIBUTES, found.relationships or NO_RELATIONSHIPS
    group_id, group_type = group_in(links)
    return Webhook(
        id=WebhookId(found.id),
        url=needed(has.url, "attributes.url"),
        event=needed(has.event, "attributes.event"),
        content_type=has.content_type or "",
        group_id=needed(group_id, "relationships.devicegroup"),
        group_type=group_type or "",
        product_id=_product(links),
        owner_id=owner_in(links),
        creator_id=_account(links.creator),
        created_at=needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
    )


def to_library(found: LibraryResource) -> Library:
    """Convert a library. Source: contract 17."""
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    versions = (found.relationships.versions if found.relationships else None) or []
    return Library(found.id, has.name or found.id, has.supported, tuple(version.id for version in versions))
