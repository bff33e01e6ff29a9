"""Endpoints for log streams; `stream_endpoint.py` opens one. Source: contract 14.1."""

from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route, one
from imptui.cloud.rules import device as devices

STREAM_PATH = "/logstream/{stream_id}"
EVENT_TYPE = "text/event-stream"


def create_stream(call: AuthenticatedCall) -> ApiAnswer:
    """Create a log stream; close the account's oldest if there are too many."""
    return one(call.encode.logstream(call.service.hub.create(call.actor.id)), 201)


def look_at_stream(call: AuthenticatedCall) -> ApiAnswer:
    """Answer HEAD; GET opens the stream."""
    call.service.hub.check(call.params["stream_id"])
    return ApiAnswer(200, content_type=EVENT_TYPE)


def close_stream(call: AuthenticatedCall) -> ApiAnswer:
    """Close a stream for good."""
    call.service.hub.close(call.params["stream_id"], call.actor.id)
    return NO_CONTENT


def add_device(call: AuthenticatedCall) -> ApiAnswer:
    """Add a device to a stream, assigned or not."""
    imp = devices.get_imp(call.world, call.params["device_ref"], call.actor)
    call.service.hub.add(call.params["stream_id"], call.actor.id, imp.device.id)
    return NO_CONTENT


def remove_device(call: AuthenticatedCall) -> ApiAnswer:
    """Remove a device from a stream."""
    imp = devices.get_imp(call.world, call.params["device_ref"], call.actor)
    call.service.hub.remove(call.params["stream_id"], call.actor.id, imp.device.id)
    return NO_CONTENT


_DEVICE = f"{STREAM_PATH}/{{device_ref}}"

ROUTES = (
    Route("POST", "/logstream", create_stream, "Make a log stream", "Logstream", status=201),
    Route("GET", STREAM_PATH, look_at_stream, "Open a log stream", "Events", is_open=True, is_flat=True,
          content_type=EVENT_TYPE, parameters=("format",)),
    Route("DELETE", STREAM_PATH, close_stream, "Close a log stream", status=204),
    Route("PUT", _DEVICE, add_device, "Add a device to a log stream", status=204),
    Route("DELETE", _DEVICE, remove_device, "Take a device out of a log stream", status=204),
)  # fmt: skip
