"""The imp API: `imp`, `server`, `agent` or `device`, `http`, `nv` and their constants.

Source: contract 16; the published imp API, by its names.
"""

from __future__ import annotations

from imptui.squirrel.interpreter.budget import ProgramStopped
from imptui.squirrel.interpreter.constants import CONSTANTS
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.environment import Ending, Plain, ProgramSide
from imptui.squirrel.interpreter.hardware import hardware
from imptui.squirrel.interpreter.http import http_table
from imptui.squirrel.interpreter.nv import nv_table
from imptui.squirrel.interpreter.regexp import patterns
from imptui.squirrel.interpreter.serialization import from_plain, to_plain
from imptui.squirrel.interpreter.server import handler_for, server
from imptui.squirrel.interpreter.standard_library import Function, table_of
from imptui.squirrel.interpreter.text_conversion import from_python_text, to_python_text
from imptui.squirrel.interpreter.values import SquirrelTable, Value


def install(core: InterpreterCore) -> None:
    """Add the platform's tables for this side to the root table."""
    slots = core.root.slots
    slots.update(CONSTANTS)
    imp = table_of(_imp(core)) | {"net": SquirrelTable(table_of(_net(core)))}
    if core.side is ProgramSide.AGENT:
        imp["configparams"] = SquirrelTable({"deviceid": core.environment.device_id})
    slots["imp"] = SquirrelTable(imp)
    slots["server"] = server(core)
    slots["http"] = http_table(core)
    slots.update(table_of(patterns(core)))
    slots["__VARS"] = SquirrelTable({from_plain(name): from_plain(value) for name, value in core.environment.env.items()})
    if core.side is ProgramSide.AGENT:
        slots["device"] = SquirrelTable(table_of(_other_side(core) | _device(core)))
    else:
        slots["agent"] = SquirrelTable(table_of(_other_side(core)))
        slots["hardware"] = hardware(core)
        slots["nv"] = nv_table(core)


def _ignore(_arguments: list[Value]) -> Value:
    return None


def _imp(core: InterpreterCore) -> dict[str, Function]:
    environment, on_agent = core.environment, core.side is ProgramSide.AGENT

    def wakeup(arguments: list[Value]) -> int:
        return core.call_later(float(arguments[0]), arguments[1], [])

    def idle(arguments: list[Value]) -> None:
        if arguments[0] is not None:
            core.call_later(0.0, arguments[0], [])

    def deep_sleep(_arguments: list[Value]) -> None:
        raise ProgramStopped(Ending.ASLEEP)

    def restart(_arguments: list[Value]) -> None:
        raise ProgramStopped(Ending.RESTARTED)

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
        "getsoftwareversion": lambda _: from_python_text(environment.software_version),
        "getmemoryfree": lambda _: environment.free_memory_bytes,
        "getmacaddress": lambda _: environment.mac_address,
        "getssid": lambda _: "",
        "getbssid": lambda _: "",
        "getrssi": lambda _: environment.rssi_dbm,
        "rssi": lambda _: environment.rssi_dbm,
        "getpowersave": lambda _: False,
        "getpoweren": lambda _: False,
        "environment": lambda _: 2 if on_agent else 0,
        "scanwifinetworks": lambda _: from_plain([]),
    }


def _net(core: InterpreterCore) -> dict[str, Function]:
    def describe(_arguments: list[Value]) -> Value:
        wifi: dict[Plain, Plain] = {
            "type": "wifi",
            "macaddress": core.environment.mac_address,
            "connectedssid": "",
            "rssi": core.environment.rssi_dbm,
        }
        address: dict[Plain, Plain] = {"address": "192.168.1.20", "netmask": "255.255.255.0", "gateway": "192.168.1.1"}
        return from_plain({"active": 0, "interface": [wifi], "ipv4": address})

    return {"info": describe, "getcurrentconfig": describe}


def _other_side(core: InterpreterCore) -> dict[str, Function]:
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


def _device(core: InterpreterCore) -> dict[str, Function]:
    return {
        "isconnected": lambda _: core.connected,
        "onconnect": handler_for(core, "connect"),
        "ondisconnect": handler_for(core, "disconnect"),
    }
