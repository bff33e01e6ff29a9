"""The table `http`: encodings, hashes, and requests, which all fail because there is no network."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import parse_qsl, quote

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.environment import ProgramSide
from imptui.squirrel.interpreter.serialization import json_decode, json_encode
from imptui.squirrel.interpreter.standard_library import Function, table_of
from imptui.squirrel.interpreter.text_conversion import from_python_text, to_python_text
from imptui.squirrel.interpreter.values import Blob, Native, SquirrelTable, Thrown, Value

_NO_NETWORK = 7
"""Status code of a request that could not connect."""
_ANSWER_S = 0.4


def http_table(core: InterpreterCore) -> SquirrelTable:
    """Return the table `http` of one side."""
    return SquirrelTable(table_of(_http(core)) | {"hash": SquirrelTable(table_of(_hashes()))})


def _http(core: InterpreterCore) -> dict[str, Function]:
    def on_request(arguments: list[Value]) -> None:
        core.handlers["request"] = arguments[0]

    def decoded(arguments: list[Value]) -> SquirrelTable:
        pairs = parse_qsl(to_python_text(arguments[0]), keep_blank_values=True)
        return SquirrelTable({from_python_text(name): from_python_text(value) for name, value in pairs})

    def encoded(arguments: list[Value]) -> str:
        slots = arguments[0].slots.items()
        pairs = (f"{_quoted(core.text(name))}={_quoted(core.text(value))}" for name, value in slots)
        return "&".join(pairs)

    def from_base64(arguments: list[Value]) -> Blob:
        try:
            return Blob(bytearray(base64.b64decode(arguments[0].encode("latin-1"))))
        except binascii.Error:
            raise Thrown("invalid base64") from None

    request: Function = lambda _arguments: _request(core)  # noqa: E731 - one value under five names
    functions: dict[str, Function] = dict.fromkeys(["get", "post", "put", "httpdelete", "request"], request)
    common: dict[str, Function] = {
        "jsonencode": lambda arguments: json_encode(core, arguments[0]),
        "jsondecode": lambda arguments: json_decode(core, arguments[0]),
        "urlencode": encoded,
        "urldecode": decoded,
        "base64encode": lambda arguments: base64.b64encode(_bytes(arguments[0])).decode("ascii"),
        "base64decode": from_base64,
        "agenturl": lambda _: from_python_text(core.environment.agent_url),
    }
    if core.side is ProgramSide.DEVICE:
        return common
    return common | functions | {"onrequest": on_request}


def _quoted(text: str) -> str:
    return quote(text.encode("latin-1"), safe="")


def _bytes(value: Value) -> bytes:
    return bytes(value.content) if isinstance(value, Blob) else value.encode("latin-1")


def _request(core: InterpreterCore) -> SquirrelTable:
    """Return a request object; sending it fails with "could not connect"."""

    def answer() -> SquirrelTable:
        return SquirrelTable({"statuscode": _NO_NETWORK, "headers": SquirrelTable(), "body": ""})

    def send_async(arguments: list[Value]) -> None:
        core.call_later(_ANSWER_S, arguments[0], [answer()])

    def send_sync(_arguments: list[Value]) -> SquirrelTable:
        core.sleep(_ANSWER_S)
        return answer()

    request = SquirrelTable(table_of({"sendasync": send_async, "sendsync": send_sync, "cancel": lambda _: None}))
    request.slots["setvalidation"] = Native("setvalidation", lambda this, _: this)
    return request


def _hashes() -> dict[str, Function]:
    def plain(name: str) -> Function:
        return lambda arguments: Blob(bytearray(hashlib.new(name, _bytes(arguments[0])).digest()))

    def keyed(name: str) -> Function:
        return lambda arguments: Blob(bytearray(hmac.new(_bytes(arguments[1]), _bytes(arguments[0]), name).digest()))

    names = ["md5", "sha1", "sha256", "sha512"]
    return {name: plain(name) for name in names} | {"hmac" + name: keyed(name) for name in names[1:]}
