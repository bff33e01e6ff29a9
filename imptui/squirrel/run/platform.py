"""The imp API: `imp`, `server`, `agent` or `device`, `http`, `nv` and their constants.

Source: contract 16; the published imp API, by its names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import parse_qsl, quote

from imptui.squirrel.run.core import Core, Stopped, from_python_text, to_python_text
from imptui.squirrel.run.facts import Ending, Plain, Side
from imptui.squirrel.run.hardware import hardware
from imptui.squirrel.run.library import Function, table_of
from imptui.squirrel.run.messages import from_plain, json_decode, json_encode, to_plain
from imptui.squirrel.run.values import Blob, Native, Table, Thrown, Value, is_true

_NO_NETWORK = 7
"""Status code of a request that could not connect; there is no network here."""
_ANSWER_S = 0.4
_CONSTANTS: dict[Value, Value] = {
    "DIGITAL_OUT": 0,
    "DIGITAL_IN": 1,
    "DIGITAL_IN_PULLUP": 2,
    "DIGITAL_IN_PULLDOWN": 3,
    "ANALOG_IN": 4,
    "ANALOG_OUT": 5,
    "PWM_OUT": 6,
    "DIGITAL_IN_WAKEUP": 7,
    "DIGITAL_OUT_OD": 8,
    "DIGITAL_OUT_OD_PULLUP": 9,
    "PULSE_COUNTER": 10,
    "CLOCK_SPEED_10_KHZ": 10,
    "CLOCK_SPEED_50_KHZ": 50,
    "CLOCK_SPEED_100_KHZ": 100,
    "CLOCK_SPEED_400_KHZ": 400,
    "PARITY_NONE": 0,
    "PARITY_EVEN": 1,
    "PARITY_ODD": 2,
    "NO_CTSRTS": 4,
    "NO_RX": 8,
    "NO_TX": 16,
    "CLOCK_IDLE_LOW": 0,
    "CLOCK_IDLE_HIGH": 1,
    "CLOCK_2ND_EDGE": 2,
    "MSB_FIRST": 0,
    "LSB_FIRST": 4,
    "SIMPLEX_TX": 16,
    "SIMPLEX_RX": 32,
    "NO_SCLK": 64,
    "WAKEREASON_POWER_ON": 0,
    "WAKEREASON_TIMER": 1,
    "WAKEREASON_SW_RESET": 2,
    "WAKEREASON_PIN": 3,
    "WAKEREASON_NEW_SQUIRREL": 4,
    "WAKEREASON_SQUIRREL_ERROR": 5,
    "WAKEREASON_NEW_FIRMWARE": 6,
    "WAKEREASON_SNOOZE": 7,
    "WAKEREASON_HW_RESET": 8,
    "WAKEREASON_BLINKUP": 9,
    "WAKEREASON_SW_RESTART": 10,
    "SERVER_CONNECTED": 5,
    "NOT_CONNECTED": 0,
    "NO_WIFI": 1,
    "NO_LINK": 1,
    "NO_IP_ADDRESS": 2,
    "NOT_RESOLVED": 3,
    "NO_SERVER": 4,
    "SHUTDOWN_NEWSQUIRREL": 1,
    "SHUTDOWN_NEWFIRMWARE": 2,
    "SHUTDOWN_OTHER": 3,
    "WAIT_TIL_SENT": 0,
    "WAIT_FOR_ACK": 1,
    "SUSPEND_ON_ERROR": 0,
    "RETURN_ON_ERROR": 1,
    "RETURN_ON_ERROR_NO_DISCONNECT": 2,
    "ENVIRONMENT_CARD": 0,
    "ENVIRONMENT_MODULE": 1,
    "ENVIRONMENT_AGENT": 2,
    "BLINKUP_FAST": 0,
    "BLINKUP_SLOW": 1,
    "VALIDATE_NONE": 0,
    "VALIDATE_USING_SYSTEM_CA_CERTS": 1,
}


def install(core: Core) -> None:
    """Put the platform's tables into the root table, those of this side."""
    slots = core.root.slots
    slots.update(_CONSTANTS)
    slots["imp"] = Table(table_of(_imp(core)) | {"net": Table(table_of(_net(core)))})
    slots["server"] = Table(table_of(_server(core)))
    slots["http"] = Table(table_of(_http(core)) | {"hash": Table(table_of(_hashes()))})
    slots["__VARS"] = Table({from_plain(name): from_plain(value) for name, value in core.facts.env.items()})
    if core.side is Side.AGENT:
        slots["device"] = Table(table_of(_other_side(core) | _device(core)))
    else:
        slots["agent"] = Table(table_of(_other_side(core)))
        slots["hardware"] = hardware(core)
        slots["nv"] = Table()


def _ignore(_arguments: list[Value]) -> Value:
    return None


def _imp(core: Core) -> dict[str, Function]:
    facts, on_agent = core.facts, core.side is Side.AGENT

    def wakeup(arguments: list[Value]) -> int:
        return core.after(float(arguments[0]), arguments[1], [])

    def idle(arguments: list[Value]) -> None:
        if arguments[0] is not None:
            core.after(0.0, arguments[0], [])

    def deep_sleep(_arguments: list[Value]) -> None:
        raise Stopped(Ending.ASLEEP)

    def restart(_arguments: list[Value]) -> None:
        raise Stopped(Ending.RESTARTED)

    quiet = [
        "configure",
        "enableblinkup",
        "setpowersave",
        "setpoweren",
        "setsendbuffersize",
        "clearconfiguration",
        "setwificonfiguration",
        "setenroltokens",
        "setproxy",
        "setcountry",
        "setuserconfiguration",
        "getuserconfiguration",
        "setstaticnetworkconfiguration",
        "onunhandledexception",
    ]
    functions: dict[str, Function] = dict.fromkeys(quiet, _ignore)
    return functions | {
        "wakeup": wakeup,
        "cancelwakeup": lambda arguments: core.cancel(arguments[0]),
        "onidle": idle,
        "sleep": lambda arguments: core.sleep(float(arguments[0])),
        "deepsleepfor": deep_sleep,
        "deepsleepuntil": deep_sleep,
        "reset": restart,
        "getsoftwareversion": lambda _: from_python_text(facts.software_version),
        "getmemoryfree": lambda _: facts.free_memory_bytes,
        "getmacaddress": lambda _: facts.mac_address,
        "getssid": lambda _: "",
        "getbssid": lambda _: "",
        "getrssi": lambda _: facts.rssi_dbm,
        "rssi": lambda _: facts.rssi_dbm,
        "getpowersave": lambda _: False,
        "getpoweren": lambda _: False,
        "environment": lambda _: 2 if on_agent else 0,
        "scanwifinetworks": lambda _: from_plain([]),
    }


def _net(core: Core) -> dict[str, Function]:
    def describe(_arguments: list[Value]) -> Value:
        wifi: dict[Plain, Plain] = {
            "type": "wifi",
            "macaddress": core.facts.mac_address,
            "connectedssid": "",
            "rssi": core.facts.rssi_dbm,
        }
        address: dict[Plain, Plain] = {"address": "192.168.1.20", "netmask": "255.255.255.0", "gateway": "192.168.1.1"}
        return from_plain({"active": 0, "interface": [wifi], "ipv4": address})

    return {"info": describe, "getcurrentconfig": describe}


def _server(core: Core) -> dict[str, Function]:
    saved: list[Value] = [Table()]

    def say(kind: str) -> Function:
        return lambda arguments: core.log(kind, core.text(arguments[0]))

    def bless(arguments: list[Value]) -> None:
        passed = is_true(arguments[0])
        core.host.bless(core.at_s, passed=passed)
        if len(arguments) > 1 and arguments[1] is not None:
            core.after(_ANSWER_S, arguments[1], [passed])

    def save(arguments: list[Value]) -> int:
        saved[0] = to_plain(core, arguments[0])
        return 0

    def connect(arguments: list[Value]) -> Value:
        core.connected = True
        if arguments and arguments[0] is not None:
            core.after(_ANSWER_S, arguments[0], [5])
        return 5

    def disconnect(_arguments: list[Value]) -> None:
        core.connected = False

    def sleep(_arguments: list[Value]) -> None:
        raise Stopped(Ending.ASLEEP)

    def restart(_arguments: list[Value]) -> None:
        raise Stopped(Ending.RESTARTED)

    def on(event: str) -> Function:
        def register(arguments: list[Value]) -> None:
            core.handlers[event] = arguments[0]

        return register

    functions: dict[str, Function] = {"log": say("log"), "error": say("error")}
    if core.side is Side.AGENT:
        return functions | {
            "save": save,
            "load": lambda _: from_plain(saved[0]) if not isinstance(saved[0], Table) else Table(),
            "isconnected": lambda _: True,
            "restart": restart,
        }
    return functions | {
        "bless": bless,
        "connect": connect,
        "connectwith": connect,
        "disconnect": disconnect,
        "isconnected": lambda _: core.connected,
        "flush": lambda _: 0,
        "factoryblinkup": _ignore,
        "expectonlinein": _ignore,
        "expectonlineat": _ignore,
        "setsendtimeoutpolicy": _ignore,
        "onshutdown": on("shutdown"),
        "onunexpecteddisconnect": on("unexpected disconnect"),
        "sleepfor": sleep,
        "sleepuntil": sleep,
        "restart": restart,
    }


def _other_side(core: Core) -> dict[str, Function]:
    def on(arguments: list[Value]) -> None:
        core.handlers["on " + core.text(arguments[0])] = arguments[1]

    def send(arguments: list[Value]) -> int:
        name = to_python_text(core.text(arguments[0]))
        core.allocate(64)
        message = to_plain(core, arguments[1] if len(arguments) > 1 else None)
        if not core.connected:
            return 1
        core.host.send(core.at_s, name, message)
        return 0

    return {"on": on, "send": send}


def _device(core: Core) -> dict[str, Function]:
    def on(event: str) -> Function:
        def register(arguments: list[Value]) -> None:
            core.handlers[event] = arguments[0]

        return register

    return {
        "isconnected": lambda _: core.connected,
        "onconnect": on("connect"),
        "ondisconnect": on("disconnect"),
    }


def _http(core: Core) -> dict[str, Function]:
    def on_request(arguments: list[Value]) -> None:
        core.handlers["request"] = arguments[0]

    def decoded(arguments: list[Value]) -> Table:
        pairs = parse_qsl(to_python_text(arguments[0]), keep_blank_values=True)
        return Table({from_python_text(name): from_python_text(value) for name, value in pairs})

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
        "agenturl": lambda _: from_python_text(core.facts.agent_url),
    }
    if core.side is Side.DEVICE:
        return common
    return common | functions | {"onrequest": on_request}


def _quoted(text: str) -> str:
    return quote(text.encode("latin-1"), safe="")


def _bytes(value: Value) -> bytes:
    return bytes(value.content) if isinstance(value, Blob) else value.encode("latin-1")


def _request(core: Core) -> Table:
    """A request object; it is never answered from outside, only with "could not connect"."""

    def answer() -> Table:
        return Table({"statuscode": _NO_NETWORK, "headers": Table(), "body": ""})

    def send_async(arguments: list[Value]) -> None:
        core.after(_ANSWER_S, arguments[0], [answer()])

    def send_sync(_arguments: list[Value]) -> Table:
        core.sleep(_ANSWER_S)
        return answer()

    request = Table(table_of({"sendasync": send_async, "sendsync": send_sync, "cancel": _ignore}))
    request.slots["setvalidation"] = Native("setvalidation", lambda this, _: this)
    return request


def _hashes() -> dict[str, Function]:
    def plain(name: str) -> Function:
        return lambda arguments: Blob(bytearray(hashlib.new(name, _bytes(arguments[0])).digest()))

    def keyed(name: str) -> Function:
        return lambda arguments: Blob(bytearray(hmac.new(_bytes(arguments[1]), _bytes(arguments[0]), name).digest()))

    names = ["md5", "sha1", "sha256", "sha512"]
    return {name: plain(name) for name in names} | {"hmac" + name: keyed(name) for name in names[1:]}
