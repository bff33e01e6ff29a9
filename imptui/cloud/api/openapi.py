"""The OpenAPI description, made from the table of routes so that it matches every one of them."""

import re
from collections.abc import Iterable
from typing import Any

import imptui
from imptui.cloud.api.route import RESOURCE_TYPE, Route
from imptui.cloud.api.schemas import schemas_of
from imptui.cloud.wire.dialect import Dialect

Schema = dict[str, Any]

_REASONS = {
    400: "What was asked makes no sense, or a call for several devices failed for some of them",
    401: "The access token, or the user and password, are missing or not good",
    403: "Not allowed to this caller, or a one-time password is needed",
    404: "There is no such thing, or not for this caller",
    409: "It makes sense, but not in this state",
    413: "Too large",
    415: "The body says that it is not JSON",
    408: "The body came too slowly",
    429: "The request budget is spent",
}
_PAGING: tuple[Schema, ...] = (
    {
        "name": "page[number]",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": 1},
    },
    {"name": "page[size]", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}},
)


def description_of(routes: Iterable[Route], dialect: Dialect, prefix: str) -> Schema:
    """An OpenAPI 3.1 document for the routes, which lie below `prefix`."""
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(prefix + route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"impCentral API v5, {dialect.name} dialect",
            "version": imptui.__version__,
            "description": "Answered by imptui's engine. Every list filter combines with the others by AND.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas_of(dialect),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(route: Route) -> Schema:
    operation: Schema = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": route.summary,
        "tags": [route.path.split("/")[1]],
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if route.is_open:
        operation["security"] = []
    if route.asks:
        schema = {"$ref": f"#/components/schemas/{route.asks}"}
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema} for kind in ("application/json", RESOURCE_TYPE)},
        }
    return operation


def _parameters(route: Route) -> list[Schema]:
    found: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.is_list:
        found.extend(_PAGING)
    found.extend({"name": f"filter[{name}]", "in": "query", "schema": {"type": "string"}} for name in route.filters)
    found.extend({"name": name, "in": "query", "schema": {"type": "string"}} for name in route.parameters)
    found.extend({"name": name, "in": "header", "schema": {"type": "string"}} for name in route.headers)
    return found


def _responses(route: Route) -> Schema:
    success: Schema = {"description": route.summary}
    if route.answers:
        success["content"] = {route.content_type: {"schema": _answered(route)}}
    responses: Schema = {str(route.status): success}
    statuses = (
        {400, 408, 429, 415, 413, *route.refusals} | (set() if route.is_open else {401}) | ({404} if "{" in route.path else set())
    )
    for status in sorted(statuses):
        schema = {"$ref": "#/components/schemas/Errors"}
        responses[str(status)] = {"description": _REASONS[status], "content": {RESOURCE_TYPE: {"schema": schema}}}
    return responses


def _answered(route: Route) -> Schema:
    ref: Schema = {"$ref": f"#/components/schemas/{route.answers}"} if route.answers != "Events" else {"type": "string"}
    if route.is_list:
        links = {"$ref": "#/components/schemas/Links"}
        return {
            "type": "object",
            "properties": {"data": {"type": "array", "items": ref}, "links": links},
            "required": ["data", "links"],
        }
    if route.is_flat:
        return ref
    return {"type": "object", "properties": {"data": ref}, "required": ["data"]}
