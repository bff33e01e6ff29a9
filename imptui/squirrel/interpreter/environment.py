"""Inputs, budget and host of a running program."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal, Protocol

from msgspec import Struct, field

Plain = None | bool | int | float | str | bytes | list["Plain"] | dict["Plain", "Plain"]
"""A value that can be sent between device and agent. Text is Python text; blobs are bytes."""

LogKind = Literal["log", "error"]


class ProgramSide(Enum):
    """The half of a deployment that a program is: agent or device."""

    AGENT = "agent"
    DEVICE = "device"


class Memory(Struct, frozen=True):
    """Values of a device and its agent that survive from one start to the next."""

    saved: Plain = None
    """The table that the agent saved with `server.save`; None: it never did."""
    nv: Plain = None
    """The device's table `nv`; None: it is empty, as after a power cut."""


class ProgramEnvironment(Struct, frozen=True):
    """The environment that code can query. The caller determines all of it.

    Source: contract 16.
    """

    device_id: str = "5000d8c46a000000"
    mac_address: str = "0c2a69000000"
    agent_url: str = "https://agent.electricimp.com/000000000000"
    started_at_s: float = 0.0
    """UTC time of the restart, in seconds since 1970. `time()` and `date()` count from here."""
    env: Mapping[str, Plain] = field(default_factory=dict)
    """The group's environment variables; code sees them as the table `__VARS`."""
    ei: Mapping[str, str] = field(default_factory=dict)
    """The enumeration `__EI`: PRODUCT_ID, DEVICEGROUP_TYPE, DEPLOYMENT_SHA and the others."""
    software_version: str = "imp001 - release-42.16 - 2020-10-05"
    free_memory_bytes: int = 80_000
    rssi_dbm: int = -60
    seed: int = 1
    """Seed of `math.rand()` and of pin readings only."""
    memory: Memory = Memory()
    """Values that earlier starts saved."""
    wake_reason: int = 0
    """Reason of the start, as `hardware.wakereason()` returns it."""
    is_connected: bool = True
    """True if the other side is connected. An agent runs even if its device is offline."""


class ExecutionBudget(Struct, frozen=True):
    """Limits of one run; the program is stopped when one is reached."""

    steps: int = 400_000
    """Calls, loop rounds and visited elements. They take a third of a second of real time at worst, eight of the program's
    own."""
    memory_bytes: int = 16_000_000
    """Bytes allocated in total, freed or not."""
    lines: int = 2_000
    """Log lines; later lines are dropped and the program is stopped."""


class PrintedLine(Struct, frozen=True):
    """One line that the code printed."""

    at_s: float
    """Time of the line, in seconds after the restart."""
    source: ProgramSide
    kind: LogKind
    text: str
    """The text as given to `server.log`. It may hold any character, so treat it as hostile."""


class Blessing(Struct, frozen=True):
    """Device code called `server.bless(passed, callback)` (a device under test)."""

    at_s: float
    passed: bool


class Ending(Enum):
    """The reason why a program is over."""

    COMPILE_ERROR = "compile error"
    RUNTIME_ERROR = "runtime error"
    OUT_OF_STEPS = "ran too long"
    OUT_OF_MEMORY = "out of memory"
    TOO_MANY_LINES = "printed too much"
    ASLEEP = "asleep beyond the time asked for"
    RESTARTED = "asked for a restart"


class ProgramHost(Protocol):
    """Receiver of the output of a machine. Methods are called synchronously, in order of `at_s`, and must not raise."""

    def log(self, at_s: float, kind: LogKind, text: str) -> None:
        """Receive one line that the code printed."""

    def send(self, at_s: float, name: str, message: Plain) -> None:
        """Receive a message of the code to the other side."""

    def bless(self, at_s: float, *, passed: bool) -> None:
        """Receive the outcome of a device's test from its code."""
