"""Runs agent and device together for the first seconds after a restart."""

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
"""A message on its way between device and agent."""

NEW_SQUIRREL = 1
"""`SHUTDOWN_NEWSQUIRREL`. Source: contract 10.4."""

PATIENCE_S = 60.0
"""Maximum delay of a restart by a program. A limit of our own: neither primer nor contract knows one, and a program
that never lets go would keep its device from the new code for ever."""


class ShutdownRequest(Struct, frozen=True):
    """Both sides are asked to shut down, as by a conditional restart. Source: contract 10.4."""

    at_s: float
    """Seconds after the restart. Between the time asked for and this the programs stand still."""
    reason: int = NEW_SQUIRREL
    patience_s: float = PATIENCE_S


class Transcript(Struct, frozen=True):
    """Everything both sides said in the time asked for."""

    lines: tuple[PrintedLine, ...]
    """In order of time; the agent's first lines come before the device's."""
    blessings: tuple[Blessing, ...]
    agent_ending: Ending | None
    """None: still there, waiting for events."""
    device_ending: Ending | None
    device_ended_at_s: float | None
    """When the device's program ended, if it did."""
    memory: Memory
    """Data for the next start."""
    agreed_at_s: float | None
    """When both sides agreed to restart or their time was over; None: they were not asked."""


def run_pair(
    device_code: str | Program,
    agent_code: str | Program,
    facts: ProgramEnvironment,
    *,
    for_s: float = 10.0,
    budget: ExecutionBudget | None = None,
    device_start_s: float = 0.5,
    with_device: bool = True,
    asking: ShutdownRequest | None = None,
) -> Transcript:
    """Return the lines that agent and device print in the first seconds after a restart.

    The agent starts at 0, the device at `device_start_s`; messages travel both ways. Pure:
    equal arguments give equal transcripts, so the result can be kept. Never raises for
    what the code does; a program that does not compile prints nothing.

    Args:
        device_code: Source, or the same parsed once with `Program.parse`.
        agent_code: Likewise.
        facts: What the code can see.
        for_s: Seconds of the programs' own time, not of ours.
        budget: Of each side. None: the default one.
        device_start_s: When the device has fetched its code.
        with_device: False when the device is offline: only the agent runs.
        asking: When they are asked to shut down; what they say about that is told as well.
    """
    meeting = _Meeting(facts, budget or ExecutionBudget())
    until_s = for_s if asking is None else min(for_s, asking.at_s)
    agent = meeting.add(ProgramSide.AGENT, agent_code, is_connected=False)
    agent.start(0.0, until_s=for_s)
    device = None
    if with_device and device_start_s <= for_s:
        device = meeting.add(ProgramSide.DEVICE, device_code, is_connected=True)
        meeting.run(until_s=min(device_start_s, until_s), horizon_s=for_s)
        agent.connection_changed(device_start_s, connected=True)
        device.start(device_start_s, until_s=for_s)
    meeting.run(until_s=until_s, horizon_s=for_s)
    agreed_at_s = None if asking is None else meeting.ask(asking, since_s=until_s)
    end_s = for_s if agreed_at_s is None else agreed_at_s
    return Transcript(
        tuple(sorted((line for line in meeting.lines if line.at_s <= end_s), key=lambda line: line.at_s)),
        tuple(blessing for blessing in meeting.blessings if blessing.at_s <= end_s),
        agent.ending,
        device.ending if device else None,
        device.ended_at_s if device and device.ending else None,
        Memory(agent.saved, device.nv if device else facts.memory.nv),
        agreed_at_s,
    )


class _Meeting:
    """Both machines and the messages between them, in order of time."""

    def __init__(self, facts: ProgramEnvironment, budget: ExecutionBudget) -> None:
        self.lines: list[PrintedLine] = []
        self.blessings: list[Blessing] = []
        self.machines: dict[ProgramSide, Machine] = {}
        self._facts = facts
        self._budget = budget
        self._post: list[tuple[float, int, ProgramSide, str, Plain]] = []
        self._posted = 0

    def add(self, side: ProgramSide, code: str | Program, *, is_connected: bool) -> Machine:
        facts = replace(self._facts, is_connected=is_connected)
        machine = self.machines[side] = Machine(side, code, _Voice(self, side), facts, budget=self._budget)
        return machine

    def post(self, at_s: float, sender: ProgramSide, name: str, message: Plain) -> None:
        self._posted += 1
        receiver = ProgramSide.DEVICE if sender is ProgramSide.AGENT else ProgramSide.AGENT
        heapq.heappush(self._post, (at_s + _TRAVEL_S, self._posted, receiver, name, message))

    def run(self, *, until_s: float, horizon_s: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Everything that happens until then, or until it is over: timers and messages, whichever is first."""
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

    def ask(self, asking: ShutdownRequest, *, since_s: float) -> float:
        """Ask both sides to shut down: those that want to be asked are waited for, the others have nothing to say.

        Returns:
            When all of them had come to their end, or their time was up.
        """
        self._rest(asking.at_s - since_s)
        until_s = asking.at_s + asking.patience_s
        asked = [machine for machine in self.machines.values() if machine.delays_shutdown]
        for machine in asked:
            machine.shut_down(asking.at_s, asking.reason, until_s=until_s)
        self.run(until_s=until_s, horizon_s=until_s, is_over=lambda: all(machine.ending for machine in asked))
        if any(machine.ending is None for machine in asked):
            return until_s
        return min(until_s, max((machine.ended_at_s for machine in asked), default=asking.at_s))

    def _rest(self, for_s: float) -> None:
        for machine in self.machines.values():
            machine.rest(for_s)
        self._post = [(post[0] + for_s, *post[1:]) for post in self._post]


class _Voice:
    """Collects the output of one side."""

    def __init__(self, meeting: _Meeting, side: ProgramSide) -> None:
        self._meeting = meeting
        self._side = side

    def log(self, at_s: float, kind: LogKind, text: str) -> None:
        self._meeting.lines.append(PrintedLine(at_s, self._side, kind, text))

    def send(self, at_s: float, name: str, message: Plain) -> None:
        self._meeting.post(at_s, self._side, name, message)

    def bless(self, at_s: float, *, passed: bool) -> None:
        self._meeting.blessings.append(Blessing(at_s, passed))
