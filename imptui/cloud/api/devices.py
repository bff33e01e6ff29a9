"""Endpoints for devices. Source: primer, "Device Endpoints"; contract 10, 15."""

from datetime import datetime
from typing import Any

from imptui.cloud.api.charging import charged_for_unbonding
from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, ApiCall, Json, Route, one
from imptui.cloud.environment import telemetry
from imptui.cloud.rules import device as rules
from imptui.cloud.rules.visibility import imp_for, refuse
from imptui.cloud.simulation import conditional_restart, log_lines
from imptui.cloud.storage.device_rows import listed_of
from imptui.cloud.storage.records import DeviceScope, Imp
from imptui.cloud.wire.decode import Document, document_of, filters_of, group_of, id_of, last_of
from imptui.domain import policy
from imptui.domain.device import Reading
from imptui.domain.errors import Conflict, Rule
from imptui.domain.ids import AccountId, GroupId, ProductId

_FILTERS = ("owner.id", "product.id", "devicegroup.id", "devicegroup.owner.id", "devicegroup.type")
UNBOND_KEY = "X-Electricimp-Key"


def list_devices(call: ApiCall) -> ApiAnswer:
    """List the devices that the caller can see, without readings."""
    asked = filters_of(call.query, _FILTERS)
    group_owner = last_of(asked, "devicegroup.owner.id")
    kind = last_of(asked, "devicegroup.type")
    scope = DeviceScope(
        owner_id=id_of(asked, "owner.id", AccountId),
        product_id=id_of(asked, "product.id", ProductId),
        group_id=id_of(asked, "devicegroup.id", GroupId),
        group_owner_id=None if group_owner in (None, "null", "") else AccountId(group_owner),
        group_type=None if kind is None else call.dialect.filter_type(kind),
        is_unassigned=group_owner in ("null", ""),
    )
    page = rules.list_devices(call.world, rules.ListDevices(scope, call.paging), call.actor)
    return call.listed(page, call.encode.device)


def get_device(call: ApiCall) -> ApiAnswer:
    """One device, with what it last said about its radio and memory."""
    return one(_told(call, rules.get_imp(call.world, call.params["device_ref"], call.actor)))


def _told(call: ApiCall, imp: Imp) -> Json:
    return call.encode.device(listed_of(imp), reading_of(imp, call.world.now()))


def reading_of(imp: Imp, at: datetime) -> Reading:
    """Return RSSI and free memory of a device at a time of the world. Source: contract 10.2."""
    device, seed = imp.device, imp.seed or telemetry.seed_of(imp.device.id)
    is_online = device.is_online
    memory = telemetry.free_memory_bytes(seed, device.imp_type, at, device.agent_state_changed_at, is_online=is_online)
    return Reading(telemetry.rssi_dbm(seed, at, is_online=is_online), memory, at)


def update_device(call: ApiCall) -> ApiAnswer:
    """A new name, or another group by the device's own relationship. Source: contract 9.1, 10.1."""
    reference = call.params["device_ref"]
    imp = rules.get_imp(call.world, reference, call.actor)
    document = document_of(call.body)
    _check_same(call, document, imp)
    document.only(("name",), ("devicegroup",))
    changes: dict[str, Any] = document.changes({"name": document.text})
    if not call.dialect.is_live and "name" in changes:
        refuse(policy.validate_name(changes["name"] or ""))
    if "devicegroup" in document.relationships:
        named = group_of(document.relationship("devicegroup"), call.dialect)
        changes["group_id"] = None if named is None else GroupId(named[1])
        if named is None:
            charged_for_unbonding(call.service, call.actor, imp.device.group_type)
    changes |= {"unbond_key": call.headers.get(UNBOND_KEY), "keeps_product": call.dialect.is_live}
    asked = rules.UpdateDevice(imp.device.id, **changes)
    rules.update_device(call.world, asked, call.actor)
    return one(_told(call, rules.get_imp(call.world, imp.device.id, call.actor)))


def _check_same(call: ApiCall, document: Document, imp: Imp) -> None:
    """The document may name the device by any of its identifiers, but must not name another. Source: contract 1.3."""
    document.expect("device", document.id or "")
    if document.id is not None and document.id != call.params["device_ref"]:
        named = rules.get_imp(call.world, document.id, call.actor)
        if named.device.id != imp.device.id:
            raise Conflict("The id in the document is another device's than the one in the path.", Rule.TYPE_MISMATCH)


def delete_device(call: ApiCall) -> ApiAnswer:
    """Gone from the account, if it is unassigned."""
    rules.delete_device(call.world, call.params["device_ref"], call.actor)
    return NO_CONTENT


def restart_device(call: ApiCall) -> ApiAnswer:
    """Restart a device and its agent."""
    rules.restart_device(call.world, call.params["device_ref"], call.actor)
    return NO_CONTENT


def conditional_restart_device(call: ApiCall) -> ApiAnswer:
    """Restart a device and its agent; a program of a supported deployment is asked first."""
    conditional_restart.conditional_restart_device(call.world, call.params["device_ref"], call.actor)
    return NO_CONTENT


def list_logs(call: ApiCall) -> ApiAnswer:
    """List the device's log lines, newest first."""
    filters_of(call.query, ())
    with call.world.view() as view:
        page = log_lines.page(view, imp_for(view, call.params["device_ref"], call.actor).device.id, call.paging)
    return call.listed(page, call.encode.log_entry)


def list_history(call: ApiCall) -> ApiAnswer:
    """List the device's enrolments, newest first."""
    filters_of(call.query, ())
    page = rules.list_history(call.world, call.params["device_ref"], call.paging, call.actor)
    return call.listed(page, call.encode.enrolment)


_ONE = "/devices/{device_ref}"

ROUTES = (
    Route("GET", "/devices", list_devices, "List devices", "DeviceListed", is_list=True, filters=_FILTERS),
    Route("GET", _ONE, get_device, "Read a device", "Device"),
    Route("PATCH", _ONE, update_device, "Name or assign a device", "Device", "DeviceUpdate", headers=(UNBOND_KEY,),
          refusals=(403, 409)),
    Route("DELETE", _ONE, delete_device, "Remove an unassigned device from the account", status=204, refusals=(409,)),
    Route("POST", f"{_ONE}/restart", restart_device, "Restart a device", status=204, refusals=(409,)),
    Route("POST", f"{_ONE}/conditional_restart", conditional_restart_device,
          "Restart a device, politely where possible", status=204, refusals=(409,)),
    Route("GET", f"{_ONE}/logs", list_logs, "List what was logged, newest first", "LogEntry", is_list=True),
    Route("GET", f"{_ONE}/history", list_history, "List what became of a device", "Enrolment", is_list=True),
)  # fmt: skip
