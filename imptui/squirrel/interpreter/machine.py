"""A machine: one side of one device, which runs one program."""

from __future__ import annotations

from imptui.squirrel.interpreter import imp_api as platform
from imptui.squirrel.interpreter import standard_library as library
from imptui.squirrel.interpreter.budget import ProgramStopped
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.delegates import delegates
from imptui.squirrel.interpreter.environment import Ending, ExecutionBudget, Plain, ProgramEnvironment, ProgramHost, ProgramSide
from imptui.squirrel.interpreter.generators import FunctionCompiler
from imptui.squirrel.interpreter.nv import saved_nv
from imptui.squirrel.interpreter.program import Program
from imptui.squirrel.interpreter.serialization import from_plain
from imptui.squirrel.interpreter.text_conversion import from_python_text
from imptui.squirrel.interpreter.values import Closure, SquirrelTable, Thrown, Value

_TRACE_LINES = 10
"""Largest number of stack frames that an error prints; deep recursion has hundreds."""


class Machine:
    """A program on one side, from its restart to its ending.

    None of its methods raises for an error of the code. The error is printed as on an imp, and the program is over (`ending`)
    until the next restart.

    Two threads must not use it at the same time.
    """

    def __init__(
        self,
        side: ProgramSide,
        code: str | Program,
        host: ProgramHost,
        environment: ProgramEnvironment,
        *,
        budget: ExecutionBudget | None = None,
    ) -> None:
        self.side = side
        self.program = code if isinstance(code, Program) else Program.parse(code, ei=environment.ei or None)
        self.ending: Ending | None = None if self.program.error is None else Ending.COMPILE_ERROR
        self.ended_at_s = 0.0
        """Time at which the program ended, if `ending` is set."""
        self._core = InterpreterCore(side, environment, host, budget or ExecutionBudget())
        self._core.compile = FunctionCompiler(self._core).function
        self._core.delegates = delegates(self._core)
        library.install(self._core)
        platform.install(self._core)
        ei = {name: from_python_text(value) for name, value in environment.ei.items()}
        self._core.root.slots["__EI"] = SquirrelTable(dict(ei))

    @property
    def next_s(self) -> float | None:
        """Return the time of the next timer; None if the program waits for messages only or is over."""
        return None if self.ending else self._core.due_s()

    def start(self, at_s: float = 0.0, *, until_s: float = 60.0) -> None:
        """Run the top level of the program.

        Args:
            at_s: Time of the start, in seconds after the restart.
            until_s: A program that sleeps or works past this time without returning is over.
        """
        if self.program.main is not None and self.ending is None:
            main = Closure(self.program.main, [], [])
            self._core.horizon_s = until_s
            self._handle_event(at_s, main, self._core.root, [])

    def run_until(self, until_s: float) -> None:
        """Run every timer that is due until then."""
        while (due_s := self.next_s) is not None and due_s <= until_s:
            self.run_next(until_s)

    def run_next(self, until_s: float) -> None:
        """Run the next timer."""
        self._core.horizon_s = until_s
        due_s, function, arguments = self._core.pop_due()
        self._handle_event(due_s, function, self._core.root, arguments)

    def deliver(self, at_s: float, name: str, message: Plain) -> None:
        """Deliver a message from the other side; without a handler it is lost."""
        handler = self._core.handlers.get("on " + from_python_text(name))
        if handler is not None and self.ending is None:
            self._handle_event(at_s, handler, self._core.root, [from_plain(message)])

    def connection_changed(self, at_s: float, *, connected: bool) -> None:
        """Call the handlers of the agent code for a connect or disconnect of the other side."""
        self._core.connected = connected
        handler = self._core.handlers.get("connect" if connected else "disconnect")
        if handler is not None and self.ending is None:
            self._handle_event(at_s, handler, self._core.root, [])

    @property
    def delays_shutdown(self) -> bool:
        """Return True if the program delays a restart: it called `server.onshutdown`, and is not over."""
        return self.ending is None and self._core.handlers.get("shutdown") is not None

    def shut_down(self, at_s: float, reason: int, *, until_s: float) -> None:
        """Request a shutdown; the program agrees by calling `server.restart()`, now or later. Source: contract 10.4."""
        self._core.horizon_s = until_s
        self._handle_event(at_s, self._core.handlers["shutdown"], self._core.root, [reason])

    def pause(self, for_s: float) -> None:
        """Pause the program for a while."""
        self._core.pause(for_s)

    @property
    def saved(self) -> Plain:
        """Return the table that the agent saved; see `Memory`."""
        return self._core.saved

    @property
    def nv(self) -> Plain:
        """Return the content of the device's `nv`; see `Memory`."""
        return saved_nv(self._core)

    def _handle_event(self, at_s: float, function: Value, this: Value, arguments: list[Value]) -> None:
        core = self._core
        core.start_event(at_s)
        try:
            core.call(function, this, arguments)
        except Thrown as thrown:
            self._report(thrown)
        except ProgramStopped as stopped:
            self.ending = stopped.ending
            self.ended_at_s = core.at_s
        except (RecursionError, MemoryError):
            # Code that is nested too deeply for Python is too deep for an imp.
            self._report(Thrown("stack overflow"))
        except Exception:  # noqa: BLE001 - the outermost loop of a program; its host must not fall with it
            self._report(Thrown("internal error"))

    def _report(self, thrown: Thrown) -> None:
        self.ending = Ending.RUNTIME_ERROR
        self.ended_at_s = self._core.at_s
        core, unit = self._core, f"{self.side.value}_code"
        try:
            core.log("error", "ERROR: " + core.text(thrown.value))
            for place, (name, at) in enumerate(thrown.trace[:_TRACE_LINES]):
                said = "in" if place == 0 else "from"
                row = f":{self.program.row(at)}" if at is not None else ""
                core.log("error", f"ERROR:   {said} {name} {unit}{row}")
        except ProgramStopped as stopped:
            self.ending = stopped.ending
        except (Thrown, RecursionError):
            # A `_tostring` failed while its error is printed; only the first line is printed.
            return
