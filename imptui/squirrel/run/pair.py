"""Agent and device together: what a restart prints."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace

from imptui.squirrel.run.facts import Blessing, Budget, Ending, Facts, LogKind, LogLine, Plain, Side
from imptui.squirrel.run.machine import Machine
from imptui.squirrel.run.program import Program

_TRAVEL_S = 0.05
"""A message on its way between device and agent."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything both sides said in the time asked for."""

    lines: tuple[LogLine, ...]
    """In order of time; the agent's first lines come before the device's."""
    blessings: tuple[Blessing, ...]
    agent_ending: Ending | None
    """None: still there, waiting for events."""
    device_ending: Ending | None


def run_pair(
    device_code: str | Program,
    agent_code: str | Program,
    facts: Facts,
    *,
    for_s: float = 10.0,
    budget: Budget | None = None,
    device_start_s: float = 0.5,
    with_device: bool = True,
) -> Transcript:
    """What agent and device print in the first seconds after a restart.

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
    """
    meeting = _Meeting(facts, for_s, budget or Budget())
    agent = meeting.add(Side.AGENT, agent_code, is_connected=False)
    agent.start(0.0, until_s=for_s)
    device = meeting.add(Side.DEVICE, device_code, is_connected=True) if with_device else None
    if device is not None:
        meeting.run(until_s=min(device_start_s, for_s))
        agent.connection_changed(device_start_s, connected=True)
        device.start(device_start_s, until_s=for_s)
    meeting.run(until_s=for_s)
    lines = sorted((line for line in meeting.lines if line.at_s <= for_s), key=lambda line: line.at_s)
    return Transcript(
        tuple(lines),
        tuple(blessing for blessing in meeting.blessings if blessing.at_s <= for_s),
        agent.ending,
        device.ending if device else None,
    )


class _Meeting:
    """Both machines and the messages between them, in order of time."""

    def __init__(self, facts: Facts, for_s: float, budget: Budget) -> None:
        self.lines: list[LogLine] = []
        self.blessings: list[Blessing] = []
        self.machines: dict[Side, Machine] = {}
        self._facts = facts
        self._for_s = for_s
        self._budget = budget
        self._post: list[tuple[float, int, Side, str, Plain]] = []
        self._posted = 0

    def add(self, side: Side, code: str | Program, *, is_connected: bool) -> Machine:
        facts = replace(self._facts, is_connected=is_connected)
        machine = self.machines[side] = Machine(side, code, _Voice(self, side), facts, budget=self._budget)
        return machine

    def post(self, at_s: float, sender: Side, name: str, message: Plain) -> None:
        self._posted += 1
        receiver = Side.DEVICE if sender is Side.AGENT else Side.AGENT
        heapq.heappush(self._post, (at_s + _TRAVEL_S, self._posted, receiver, name, message))

    def run(self, *, until_s: float) -> None:
        """Everything that happens until then: timers and messages, whichever is first."""
        while True:
            due = [(at_s, machine) for machine in self.machines.values() if (at_s := machine.next_s) is not None]
            first_s, first = min(due, key=lambda pair: pair[0], default=(math.inf, None))
            if self._post and self._post[0][0] <= min(first_s, until_s):
                at_s, _, receiver, name, message = heapq.heappop(self._post)
                if receiver in self.machines:
                    self.machines[receiver].deliver(at_s, name, message)
            elif first is not None and first_s <= until_s:
                first.run_next(self._for_s)
            else:
                return


class _Voice:
    """What one side says, noted down."""

    def __init__(self, meeting: _Meeting, side: Side) -> None:
        self._meeting = meeting
        self._side = side

    def log(self, at_s: float, kind: LogKind, text: str) -> None:
        self._meeting.lines.append(LogLine(at_s, self._side, kind, text))

    def send(self, at_s: float, name: str, message: Plain) -> None:
        self._meeting.post(at_s, self._side, name, message)

    def bless(self, at_s: float, *, passed: bool) -> None:
        self._meeting.blessings.append(Blessing(at_s, passed))
