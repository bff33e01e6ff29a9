"""Documents of the service to objects of the domain.

msgspec checks the types of attributes while it decodes; a missing attribute is None. The decoders read both dialects:
relationships that are absent, null, bare or wrapped; `devicegroup` and `device_group`; targets among the attributes.

Every function raises `msgspec.ValidationError` or `msgspec.DecodeError`, which names the place, for a document that cannot be
understood; `Session.decode` turns it into `Malformed`.

Source: contract 4.1, 19, and the section named at each type.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import ValidationError

from imptui.client.codec.convert import (
    NO_DEPLOYMENT_ATTRIBUTES,
    NO_DEVICE_ATTRIBUTES,
    DeploymentResource,
    DeviceResource,
    GroupResource,
    LibraryResource,
    OtherResource,
    ProductResource,
    needed,
    to_account,
    to_deployment,
    to_group,
    to_library,
    to_login_key,
    to_product,
    to_refresh_token,
    to_webhook,
    utc,
)
from imptui.client.codec.device_documents import to_device
from imptui.client.codec.shapes import (
    CompileMessageShape,
    HistoryEntryShape,
    LogEntryShape,
    Number,
)
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.device import Device, Reading
from imptui.domain.errors import CompileMessage
from imptui.domain.ids import DeviceId
from imptui.domain.log import Enrolment, LogEntry
from imptui.jsonapi.document import Many, One
from imptui.jsonapi.linkage import Identifier

Wire = TypeVar("Wire")
Thing = TypeVar("Thing")
Listed = tuple[Sequence[Thing], bool, int | None]


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


account, accounts = _one(OtherResource, to_account), _many(OtherResource, to_account)
product, products = _one(ProductResource, to_product), _many(ProductResource, to_product)
group, groups = _one(GroupResource, to_group), _many(GroupResource, to_group)
device, devices = _one(DeviceResource, to_device), _many(DeviceResource, to_device)
deployment, deployments = _one(DeploymentResource, to_deployment), _many(DeploymentResource, to_deployment)
webhook, webhooks = _one(OtherResource, to_webhook), _many(OtherResource, to_webhook)
login_key, login_keys = _one(OtherResource, to_login_key), _many(OtherResource, to_login_key)
refresh_tokens = _many(OtherResource, to_refresh_token)
libraries = _many(LibraryResource, to_library)
id_of = _one(Identifier, lambda found: found.id)


def device_and_reading(body: bytes, read_at: datetime) -> tuple[Device, Reading]:
    """Decode a device with its reading."""

    def both(found: DeviceResource) -> tuple[Device, Reading]:
        has = found.attributes or NO_DEVICE_ATTRIBUTES
        return to_device(found), Reading(_whole(has.rssi), _whole(has.free_memory), read_at)

    return _at_data(_device.decode(body), both)


def deployment_and_programs(body: bytes) -> tuple[Deployment, Programs]:
    """Decode a deployment with both programs."""

    def both(found: DeploymentResource) -> tuple[Deployment, Programs]:
        has = found.attributes or NO_DEPLOYMENT_ATTRIBUTES
        agent, code = (
            needed(has.agent_code, "attributes.agent_code"),
            needed(has.device_code, "attributes.device_code"),
        )
        return to_deployment(found), Programs(agent_code=agent, device_code=code)

    return _at_data(_deployment.decode(body), both)


def created_deployment(body: bytes) -> tuple[Deployment, tuple[CompileMessage, ...]]:
    """Decode a new deployment with the warnings of the compiler. Source: contract 2.6."""

    def both(found: DeploymentResource) -> tuple[Deployment, tuple[CompileMessage, ...]]:
        entries = found.meta if isinstance(found.meta, list) else []
        return to_deployment(found), tuple(message for entry in entries for message in compile_messages(entry))

    return _at_data(_deployment.decode(body), both)


_device: msgspec.json.Decoder[One[DeviceResource]] = msgspec.json.Decoder(One[DeviceResource])
_deployment: msgspec.json.Decoder[One[DeploymentResource]] = msgspec.json.Decoder(One[DeploymentResource])
_log_page: msgspec.json.Decoder[Many[LogEntryShape]] = msgspec.json.Decoder(Many[LogEntryShape])
_history_page: msgspec.json.Decoder[Many[HistoryEntryShape]] = msgspec.json.Decoder(Many[HistoryEntryShape])
_log_line: msgspec.json.Decoder[LogEntryShape] = msgspec.json.Decoder(LogEntryShape)


def _at_data(document: One[Wire], convert: Callable[[Wire], Thing]) -> Thing:
    try:
        return convert(document.data)
    except ValidationError as error:
        raise ValidationError(f"{error} - at `$.data`") from None


def _whole(number: Number) -> int | None:
    return None if number is None else round(number)


def logs(body: bytes, ref: str) -> Listed[LogEntry]:
    """Decode a page of stored log entries. Source: contract 15."""
    page = _log_page.decode(body)
    return [_to_log_entry(line, ref) for line in page.data], page.has_next, page.total


def log_line(text: str | bytes) -> LogEntry:
    """Decode one message of a log stream in JSON. Source: contract 14.3."""
    line = _log_line.decode(text)
    return _to_log_entry(line, needed(line.device_id, "device_id"))


def _to_log_entry(line: LogEntryShape, ref: str) -> LogEntry:
    return LogEntry(DeviceId(line.device_id or ref), utc(line.ts), line.type, line.msg, line.log_type)


def history(body: bytes, ref: str) -> Listed[Enrolment]:
    """Decode a page of a device's history. Source: contract 15."""
    page = _history_page.decode(body)
    entries = [Enrolment(DeviceId(ref), utc(line.timestamp), line.event, line.owner_id, line.actor_id) for line in page.data]
    return entries, page.has_next, page.total


def compile_messages(entry: Any) -> list[CompileMessage]:
    """Return the messages of the compiler in the `meta` of an error or warning. Source: contract 12.4, 2.6."""
    meta = entry.get("meta") if isinstance(entry, dict) else None
    found = []
    for message in meta if isinstance(meta, list) else []:
        try:
            shape = msgspec.convert(message, CompileMessageShape)
        except ValidationError:
            continue
        program = shape.file.removesuffix("_code")
        found.append(CompileMessage(program, round(shape.row), round(shape.column), shape.type, shape.text))
    return found
