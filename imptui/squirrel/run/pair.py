"""Agent and device together: what a restart prints."""

from __future__ import annotations

from dataclasses import dataclass

from imptui.squirrel.run.facts import Blessing, Budget, Ending, Facts, LogLine
from imptui.squirrel.run.program import Program


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
    raise NotImplementedError
