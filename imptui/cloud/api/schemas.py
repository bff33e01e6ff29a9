"""JSON schemas of the API's documents, in either dialect.

Source: primer, the data structures; contract 4 to 15, 19.
"""

from typing import Any

from imptui.cloud.wire.dialect import Dialect
from imptui.domain.webhook import CONTENT_TYPES, EVENTS

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
MAYBE_STRING: Schema = {"type": ["string", "null"]}
MAYBE_NUMBER: Schema = {"type": ["integer", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 1}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
MAYBE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 80}
DESCRIPTION: Schema = {"type": ["string", "null"], "maxLength": 255}
TAGS: Schema = {"type": "array", "items": {"type": "string", "pattern": r"^[A-Za-z0-9_*.-]+$"}}
ENV_VARS: Schema = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}


def schemas_of(dialect: Dialect) -> dict[str, Schema]:
    """All named schemas."""
    return {**_common(), **_answers(dialect), **_questions(dialect)}


def closed(properties: Schema, *, required: tuple[str, ...] | None = None) -> Schema:
    """An object with these members and no others; all are required unless `required` says otherwise."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _identifier(*types: str) -> Schema:
    return closed({"type": {"type": "string", "enum": list(types)}, "id": STRING})


def _common() -> dict[str, Schema]:
    entry = closed(
        {
            "status": {"type": "string", "pattern": "^[1-5][0-9][0-9]$"},
            "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$"},
            "title": STRING,
            "detail": STRING,
            "meta": {"type": ["object", "array"], "minItems": 1, "minProperties": 1},
        },
        required=("status", "code", "title", "detail", "meta"),
    )
    token = {
        "access_token": {"type": "string", "minLength": 41},
        "expires_in": {"type": "integer", "minimum": 1},
        "expires_at": TIME,
    }
    compiled = closed(
        {"file": {"enum": ["device_code", "agent_code"]}, "row": COUNT, "column": COUNT, "type": STRING, "text": STRING}
    )
    warning = {**entry, "properties": {**entry["properties"], "meta": {"type": "array", "items": compiled}}}
    return {
        "Warnings": {"type": "array", "minItems": 1, "items": warning},
        "Errors": closed({"errors": {"type": "array", "minItems": 1, "items": entry}}),
        "Links": closed({name: {"type": "string"} for name in ("first", "self", "prev", "next")}, required=("first", "self")),
        "Token": closed(token),
        "Login": closed({**token, "refresh_token": STRING}),
        "LoginRequest": {
            "type": "object",
            "anyOf": [
                {"required": ["id", "password"], "properties": {"id": STRING, "password": STRING}},
                {"required": ["login_token"], "properties": {"login_token": STRING}},
            ],
        },
        "TokenRequest": {
            "type": "object",
            "oneOf": [
                {"required": ["token"], "properties": {"token": STRING}},
                {"required": ["key"], "properties": {"key": STRING}},
            ],
        },
        "LogEntry": closed({"ts": TIME, "type": STRING, "msg": STRING, "log_type": MAYBE_STRING, "device_id": STRING}),
        "Enrolment": closed({"timestamp": TIME, "event": STRING, "owner_id": MAYBE_STRING, "actor_id": MAYBE_STRING}),
        "Logstream": closed({"type": {"const": "logstream"}, "id": STRING, "attributes": closed({"url": STRING})}),
        "DeploymentIdentifier": _identifier("deployment"),
    }


def _resource(types: list[str], attributes: Schema, relationships: Schema, optional: tuple[str, ...] = ()) -> Schema:
    def all_but_optional(properties: Schema) -> Schema:
        return closed(properties, required=tuple(name for name in properties if name not in optional))

    return closed(
        {
            "type": {"type": "string", "enum": types},
            "id": STRING,
            "links": closed({"self": STRING}),
            "attributes": all_but_optional(attributes),
            "relationships": all_but_optional(relationships),
        }
    )


def _with_warnings(resource: Schema) -> Schema:
    """A resource that may say what was remarked about its making. Source: contract 2.6."""
    return {**resource, "properties": {**resource["properties"], "meta": _ref("Warnings")}}


def _answers(dialect: Dialect) -> dict[str, Schema]:
    live = dialect.is_live
    account = _identifier("account")
    groups = list(dialect.type_names.values())
    group = _identifier(*groups)
    placed: Schema = {"product": _identifier("product"), "devicegroup": group}
    if dialect.shows_empty_relationships:
        placed = {name: {"oneOf": [schema, {"type": "null"}]} for name, schema in placed.items()}
    people = {"owner": account, "creator": account}
    times = {"created_at": TIME} | ({"updated_at": MAYBE_TIME} if live else {})
    maybe_times = {"created_at": MAYBE_TIME} | ({"updated_at": MAYBE_TIME} if live else {})
    code = {"device_code": STRING, "agent_code": STRING}
    reading = {"rssi": MAYBE_NUMBER, "free_memory": MAYBE_NUMBER}
    deployment = {
        "sha": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "description": MAYBE_STRING,
        "origin": MAYBE_STRING,
        "flagged": FLAG,
        "tags": TAGS,
        **times,
    }
    made_for = {**placed, **people, "flagger": account}
    optional = ("product", "devicegroup", "creator", "flagger")
    return {
        "Account": _resource(["account"], {"username": STRING, "email": STRING, "tier": MAYBE_STRING, **maybe_times}, {}),
        "RefreshToken": _resource(["refresh_token"], {"created_at": TIME, "last_used_at": MAYBE_TIME}, {}),
        "LoginKey": _resource(
            ["login_key"],
            {"description": MAYBE_STRING, "usages": {"type": "integer", "minimum": 0}, **times},
            {"owner": account},
        ),
        "Product": _resource(["product"], {"name": NAME, "description": MAYBE_STRING, **times}, people, ("creator",)),
        "DeviceGroup": _group(dialect, groups, times, people),
        "Device": _resource(["device"], _device(dialect) | reading, {**placed, "owner": account}, optional),
        "DeviceListed": _resource(["device"], _device(dialect), {**placed, "owner": account}, optional),
        "Deployment": _resource(["deployment"], deployment | code, made_for, optional),
        "DeploymentCreated": _with_warnings(_resource(["deployment"], deployment | code, made_for, optional)),
        "DeploymentListed": _resource(["deployment"], deployment, made_for, optional),
        "Webhook": _resource(
            ["webhook"],
            {
                "url": STRING,
                "event": {"enum": list(EVENTS)},
                "content_type": {"enum": list(CONTENT_TYPES)},
                "created_at": TIME,
                "updated_at": MAYBE_TIME,
            },
            {**placed, **people},
            optional,
        ),
        "Library": closed(
            {
                "type": {"const": "library"},
                "id": STRING,
                "attributes": closed({"name": STRING, "supported": {"type": ["boolean", "null"]}}),
                "relationships": closed({"versions": {"type": "array", "items": _identifier("library_version")}}),
            }
        ),
    }


def _group(dialect: Dialect, groups: list[str], times: Schema, people: Schema) -> Schema:
    deployment = _identifier("deployment")
    attributes: Schema = {"name": NAME, "description": MAYBE_STRING, "load_code_after_blessing": FLAG, **times}
    relationships: Schema = {
        "product": _identifier("product"),
        **people,
        "current_deployment": deployment,
        "production_target": _identifier(*groups),
    }
    if dialect.is_live:
        attributes |= {"region": MAYBE_STRING, "env_vars": ENV_VARS}
        relationships |= {"min_supported_deployment": deployment, "dut_target": _identifier(*groups)}
    else:
        relationships["current_deployment"] = {"oneOf": [deployment, {"type": "null"}]}
    optional = (
        "load_code_after_blessing", "creator", "current_deployment", "min_supported_deployment",
        "production_target", "dut_target",
    )  # fmt: skip
    return _resource(groups, attributes, relationships, optional)


def _device(dialect: Dialect) -> Schema:
    attributes: Schema = {
        "name": MAYBE_STRING,
        "agent_id": MAYBE_STRING,
        "device_online": FLAG,
        "device_state_changed_at": MAYBE_TIME,
        "agent_running": FLAG,
        "agent_state_changed_at": MAYBE_TIME,
        "last_enrolled_at": MAYBE_TIME,
        "imp_type": MAYBE_STRING,
        "ip_address": MAYBE_STRING,
        "mac_address": MAYBE_STRING,
        "swversion": MAYBE_STRING,
    }
    return attributes | ({"agent_url": MAYBE_STRING, "plan_id": MAYBE_STRING} if dialect.is_live else {})


def _asked(
    types: list[str], attributes: Schema, required: tuple[str, ...], relationships: Schema, needed: tuple[str, ...] = ()
) -> Schema:
    """A creation (something is required) or an update (nothing is, but it may name its id)."""
    members = {
        "type": {"type": "string", "enum": types},
        "attributes": closed(attributes, required=required),
        "relationships": closed(relationships, required=needed),
    }
    creates = bool(required or needed)
    if not creates:
        members["id"] = STRING
    must = ["type", *(["attributes"] if required else []), *(["relationships"] if needed else [])] if creates else []
    return closed({"data": closed(members, required=tuple(must))})


def _questions(dialect: Dialect) -> dict[str, Schema]:
    groups = [*dialect.type_names.values(), "factory_devicegroup"]
    groups = list(dict.fromkeys(groups))
    group = _identifier(*groups)
    product, account = _identifier("product"), _identifier("account")
    text, loose = {"name": NAME, "description": DESCRIPTION}, {"description": DESCRIPTION}
    load = {"load_code_after_blessing": FLAG, "env_vars": ENV_VARS}
    targets = {"production_target": group, "dut_target": group}
    code = {"device_code": STRING, "agent_code": STRING}
    marks = {**loose, "flagged": FLAG, "tags": TAGS}
    hook = {"url": STRING, "content_type": {"enum": list(CONTENT_TYPES)}}
    device = _identifier("device")
    one_or_many: Schema = {"oneOf": [device, {"type": "array", "items": device}]}
    placed: Schema = {name: {"oneOf": [group, {"type": "null"}]} for name in ("devicegroup", "device_group")}
    return {
        "ProductCreation": _asked(["product"], text, ("name",), {"owner": account}),
        "ProductUpdate": _asked(["product"], text, (), {}),
        "DeviceGroupCreation": _asked(
            groups, {**text, **load, "region": MAYBE_STRING}, ("name",), {"product": product, **targets}, ("product",)
        ),
        "DeviceGroupUpdate": _asked(groups, {**text, **load}, (), targets),
        "DeviceUpdate": _asked(["device"], {"name": MAYBE_STRING}, (), placed),
        "Devices": closed({"data": one_or_many}),
        "DeploymentCreation": _asked(
            ["deployment"],
            {**code, **marks, "origin": MAYBE_STRING},
            tuple(code),
            {"devicegroup": group},
            ("devicegroup",),
        ),
        "DeploymentUpdate": _asked(["deployment"], marks, (), {}),
        "MinimumSupported": closed({"data": _identifier("deployment")}),
        "WebhookCreation": _asked(
            ["webhook"],
            {**hook, "event": {"enum": list(EVENTS)}},
            ("url", "content_type", "event"),
            {"devicegroup": group},
            ("devicegroup",),
        ),
        "WebhookUpdate": _asked(["webhook"], hook, (), {}),
        "LoginKeyCreation": _asked(["login_key"], loose, (), {}),
        "LoginKeyUpdate": _asked(["login_key"], loose, (), {}),
    }
