"""Endpoints for deployments. Source: primer, "Deployment Endpoints"; contract 12."""

from typing import Any

from imptui.cloud.api import groups
from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route, one
from imptui.cloud.rules import deployment as rules
from imptui.cloud.rules.library_requirements import warnings_about
from imptui.cloud.storage.records import DeploymentScope
from imptui.cloud.wire.decode import document_of, filters_of, id_of, identifiers_of, last_of, required_group
from imptui.cloud.wire.problems import warning_entry
from imptui.domain.errors import Conflict, Invalid, Rule
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

_FILTERS = (
    "owner.id", "creator.id", "product.id", "devicegroup.id", "sha", "flagged", "flagger.id", "tags",
)  # fmt: skip
_FLAG_FILTERS = {None: None, "any": None, "true": True, "false": False}


def list_deployments(call: AuthenticatedCall) -> ApiAnswer:
    """List the deployments that the caller can see, newest first, without code."""
    page = rules.list_deployments(call.world, rules.ListDeployments(_scope(call), call.paging), call.actor)
    return call.listed(page, call.encode.deployment)


def _scope(call: AuthenticatedCall) -> DeploymentScope:
    asked = filters_of(call.query, _FILTERS)
    flag = last_of(asked, "flagged")
    if flag not in _FLAG_FILTERS:
        raise Invalid(f"filter[flagged] is true, false or any, not {str(flag)[:40]!r}.", Rule.INVALID_QUERY)

    def person(name: str) -> AccountId | None:
        who = last_of(asked, name)
        return None if who is None else AccountId(call.actor.id if who == "me" else who)

    return DeploymentScope(
        owner_id=person("owner.id"),
        creator_id=person("creator.id"),
        product_id=id_of(asked, "product.id", ProductId),
        group_id=id_of(asked, "devicegroup.id", GroupId),
        sha=last_of(asked, "sha"),
        is_flagged=_FLAG_FILTERS[flag],
        flagger_id=person("flagger.id"),
        tags=tuple(tag for given in asked.get("tags", ()) for tag in given.split(",") if tag),
    )


def get_deployment(call: AuthenticatedCall) -> ApiAnswer:
    """Return one deployment with its programs."""
    return one(call.encode.deployment(*rules.get_deployment(call.world, call.params["deployment_id"], call.actor)))


def create_deployment(call: AuthenticatedCall) -> ApiAnswer:
    """Create a deployment of two programs, which the group's devices run from their next restart."""
    document = document_of(call.body)
    document.expect("deployment")
    document.only(("device_code", "agent_code", "description", "origin", "tags", "flagged"), ("devicegroup", "product", "owner"))
    kind, group_id = required_group(document, call.dialect)
    asked = rules.CreateDeployment(
        group_id=GroupId(group_id),
        agent_code=document.required_text("agent_code"),
        device_code=document.required_text("device_code"),
        description=document.text("description"),
        origin=document.text("origin"),
        tags=document.texts("tags") or (),
        is_flagged=bool(document.flag("flagged")),
    )
    product = document.relationship("product")

    def check_group(group: DeviceGroup) -> None:
        if group.type != kind:
            known = call.dialect.type_name(group.type)
            raise Conflict(f"The device group is of type {known!r}, not {call.dialect.type_name(kind)!r}.", Rule.TYPE_MISMATCH)
        if product is not None and product.id != group.product_id:
            raise Conflict("The product named is not the device group's.", Rule.TYPE_MISMATCH)

    deployment, programs = rules.create_deployment(call.world, asked, call.actor, check_group=check_group)
    resource = call.encode.deployment(deployment, programs)
    warnings = warnings_about(programs)
    if warnings:
        resource["meta"] = [warning_entry(201, warnings)]
    return one(resource, 201)


def update_deployment(call: AuthenticatedCall) -> ApiAnswer:
    """Change description, tags or flag of a deployment; its other attributes never change."""
    deployment_id = call.params["deployment_id"]
    document = document_of(call.body)
    document.expect("deployment", deployment_id)
    document.only(("description", "tags", "flagged"))
    changes: dict[str, Any] = document.changes(
        {"description": document.text, "tags": lambda name: document.texts(name) or (), "flagged": document.flag}
    )
    if "flagged" in changes:
        changes["is_flagged"] = changes.pop("flagged")
    asked = rules.UpdateDeployment(DeploymentId(deployment_id), **changes)
    return one(call.encode.deployment(*rules.update_deployment(call.world, asked, call.actor)))


def delete_deployment(call: AuthenticatedCall) -> ApiAnswer:
    """Delete a deployment that is not flagged and older than the minimum supported one."""
    rules.delete_deployment(call.world, call.params["deployment_id"], call.actor)
    return NO_CONTENT


def support_from(call: AuthenticatedCall) -> ApiAnswer:
    """Set the minimum supported deployment of a group; the answer is its identifier. Source: contract 12.6."""
    group = groups.found(call)
    named = identifiers_of(call.body, "deployment")
    if len(named) != 1:
        raise Invalid("The body must name exactly one deployment.", Rule.MALFORMED)
    asked = rules.SupportFrom(group.id, DeploymentId(named[0]))
    deployment = rules.support_from(call.world, asked, call.actor)
    return one({"type": "deployment", "id": deployment.id})


_ONE = "/deployments/{deployment_id}"

ROUTES = (
    Route("GET", "/deployments", list_deployments, "List deployments, newest first", "DeploymentListed", is_list=True,
          filters=_FILTERS),
    Route("POST", "/deployments", create_deployment, "Deploy code to a group", "DeploymentCreated", "DeploymentCreation", 201,
          refusals=(404, 409)),
    Route("GET", _ONE, get_deployment, "Read a deployment and its code", "Deployment"),
    Route("PATCH", _ONE, update_deployment, "Describe, tag or flag a deployment", "Deployment", "DeploymentUpdate",
          refusals=(409,)),
    Route("DELETE", _ONE, delete_deployment, "Delete an old, unflagged deployment", status=204, refusals=(409,)),
    Route("PUT", "/devicegroups/{group_id}/relationships/min_supported_deployment", support_from,
          "Set the oldest deployment devices may run", "DeploymentIdentifier", "MinimumSupported", refusals=(409,)),
)  # fmt: skip
