"""Endpoints for device groups. Source: primer, "Device Group Endpoints"; contract 8."""

from typing import Any

from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route, one
from imptui.cloud.rules import device as devices
from imptui.cloud.rules import group as rules
from imptui.cloud.simulation import conditional_restart
from imptui.cloud.storage.records import GroupScope
from imptui.cloud.wire.decode import Document, document_of, filters_of, group_of, id_of, last_of, of_type
from imptui.domain.errors import Conflict, Invalid, NotFound, Rule
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import AccountId, GroupId, ProductId

_FILTERS = ("owner.id", "product.id", "type")
_TARGETS = ("production_target", "dut_target")


def list_groups(call: AuthenticatedCall) -> ApiAnswer:
    """List the device groups that the caller can see, of the types that the dialect has."""
    asked = filters_of(call.query, _FILTERS)
    kind = last_of(asked, "type")
    types = call.dialect.types if kind is None else (call.dialect.filter_type(kind),)
    scope = GroupScope(id_of(asked, "owner.id", AccountId), id_of(asked, "product.id", ProductId), types)
    page = rules.list_groups(call.world, rules.ListGroups(scope, call.paging), call.actor)
    return call.listed(page, call.encode.group)


def found(call: AuthenticatedCall) -> DeviceGroup:
    """Return the group that the path names, if the dialect has its type.

    Raises:
        NotFound: There is no such group for this caller.
    """
    group = rules.get_group(call.world, call.params["group_id"], call.actor)
    if not call.dialect.knows(group.type):
        raise NotFound(f"No device group with the id {group.id}.")
    return group


def get_group(call: AuthenticatedCall) -> ApiAnswer:
    """Return one device group."""
    return one(call.encode.group(found(call)))


def create_group(call: AuthenticatedCall) -> ApiAnswer:
    """Create a device group in a product."""
    document = document_of(call.body)
    if document.type is None:
        raise Invalid("The member 'type' is missing; it tells which type of device group to make.")
    kind = call.dialect.group_type(document.type)
    document.only(("name", "description", "region", "env_vars", "load_code_after_blessing"), ("product", *_TARGETS))
    product_id = of_type(document.relationship("product", is_required=True), "product", "product")
    targets = _targets(call, document)
    asked = rules.CreateGroup(
        type=kind,
        name=document.required_text("name"),
        product_id=ProductId(product_id or ""),
        description=document.text("description"),
        region=document.text("region"),
        env_vars=document.table("env_vars") or {},
        load_code_after_blessing=document.flag("load_code_after_blessing"),
        production_target_id=targets.get("production_target_id"),
        dut_target_id=targets.get("dut_target_id"),
        needs_dut_target=call.dialect.needs_dut_target,
    )
    return one(call.encode.group(rules.create_group(call.world, asked, call.actor)), 201)


def _targets(call: AuthenticatedCall, document: Document) -> dict[str, GroupId | None]:
    """Return the targets in a document; null removes a target, if that is allowed."""
    targets: dict[str, GroupId | None] = {}
    for name in _TARGETS:
        if name in document.relationships:
            named = group_of(document.relationship(name), call.dialect)
            targets[f"{name}_id"] = None if named is None else GroupId(named[1])
    return targets


def update_group(call: AuthenticatedCall) -> ApiAnswer:
    """Change a group; its type, product and region never change."""
    group = found(call)
    document = document_of(call.body)
    if document.type is not None and call.dialect.group_type(document.type) != group.type:
        raise Conflict(f"The device group is of type {call.dialect.type_name(group.type)!r}, for ever.", Rule.TYPE_MISMATCH)
    document.expect(document.type or "", group.id)
    document.only(("name", "description", "env_vars", "load_code_after_blessing"), _TARGETS)
    changes: dict[str, Any] = document.changes(
        {
            "name": document.required_text,
            "description": document.text,
            "env_vars": lambda name: document.table(name) or {},
            "load_code_after_blessing": document.flag,
        }
    )
    changes |= _targets(call, document)
    asked = rules.UpdateGroup(group.id, **changes, needs_dut_target=call.dialect.needs_dut_target)
    return one(call.encode.group(rules.update_group(call.world, asked, call.actor)))


def delete_group(call: AuthenticatedCall) -> ApiAnswer:
    """Delete a group with its deployments and webhooks if it is empty, unflagged and no other group's target."""
    rules.delete_group(call.world, found(call).id, call.actor)
    return NO_CONTENT


def restart_group(call: AuthenticatedCall) -> ApiAnswer:
    """Restart all devices of a group."""
    devices.restart_group(call.world, found(call).id, call.actor)
    return NO_CONTENT


def conditional_restart_group(call: AuthenticatedCall) -> ApiAnswer:
    """Restart all devices of a group; programs of supported deployments are asked first."""
    conditional_restart.conditional_restart_group(call.world, found(call).id, call.actor)
    return NO_CONTENT


_ONE = "/devicegroups/{group_id}"

ROUTES = (
    Route("GET", "/devicegroups", list_groups, "List device groups", "DeviceGroup", is_list=True, filters=_FILTERS),
    Route("POST", "/devicegroups", create_group, "Make a device group", "DeviceGroup", "DeviceGroupCreation", 201,
          refusals=(403, 404, 409)),
    Route("GET", _ONE, get_group, "Read a device group", "DeviceGroup"),
    Route("PATCH", _ONE, update_group, "Change a device group", "DeviceGroup", "DeviceGroupUpdate", refusals=(403, 409)),
    Route("DELETE", _ONE, delete_group, "Delete an empty device group", status=204, refusals=(409,)),
    Route("POST", f"{_ONE}/restart", restart_group, "Restart all devices of a group", status=204),
    Route("POST", f"{_ONE}/conditional_restart", conditional_restart_group,
          "Restart all devices of a group, politely where possible", status=204),
)  # fmt: skip
