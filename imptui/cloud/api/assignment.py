"""Endpoints that assign and unassign devices. Source: primer, "Assigning Devices To A Device Group"; contract 9."""

from imptui.cloud.api import groups
from imptui.cloud.api.charging import charged_for_unbonding
from imptui.cloud.api.devices import UNBOND_KEY
from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route
from imptui.cloud.rules import assignment as rules
from imptui.cloud.wire.decode import identifiers_of


def assign(call: AuthenticatedCall) -> ApiAnswer:
    """Assign devices one by one; answer 400 with one entry for each refused device."""
    asked = rules.AssignDevices(groups.found(call).id, identifiers_of(call.body, "device"), keeps_product=call.dialect.is_live)
    return _answer(rules.assign(call.world, asked, call.actor))


def unassign(call: AuthenticatedCall) -> ApiAnswer:
    """Unassign devices one by one; a production group requires the unbond key."""
    group, references = groups.found(call), identifiers_of(call.body, "device")
    charged_for_unbonding(call.service, call.actor, group.type)
    asked = rules.UnassignDevices(group.id, references, call.headers.get(UNBOND_KEY))
    return _answer(rules.unassign(call.world, asked, call.actor))


def _answer(outcomes: list[rules.AssignmentOutcome]) -> ApiAnswer:
    refusal = rules.refusal_of(outcomes)
    if refusal is not None:
        raise refusal
    return NO_CONTENT


_PATH = "/devicegroups/{group_id}/relationships/devices"

ROUTES = (
    Route("POST", _PATH, assign, "Assign devices to a group", asks="Devices", status=204, refusals=(409,)),
    Route("DELETE", _PATH, unassign, "Take devices out of a group", asks="Devices", status=204, headers=(UNBOND_KEY,),
          refusals=(409,)),
)  # fmt: skip
