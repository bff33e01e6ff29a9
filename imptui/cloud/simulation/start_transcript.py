"""The lines of one restart: the service's, then the agent's, then the device's.

Order of a restart: how the device's last program ended, when that is news; the agent restarted; the download, when
there is new code; the agent's own lines; the device's own lines. Nothing of the service follows the device's last line,
since people page through "the last N lines".

Source: contract 14.5, 16.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from imptui.cloud.storage.starts import Start
from imptui.domain.deployment import Programs
from imptui.domain.log import LogEntry
from imptui.squirrel.interpreter.environment import Ending, ExecutionBudget, Memory, ProgramEnvironment, ProgramSide
from imptui.squirrel.interpreter.program import Program
from imptui.squirrel.interpreter.session import ShutdownRequest, run_pair

PROGRAM_STORAGE_BYTES = 65_536
"""Program storage, 100 % of the download line; source text takes about as much room as compiled code."""

FOR_S = 10.0
"""Seconds for which a program runs; later lines would need events that the engine does not model."""

AGENT_START_S = 0.15
DEVICE_START_S = 0.4
"""Seconds from the restart to the first lines of the agent, and from these to those of the device."""

BUDGET = ExecutionBudget(steps=200_000, memory_bytes=8_000_000, lines=300)
"""Limits of one run, so that one restart never fills a device's whole log."""

_KINDS = {
    (ProgramSide.AGENT, "log"): "agent.log",
    (ProgramSide.AGENT, "error"): "agent.error",
    (ProgramSide.DEVICE, "log"): "server.log",
    (ProgramSide.DEVICE, "error"): "server.error",
}


def service_lines(start: Start, programs: Programs | None) -> list[LogEntry]:
    """Return the service's lines about a start."""
    lines = []
    if start.exit_text is not None:
        lines.append(_entry(start, 0.0, "lastexitcode", start.exit_text))
    reason = "new_bytecode_version" if start.brings_new_code else "reload"
    lines.append(_entry(start, 0.0, "status", f"Agent restarted: {reason}."))
    if start.brings_new_code and start.is_online and programs is not None:
        lines.append(_entry(start, 0.1, "status", download_text(programs.device_code)))
    return lines


class ProgramRun(Struct, frozen=True):
    """The result of running the programs of a start."""

    lines: Sequence[LogEntry]
    """Lines of agent and device, in order of time."""
    memory: Memory
    """Memory for the next start."""
    agreed_at: datetime | None
    """The time at which they agreed to shut down, if they were asked."""


def run(start: Start, programs: Programs | None, facts: ProgramEnvironment, ends_at: datetime | None = None) -> ProgramRun:
    """Run agent and device for their first seconds, and through a request to shut down.

    Costs up to some tens of milliseconds; equal arguments give equal results, so they may be cached.

    Args:
        start: The start.
        programs: What it loaded.
        facts: What they can see.
        ends_at: When the next start put an end to them, if it did.
    """
    began = start.at + timedelta(seconds=AGENT_START_S)
    for_s = FOR_S if ends_at is None else min(FOR_S, (ends_at - began).total_seconds())
    asked_s = None if start.asked_at is None else (start.asked_at - began).total_seconds()
    if programs is None or for_s <= 0 or (asked_s is not None and asked_s <= 0):
        return ProgramRun((), facts.memory, start.asked_at)
    transcript = run_pair(
        _parsed(programs.device_code),
        _parsed(programs.agent_code),
        facts,
        for_s=for_s,
        budget=BUDGET,
        device_start_s=DEVICE_START_S,
        with_device=start.is_online,
        shutdown=None if asked_s is None else ShutdownRequest(asked_s),
    )
    lines = [_entry(start, AGENT_START_S + line.at_s, _KINDS[line.source, line.kind], line.text) for line in transcript.lines]
    if transcript.device_ending is Ending.OUT_OF_MEMORY and transcript.device_ended_at_s is not None:
        lines.append(_entry(start, AGENT_START_S + transcript.device_ended_at_s, "lastexitcode", "out of memory"))
        lines.sort(key=lambda line: line.at)
    agreed_s = transcript.agreed_at_s
    return ProgramRun(lines, transcript.memory, None if agreed_s is None else began + timedelta(seconds=agreed_s))


def download_text(device_code: str) -> str:
    """Return the line about a download; clients look for the number before `% program storage used`."""
    used = min(100.0 * len(device_code.encode("utf-8", "surrogatepass")) / PROGRAM_STORAGE_BYTES, 99.99)
    return f"Downloading new code; {used:.2f}% program storage used"


@lru_cache(maxsize=32)
def _parsed(code: str) -> Program:
    return Program.parse(code)


def _entry(start: Start, after_s: float, kind: str, text: str) -> LogEntry:
    at = start.at + timedelta(milliseconds=round(after_s * 1000))
    return LogEntry(device_id=start.device_id, at=at, kind=kind, text=text, log_type=start.log_type)
