"""Inputs, limits and outputs of a running program."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal, Protocol

from msgspec import Struct, field

Plain = None | bool | int | float | str | bytes | list["Plain"] | dict["Plain", "Plain"]
"""A value that can travel between device and agent. Text is Python text; blobs are bytes."""

LogKind = Literal["log", "error"]


class ProgramSide(Enum):
    """The side of a deployment on which a program runs."""

    AGENT = "agent"
    DEVICE = "device"


class Memory(Struct, frozen=True):
    """Data that a device and its agent keep from one start to the next."""

    saved: Plain = None
    """The table passed to `server.save`; None: it was never called."""
    nv: Plain = None
    """The device's table `nv`; None: it is empty, as after a power cut."""


class ProgramEnvironment(Struct, frozen=True):
    """Everything that code can find out about where it runs, decided by the caller.

    Source: contract 16.
    """

    device_id: str = "5000d8c46a000000"
    mac_address: str = "0c2a69000000"
    agent_url: str = "https://agent.electricimp.com/000000000000"
    started_at_s: float = 0.0
    """Seconds since 1970, UTC, at the restart; `time()` and `date()` count from here."""
    env: Mapping[str, Plain] = field(default_factory=dict)
    """The group's environment variables; code sees the table `__VARS`."""
    ei: Mapping[str, str] = field(default_factory=dict)
    """The enumeration `__EI`: PRODUCT_ID, DEVICEGROUP_TYPE, DEPLOYMENT_SHA and the others."""
    software_version: str = "imp001 - release-42.16 - 2020-10-05"
    free_memory_bytes: int = 80_000
    rssi_dbm: int = -60
    seed: int = 1
    """Start of `math.rand()`, of pin readings, and of nothing else."""
    memory: Memory = Memory()
    """Data of earlier starts."""
    wake_reason: int = 0
    """Reason of the start, as `hardware.wakereason()` returns it."""
    is_connected: bool = True
    """True if the other side is there. An agent runs even when its device is offline."""


class ExecutionBudget(Struct, frozen=True):
    """Limits of one run, after which it is stopped."""

    steps: int = 400_000
    """Calls, loop rounds and element visits; a third of a second of ours at worst, eight of the program's own."""
    memory_bytes: int = 16_000_000
    """Allocated in all, freed or not."""
    lines: int = 2_000
    """Log lines; later ones are dropped and the program stopped."""


class PrintedLine(Struct, frozen=True):
    """One line the code printed."""

    at_s: float
    """Seconds after the restart."""
    source: ProgramSide
    kind: LogKind
    text: str
    """The text passed to `server.log`; any characters, so treat it as hostile."""


class Blessing(Struct, frozen=True):
    """Device code called `server.bless(passed, callback)` (a device under test)."""

    at_s: float
    passed: bool


class Ending(Enum):
    """Why a program will not do anything any more."""

    COMPILE_ERROR = "compile error"
    RUNTIME_ERROR = "runtime error"
    OUT_OF_STEPS = "ran too long"
    OUT_OF_MEMORY = "out of memory"
    TOO_MANY_LINES = "printed too much"
    ASLEEP = "asleep beyond the time asked for"
    RESTARTED = "asked for a restart"


class ProgramHost(Protocol):
    """Receives a machine's output. Called synchronously, in order of `at_s`; must not raise."""

    def log(self, at_s: float, kind: LogKind, text: str) -> None:
        """The code printed one line."""

    def send(self, at_s: float, name: str, message: Plain) -> None:
        """The code sent a message to the other side."""

    def bless(self, at_s: float, *, passed: bool) -> None:
        """Device code reported the outcome of its test."""
