"""The table `server`: logging, data that survives a restart, and restarts.

Source: contract 10.4, 14.5, 16; the published imp API, by its names.
"""

from __future__ import annotations

from imptui.squirrel.interpreter.budget import ProgramStopped
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.environment import Ending, ProgramSide
from imptui.squirrel.interpreter.serialization import from_plain, size_bytes, to_plain
from imptui.squirrel.interpreter.standard_library import Function, table_of
from imptui.squirrel.interpreter.values import SquirrelTable, Value, is_true

SAVED_LIMIT_BYTES = 64 * 1024
"""Largest table that an agent may save. Source: the imp API, where `server.save` takes up to 64 KB."""

_ANSWER_S = 0.4
_SAVED, _TOO_LARGE = 0, 1


def server(core: InterpreterCore) -> SquirrelTable:
    """Return the table `server` of one side."""
    own = _of_agent(core) if core.side is ProgramSide.AGENT else _of_device(core)
    return SquirrelTable(table_of(_common(core) | own))


def handler_for(core: InterpreterCore, event: str) -> Function:
    """Return a function that registers the code's handler of an event; null removes it."""

    def register(arguments: list[Value]) -> None:
        core.handlers[event] = arguments[0]

    return register


def _common(core: InterpreterCore) -> dict[str, Function]:
    def say(kind: str) -> Function:
        return lambda arguments: core.log(kind, core.text(arguments[0]))

    def restart(_arguments: list[Value]) -> None:
        raise ProgramStopped(Ending.RESTARTED)

    return {
        "log": say("log"),
        "error": say("error"),
        "restart": restart,
        "onshutdown": handler_for(core, "shutdown"),
    }


def _of_agent(core: InterpreterCore) -> dict[str, Function]:
    def save(arguments: list[Value]) -> int:
        if not isinstance(arguments[0], SquirrelTable):
            raise TypeError
        saved = to_plain(core, arguments[0])
        if size_bytes(saved) > SAVED_LIMIT_BYTES:
            return _TOO_LARGE
        core.saved = saved
        return _SAVED

    def load(_arguments: list[Value]) -> Value:
        return SquirrelTable() if core.saved is None else from_plain(core.saved)

    return {"save": save, "load": load, "isconnected": lambda _: True}


def _of_device(core: InterpreterCore) -> dict[str, Function]:
    def bless(arguments: list[Value]) -> None:
        passed = is_true(arguments[0])
        core.host.bless(core.at_s, passed=passed)
        if len(arguments) > 1 and arguments[1] is not None:
            core.call_later(_ANSWER_S, arguments[1], [passed])

    def connect(arguments: list[Value]) -> Value:
        core.connected = True
        if arguments and arguments[0] is not None:
            core.call_later(_ANSWER_S, arguments[0], [5])
        return 5

    def disconnect(_arguments: list[Value]) -> None:
        core.connected = False

    def sleep(_arguments: list[Value]) -> None:
        raise ProgramStopped(Ending.ASLEEP)

    quiet = ["factoryblinkup", "expectonlinein", "expectonlineat", "setsendtimeoutpolicy"]
    functions: dict[str, Function] = dict.fromkeys(quiet, lambda _: None)
    return functions | {
        "bless": bless,
        "connect": connect,
        "connectwith": connect,
        "disconnect": disconnect,
        "isconnected": lambda _: core.connected,
        "flush": lambda _: 0,
        "onunexpecteddisconnect": handler_for(core, "unexpected disconnect"),
        "sleepfor": sleep,
        "sleepuntil": sleep,
    }
