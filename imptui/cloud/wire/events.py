"""Log lines and state changes as server-sent events, in either format.

One client splits on `": "` and on blank lines exactly, so every event has an `event:` line, one space after each
colon, LF line ends and one empty line after it. Source: contract 14.2 to 14.4.
"""

from typing import Literal

import msgspec

from imptui.cloud.wire.encode import time_text
from imptui.domain.log import LogEntry

Format = Literal["text", "json"]
State = Literal["opened", "closed", "subscribed", "unsubscribed"]

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment, which every client skips."""


def format_of(asked: str | None) -> Format:
    """The format that an opening request asks for: text unless it says `json`. Source: contract 14.1."""
    return "json" if (asked or "").strip().lower() == "json" else "text"


def message_event(entry: LogEntry, shape: Format) -> bytes:
    """Encode one log line."""
    if shape == "json":
        return _event("message", [_json_line(_message(entry))])
    head = f"{entry.device_id} {time_text(entry.at)} {entry.log_type} {entry.kind} "
    return _event("message", (head + _legible(entry.text)).split("\n"))


def state_event(state: State, shape: Format, device_id: str | None = None) -> bytes:
    """One change of the stream itself, or of one device's part in it."""
    if shape == "json":
        return _event("state_change", [_json_line({"state": state} | ({"device_id": device_id} if device_id else {}))])
    return _event("state_change", [f"{device_id} {state}" if device_id else state])


def _message(entry: LogEntry) -> dict[str, str | None]:
    return {
        "device_id": entry.device_id,
        "ts": time_text(entry.at),
        "log_type": entry.log_type,
        "type": entry.kind,
        "msg": entry.text,
    }


def _json_line(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _legible(text: str) -> str:
    """Line ends of every kind as LF, so that no text can end an event early."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _event(name: str, lines: list[str]) -> bytes:
    return "".join([f"event: {name}\n", *(f"data: {line}\n" for line in lines), "\n"]).encode("utf-8", "replace")
