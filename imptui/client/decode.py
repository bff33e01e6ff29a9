"""What the service's documents mean, as objects of the model.

Types of attributes are checked as they are read, missing ones are None. Both dialects are understood: relationships
that are absent, null, bare or wrapped; `devicegroup` and `device_group`; targets among the attributes.

Every function raises `msgspec.ValidationError` or `msgspec.DecodeError`, saying where, for a document that cannot be
understood; `Speaker.decoded` makes `Malformed` of it.

Source: contract 4.1, 19, and the section named at each type.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import ValidationError

from imptui.client.shapes import (
    Attributes,
    CompilerSaid,
    DeploymentAttributes,
    DeviceAttributes,
    GroupAttributes,
    HistoryLine,
    LibraryRelationships,
    LogLine,
    Number,
    OtherAttributes,
    Relationships,
)
from imptui.client.words import UNTOLD, type_of
from imptui.jsonapi.document import Many, One
from imptui.jsonapi.linkage import Identifier, Linkage, target_of
from imptui.jsonapi.resource import Resource
from imptui.model.account import Account, LoginKey, RefreshToken
from imptui.model.deployment import Deployment, Programs
from imptui.model.device import Device, Reading
from imptui.model.errors import CompileMessage
from imptui.model.group import NO_VARS, DeviceGroup, GroupType
from imptui.model.ids import AccountId, AgentId, DeploymentId, DeviceId, GroupId, ProductId, WebhookId
from imptui.model.library import Library
from imptui.model.log import Enrolment, LogEntry
from imptui.model.product import Product
from imptui.model.webhook import Webhook

Wire = TypeVar("Wire")
Thing = TypeVar("Thing")
Listed = tuple[Sequence[Thing], bool, int | None]


_DeviceResource = Resource[DeviceAttributes, Relationships]
_GroupResource = Resource[GroupAttributes, Relationships]
_DeploymentResource = Resource[DeploymentAttributes, Relationships]
_OtherResource = Resource[OtherAttributes, Relationships]
_ProductResource = Resource[Attributes, Relationships]
_LibraryResource = Resource[OtherAttributes, LibraryRelationships]

_NO_RELATIONSHIPS = Relationships()
_NO_DEVICE_ATTRIBUTES = DeviceAttributes()
_NO_GROUP_ATTRIBUTES = GroupAttributes()
_NO_DEPLOYMENT_ATTRIBUTES = DeploymentAttributes()
_NO_OTHER_ATTRIBUTES = OtherAttributes()
_NO_ATTRIBUTES = Attributes()


def utc(at: datetime) -> datetime:
    """The time in UTC; one that names no zone is taken to be that. Source: contract 4.4."""
    if at.tzinfo is UTC:
        return at
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else utc(at)


def _needed(value: Wire | None, what: str) -> Wire:
    if value is None:
        raise ValidationError(f"Object missing required field `{what}`")
    return value


def _id(linkage: Linkage | None) -> str | None:
    target = target_of(linkage)
    return None if target is None else target.id


def _target(relationship: Linkage | None, attribute: Linkage | str | None) -> GroupId | None:
    if isinstance(attribute, str):
        attribute = Linkage(id=attribute)
    target = target_of(relationship, attribute)
    return GroupId(target.id) if target is not None else None


def _account(linkage: Linkage | None) -> AccountId | None:
    ident = _id(linkage)
    return None if ident is None else AccountId(ident)


def _owner(relationships: Relationships) -> AccountId:
    return AccountId(_needed(_id(relationships.owner), "relationships.owner"))


def _product(relationships: Relationships) -> ProductId | None:
    ident = _id(relationships.product)
    return None if ident is None else ProductId(ident)


def _deployment_id(linkage: Linkage | None) -> DeploymentId | None:
    ident = _id(linkage)
    return None if ident is None else DeploymentId(ident)


def _group(relationships: Relationships) -> tuple[GroupId | None, GroupType | str | None]:
    target = target_of(relationships.devicegroup, relationships.device_group)
    if target is None:
        return None, None
    return GroupId(target.id), None if not target.type or target.type in UNTOLD else type_of(target.type)


def _to_product(found: _ProductResource) -> Product:
    has, links = found.attributes or _NO_ATTRIBUTES, found.relationships or _NO_RELATIONSHIPS
    return Product(
        id=ProductId(found.id),
        name=_needed(has.name, "attributes.name"),
        description=has.description,
        owner_id=_owner(links),
        creator_id=_account(links.creator),
        created_at=_needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
    )


def _to_group(found: _GroupResource) -> DeviceGroup:
    has, links = found.attributes or _NO_GROUP_ATTRIBUTES, found.relationships or _NO_RELATIONSHIPS
    return DeviceGroup(
        id=GroupId(found.id),
        type=type_of(found.type),
        name=_needed(has.name, "attributes.name"),
        description=has.description,
        product_id=_needed(_product(links), "relationships.product"),
        owner_id=_owner(links),
        creator_id=_account(links.creator),
        created_at=_needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
        load_code_after_blessing=has.load_code_after_blessing,
        production_target_id=_target(links.production_target, has.production_target),
        dut_target_id=_target(links.dut_target, has.dut_target),
        current_deployment_id=_deployment_id(links.current_deployment),
        min_supported_deployment_id=_deployment_id(links.min_supported_deployment),
        region=has.region,
        env_vars=has.env_vars or NO_VARS,
    )


def _to_device(found: _DeviceResource) -> Device:
    has, links = found.attributes or _NO_DEVICE_ATTRIBUTES, found.relationships or _NO_RELATIONSHIPS
    group_id, group_type = _group(links)
    return Device(
        id=DeviceId(found.id),
        name=has.name or None,
        mac_address=has.mac_address,
        ip_address=has.ip_address,
        imp_type=has.imp_type,
        swversion=has.swversion,
        plan_id=has.plan_id,
        is_online=has.device_online is True,
        state_changed_at=_utc(has.device_state_changed_at),
        agent_id=None if has.agent_id is None else AgentId(has.agent_id),
        agent_url=has.agent_url,
        is_agent_running=has.agent_running is True,
        agent_state_changed_at=_utc(has.agent_state_changed_at),
        last_enrolled_at=_utc(has.last_enrolled_at),
        owner_id=_owner(links),
        group_id=group_id,
        product_id=_product(links),
        group_type=group_type,
    )


def _to_deployment(found: _DeploymentResource) -> Deployment:
    has, links = found.attributes or _NO_DEPLOYMENT_ATTRIBUTES, found.relationships or _NO_RELATIONSHIPS
    group_id, group_type = _group(links)
    return Deployment(
        id=DeploymentId(found.id),
        sha=_needed(has.sha, "attributes.sha"),
        description=has.description,
        origin=has.origin,
        is_flagged=has.flagged is True,
        tags=tuple(has.tags or ()),
        created_at=_needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
        group_id=group_id,
        group_type=group_type,
        product_id=_product(links),
        creator_id=_account(links.creator),
        owner_id=_account(links.owner),
        flagger_id=_account(links.flagger),
    )


def _to_account(found: _OtherResource) -> Account:
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    return Account(
        id=AccountId(found.id),
        username=has.username or "",
        email=has.email or "",
        tier=has.tier,
        created_at=_utc(has.created_at),
        updated_at=_utc(has.updated_at),
    )


def _to_refresh_token(found: _OtherResource) -> RefreshToken:
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    return RefreshToken(found.id, _utc(has.created_at), _utc(has.last_used_at))


def _to_login_key(found: _OtherResource) -> LoginKey:
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    return LoginKey(found.id, has.description, has.usages, _utc(has.created_at), _utc(has.updated_at))


def _to_webhook(found: _OtherResource) -> Webhook:
    has, links = found.attributes or _NO_OTHER_ATTRIBUTES, found.relationships or _NO_RELATIONSHIPS
    group_id, group_type = _group(links)
    return Webhook(
        id=WebhookId(found.id),
        url=_needed(has.url, "attributes.url"),
        event=_needed(has.event, "attributes.event"),
        content_type=has.content_type or "",
        group_id=_needed(group_id, "relationships.devicegroup"),
        group_type=group_type or "",
        product_id=_product(links),
        owner_id=_owner(links),
        creator_id=_account(links.creator),
        created_at=_needed(_utc(has.created_at), "attributes.created_at"),
        updated_at=_utc(has.updated_at),
    )


def _to_library(found: _LibraryResource) -> Library:
    has = found.attributes or _NO_OTHER_ATTRIBUTES
    versions = (found.relationships.versions if found.relationships else None) or []
    return Library(found.id, has.name or found.id, has.supported, tuple(version.id for version in versions))


def _one(wire: type[Wire], convert: Callable[[Wire], Thing]) -> Callable[[bytes], Thing]:
    decoder = msgspec.json.Decoder(One[wire])  # type: ignore[valid-type]

    def decode(body: bytes) -> Thing:
        found = decoder.decode(body)
        try:
            return convert(found.data)
        except ValidationError as error:
            raise ValidationError(f"{error} - at `$.data`") from None

    return decode


def _many(wire: type[Wire], convert: Callable[[Wire], Thing]) -> Callable[[bytes], Listed[Thing]]:
    decoder = msgspec.json.Decoder(Many[wire])  # type: ignore[valid-type]

    def decode(body: bytes) -> Listed[Thing]:
        page = decoder.decode(body)
        things: list[Thing] = []
        try:
            for found in page.data:
                things.append(convert(found))  # noqa: PERF401 - its length tells which one failed
        except ValidationError as error:
            raise ValidationError(f"{error} - at `$.data[{len(things)}]`") from None
        return things, page.has_next, page.total

    return decode


account, accounts = _one(_OtherResource, _to_account), _many(_OtherResource, _to_account)
product, products = _one(_ProductResource, _to_product), _many(_ProductResource, _to_product)
group, groups = _one(_GroupResource, _to_group), _many(_GroupResource, _to_group)
device, devices = _one(_DeviceResource, _to_device), _many(_DeviceResource, _to_device)
deployment, deployments = _one(_DeploymentResource, _to_deployment), _many(_DeploymentResource, _to_deployment)
webhook, webhooks = _one(_OtherResource, _to_webhook), _many(_OtherResource, _to_webhook)
login_key, login_keys = _one(_OtherResource, _to_login_key), _many(_OtherResource, _to_login_key)
refresh_tokens = _many(_OtherResource, _to_refresh_token)
libraries = _many(_LibraryResource, _to_library)
id_of = _one(Identifier, lambda found: found.id)


def device_and_reading(body: bytes, read_at: datetime) -> tuple[Device, Reading]:
    """A device with its reading, from a single answer."""

    def both(found: _DeviceResource) -> tuple[Device, Reading]:
        has = found.attributes or _NO_DEVICE_ATTRIBUTES
        return _to_device(found), Reading(_whole(has.rssi), _whole(has.free_memory), read_at)

    return _at_data(_device.decode(body), both)


def deployment_and_programs(body: bytes) -> tuple[Deployment, Programs]:
    """A deployment with both programs, from a single answer."""

    def both(found: _DeploymentResource) -> tuple[Deployment, Programs]:
        has = found.attributes or _NO_DEPLOYMENT_ATTRIBUTES
        agent, code = (
            _needed(has.agent_code, "attributes.agent_code"),
            _needed(has.device_code, "attributes.device_code"),
        )
        return _to_deployment(found), Programs(agent_code=agent, device_code=code)

    return _at_data(_deployment.decode(body), both)


def created_deployment(body: bytes) -> tuple[Deployment, tuple[CompileMessage, ...]]:
    """A new deployment with the compiler's warnings, where it has some. Source: contract 2.6."""

    def both(found: _DeploymentResource) -> tuple[Deployment, tuple[CompileMessage, ...]]:
        entries = found.meta if isinstance(found.meta, list) else []
        return _to_deployment(found), tuple(message for entry in entries for message in compile_messages(entry))

    return _at_data(_deployment.decode(body), both)


_device: msgspec.json.Decoder[One[_DeviceResource]] = msgspec.json.Decoder(One[_DeviceResource])
_deployment: msgspec.json.Decoder[One[_DeploymentResource]] = msgspec.json.Decoder(One[_DeploymentResource])
_log_page: msgspec.json.Decoder[Many[LogLine]] = msgspec.json.Decoder(Many[LogLine])
_history_page: msgspec.json.Decoder[Many[HistoryLine]] = msgspec.json.Decoder(Many[HistoryLine])
_log_line: msgspec.json.Decoder[LogLine] = msgspec.json.Decoder(LogLine)


def _at_data(document: One[Wire], convert: Callable[[Wire], Thing]) -> Thing:
    try:
        return convert(document.data)
    except ValidationError as error:
        raise ValidationError(f"{error} - at `$.data`") from None


def _whole(number: Number) -> int | None:
    return None if number is None else round(number)


def logs(body: bytes, ref: str) -> Listed[LogEntry]:
    """A page of earlier log lines. Source: contract 15."""
    page = _log_page.decode(body)
    return [_to_log_entry(line, ref) for line in page.data], page.has_next, page.total


def log_line(text: str | bytes) -> LogEntry:
    """One message of a log stream in JSON. Source: contract 14.3."""
    line = _log_line.decode(text)
    return _to_log_entry(line, _needed(line.device_id, "device_id"))


def _to_log_entry(line: LogLine, ref: str) -> LogEntry:
    return LogEntry(DeviceId(line.device_id or ref), utc(line.ts), line.type, line.msg, line.log_type)


def history(body: bytes, ref: str) -> Listed[Enrolment]:
    """A page of a device's history. Source: contract 15."""
    page = _history_page.decode(body)
    entries = [
        Enrolment(DeviceId(ref), utc(line.timestamp), line.event, line.owner_id, line.actor_id) for line in page.data
    ]
    return entries, page.has_next, page.total


def compile_messages(entry: Any) -> list[CompileMessage]:
    """The compiler's messages in the `meta` of an error or warning entry. Source: contract 12.4, 2.6."""
    meta = entry.get("meta") if isinstance(entry, dict) else None
    found = []
    for message in meta if isinstance(meta, list) else []:
        try:
            said = msgspec.convert(message, CompilerSaid)
        except ValidationError:
            continue
        program = said.file.removesuffix("_code")
        found.append(CompileMessage(program, round(said.row), round(said.column), said.type, said.text))
    return found
