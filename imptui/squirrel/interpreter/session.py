"""Session of agent and device: the lines that they print after a restart."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from imptui.squirrel.interpreter.environment import (
    Blessing,
    Ending,
    ExecutionBudget,
    LogKind,
    Memory,
    Plain,
    PrintedLine,
    ProgramEnvironment,
    ProgramSide,
)
from imptui.squirrel.interpreter.machine import Machine
from imptui.squirrel.interpreter.program import Program

_TRAVEL_S = 0.05
"""Travel time, in seconds, of a message between device and agent."""

NEW_SQUIRREL = 1
"""The reason `SHUTDOWN_NEWSQUIRREL`. Source: contract 10.4."""

PATIENCE_S = 60.0
"""Longest time, in seconds, that a program may delay a restart. The limit is the engine's own: primer and contract have none,
and without one a program could keep its device from the new code for ever."""


class ShutdownRequest(Struct, frozen=True):
    """A request to both sides to shut down, as by a conditional restart. Source: contract 10.4."""

    at_s: float
    """Time of the request, in seconds after the restart. Between the end of the session and this time, the programs pause."""
    reason: int = NEW_SQUIRREL
    patience_s: float = PATIENCE_S


class Transcript(Struct, frozen=True):
    """All lines that both sides printed during the session."""

    lines: tuple[PrintedLine, ...]
    """Lines in order of time; the agent's first lines come before the device's."""
    blessings: tuple[Blessing, ...]
    agent_ending: Ending | None
    """Reason why the agent's program ended. None: it waits for events."""
    device_ending: Ending | None
    device_ended_at_s: float | None
    """Time at which the device's program ended, if it did."""
    memory: Memory
    """Values for the next start."""
    agreed_at_s: float | None
    """Time at which both sides agreed to shut down, or the limit was reached. None: there was no request."""


def run_pair(
    device_code: str | Program,
    agent_code: str | Program,
    environment: ProgramEnvironment,
    *,
    for_s: float = 10.0,
    budget: ExecutionBudget | None = None,
    device_start_s: float = 0.5,
    with_device: bool = True,
    shutdown: ShutdownRequest | None = None,
) -> Transcript:
    """Run agent and device for the first seconds after a restart, and return the lines that they print.

    The agent starts at 0, the device at `device_start_s`; both exchange messages. The function is pure: equal arguments give
    equal transcripts, so the result can be cached. It never raises for errors of the code; a program that does not compile prints
    nothing.

    Args:
        device_code: Source, or a program parsed with `Program.parse`.
        agent_code: Source, or a program parsed with `Program.parse`.
        environment: The environment of the code.
        for_s: Length of the session in the programs' own time, not in real time.
        budget: The budget of each side. None: the default one.
        device_start_s: Time at which the device has downloaded its code.
        with_device: False if the device is offline and only the agent runs.
        shutdown: Request to shut down at the end; the transcript includes the lines printed in answer.
    """
    session = _Session(environment, budget or ExecutionBudget())
    until_s = for_s if shutdown is None else min(for_s, shutdown.at_s)
    agent = session.add(ProgramSide.AGENT, agent_code, is_connected=False)
    agent.start(0.0, until_s=for_s)
    device = None
    if with_device and device_start_s <= for_s:
        device = session.add(ProgramSide.DEVICE, device_code, is_connected=True)
        session.run(until_s=min(device_start_s, until_s), horizon_s=for_s)
        agent.connection_changed(device_start_s, connected=True)
        device.start(device_start_s, until_s=for_s)
    session.run(until_s=until_s, horizon_s=for_s)
    agreed_at_s = None if shutdown is None else session.request_shutdown(shutdown, since_s=until_s)
    end_s = for_s if agreed_at_s is None else agreed_at_s
    return Transcript(
        tuple(sorted((line for line in session.lines if line.at_s <= end_s), key=lambda line: line.at_s)),
        tuple(blessing for blessing in session.blessings if blessing.at_s <= end_s),
        agent.ending,
        device.ending if device else None,
        device.ended_at_s if device and device.ending else None,
        Memory(agent.saved, device.nv if device else environment.memory.nv),
        agreed_at_s,
    )


class _Session:
    """Both machines and the messages between them, in order of time."""

    def __init__(self, environment: ProgramEnvironment, budget: ExecutionBudget) -> None:
        self.lines: list[PrintedLine] = []
        self.blessings: list[Blessing] = []
        self.machines: dict[ProgramSide, Machine] = {}
        self._environment = environment
        self._budget = budget
        self._post: list[tuple[float, int, ProgramSide, str, Plain]] = []
        self._posted = 0

    def add(self, side: ProgramSide, code: str | Program, *, is_connected: bool) -> Machine:
        environment = replace(self._environment, is_connected=is_connected)
        machine = self.machines[side] = Machine(side, code, _SideHost(self, side), environment, budget=self._budget)
        return machine

    def post(self, at_s: float, sender: ProgramSide, name: str, message: Plain) -> None:
        self._posted += 1
        receiver = ProgramSide.DEVICE if sender is ProgramSide.AGENT else ProgramSide.AGENT
        heapq.heappush(self._post, (at_s + _TRAVEL_S, self._posted, receiver, name, message))

    def run(self, *, until_s: float, horizon_s: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Run timers and messages in order of time, until `until_s` or until `is_over` returns True."""
        while not is_over():
            due = [(at_s, machine) for machine in self.machines.values() if (at_s := machine.next_s) is not None]
            first_s, first = min(due, key=lambda pair: pair[0], default=(math.inf, None))
            if self._post and self._post[0][0] <= min(first_s, until_s):
                at_s, _, receiver, name, message = heapq.heappop(self._post)
                if receiver in self.machines:
                    self.machines[receiver].deliver(at_s, name, message)
            elif first is not None and first_s <= until_s:
                first.run_next(horizon_s)
            else:
                return

    def request_shutdown(self, shutdown: ShutdownRequest, *, since_s: float) -> float:
        """Request a shutdown of both sides, and wait for those that registered a handler for it.

        Returns:
            The time at which all of them ended, or at which the limit was reached.
        """
        self._pause(shutdown.at_s - since_s)
        until_s = shutdown.at_s + shutdown.patience_s
        asked = [machine for machine in self.machines.values() if machine.delays_shutdown]
        for machine in asked:
            machine.shut_down(shutdown.at_s, shutdown.reason, until_s=until_s)
        self.run(until_s=until_s, horizon_s=until_s, is_over=lambda: all(machine.ending for machine in asked))
        if any(machine.ending is None for machine in asked):
            return until_s
        return min(until_s, max((machine.ended_at_s for machine in asked), default=shutdown.at_s))

    def _pause(self, for_s: float) -> None:
        for machine in self.machines.values():
            machine.pause(for_s)
        self._post = [(post[0] + for_s, *post[1:]) for post in self._post]


class _SideHost:
    """Host of one side; collects its output."""

    def __init__(self, session: _Session, side: ProgramSide) -> None:
        self._session = session
        self._side = side

    def log(self, at_s: float, kind: LogKind, text: str) -> None:
        self._session.lines.append(PrintedLine(at_s, self._side, kind, text))

    def send(self, at_s: float, name: str, message: Plain) -> None:
        self._session.post(at_s, self._side, name, message)

    def bless(self, at_s: float, *, passed: bool) -> None:
        self._session.blessings.append(Blessing(at_s, passed))
