"""Builds responses from answers, refusals and unexpected errors."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from imptui.cloud.api.charging import charged
from imptui.cloud.api.route import RESOURCE_TYPE, ApiAnswer
from imptui.cloud.storage.errors import WorldFull, WorldUnreadable
from imptui.cloud.wire.problems import FULL, INTERNAL, UNAVAILABLE, error_entry, errors_of, status_of
from imptui.domain.errors import Invalid, NotFound, Refused, Rule, TooFast


def response_of(answer: ApiAnswer, headers: Mapping[str, str]) -> Response:
    """An answer as bytes; a 204 carries none. Source: contract 1.1, 1.5."""
    if answer.document is None:
        return Response(status_code=answer.status, headers=dict(headers))
    content = msgspec.json.encode(answer.document)
    return Response(content, answer.status, {**headers, "content-type": answer.content_type})


def refusal_response(refusal: Refused, headers: Mapping[str, str]) -> Response:
    """A refusal, which always is JSON with entries. Source: contract 2.3."""
    if isinstance(refusal, TooFast):
        headers = {"Retry-After": str(math.ceil(refusal.retry_after_s)), **headers}
    if refusal.rule is Rule.BODY_TOO_SLOW:  # the rest of the body would be taken for the next request
        headers = {**headers, "connection": "close"}
    return _errors(status_of(refusal), errors_of(refusal), headers)


def _errors(status: int, entries: list[dict[str, Any]], headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode({"errors": entries}), status, {**headers, "content-type": RESOURCE_TYPE})


def method_refusal(method: str, path: str, allowed: list[str], headers: Mapping[str, str]) -> Response:
    """A verb that a known path does not have. Source: contract 2.2."""
    refusal = Invalid(f"{method[:20]} is not a verb of {path}; there is {', '.join(allowed)}.", Rule.METHOD)
    return refusal_response(refusal, {**headers, "allow": ", ".join(allowed)})


async def welcome(request: Request) -> Response:
    """Answer the base address itself, which clients call to see if anything is there. Source: contract 1.1."""
    headers: dict[str, str] = {}
    try:
        charged(request.app.state.service, request, None, headers)
    except TooFast as refusal:
        return refusal_response(refusal, headers)
    about = {"name": "impCentral API v5, answered by imptui's engine", "description": "/openapi.json"}
    return response_of(ApiAnswer(200, {"jsonapi": {"version": "1.0"}, "meta": about}), headers)


async def on_unknown_path(request: Request, error: Exception) -> Response:
    """Answer a path without a route with an error document of the API. Source: contract 1.4."""
    headers: dict[str, str] = {}
    try:
        charged(request.app.state.service, request, None, headers)
    except TooFast as refusal:
        return refusal_response(refusal, headers)
    if isinstance(error, HTTPException) and error.status_code == 405:
        allowed = sorted((error.headers or {}).get("Allow", "GET").split(", "))
        return method_refusal(request.method, request.url.path, allowed, headers)
    if isinstance(error, HTTPException) and error.status_code != 404:
        return refusal_response(Invalid("The request makes no sense.", Rule.MALFORMED), headers)
    return refusal_response(NotFound("There is nothing at this path."), headers)


def fault_response(fault: WorldUnreadable) -> Response:
    """A fault of the world's file: 507 if the disk is full, else 503. The path is the owner's and stays in the log."""
    problem = FULL if isinstance(fault, WorldFull) else UNAVAILABLE
    return _errors(problem.status, [error_entry(problem, f"The engine's world cannot be used: {fault.reason}")], {})


async def on_failure(_: Request, __: Exception) -> Response:
    """Answer an unexpected error without details; Starlette raises it again for the server's log."""
    return _errors(500, [error_entry(INTERNAL, "The engine failed to answer; its log says why.")], {})
