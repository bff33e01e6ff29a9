"""Replays a device's starts: the lines that programs print, and the memory that each start leaves for the next.

An agent reads back what it passed to `server.save`, and a device its table `nv`, so the starts before it are replayed
first, from the oldest stored start, whose memory is stored with it. Programs that neither save nor load are skipped.

Source: contract 16; the imp API for `server.save` and `nv`.
"""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from imptui.cloud.environment import telemetry
from imptui.cloud.simulation import start_transcript as transcript
from imptui.cloud.storage.device_rows import AGENT_ORIGIN
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.starts import Start
from imptui.cloud.storage.world import WorldView
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.group import GroupType
from imptui.domain.log import LogEntry
from imptui.squirrel.interpreter.environment import Memory, ProgramEnvironment

_POWER_ON, _NEW_SQUIRREL, _SQUIRREL_ERROR, _SW_RESTART = 0, 4, 5, 10
"""Values of the constants `WAKEREASON_*` of the imp API."""

_KEEPS_ON_AGENT, _KEEPS_ON_DEVICE = re.compile(r"\b(save|load)\b"), re.compile(r"\bnv\b")
_SPOKEN = timedelta(seconds=transcript.FOR_S + transcript.AGENT_START_S)


class ReplayedStart(NamedTuple):
    """The replayed lines and memory of one start."""

    service: Sequence[LogEntry]
    programs: Sequence[LogEntry]
    left: Memory
    """Memory for the next start, if these programs save anything."""
    agreed_at: datetime | None
    """The time at which its programs agreed to shut down, if they were asked."""

    @property
    def lines(self) -> Sequence[LogEntry]:
        """All lines of the start: the service's, the agent's and the device's."""
        return (*self.service, *self.programs)


class LogReplay:
    """The starts of one device in one view of the world, newest first."""

    def __init__(self, view: WorldView, imp: Imp) -> None:
        self.starts = view.starts.of(imp.device.id)
        self._view = view
        self._imp = imp
        self._found: dict[int, Memory] = {}

    def told(self, place: int) -> ReplayedStart:
        """Replay the start at this place, newest first."""
        return self._told(self.starts[place], place, self._ends_at(place))

    def unasked(self) -> ReplayedStart:
        """Replay the latest start without a request to shut down."""
        return self._told(replace(self.starts[0], asked_at=None), 0, None)

    def asked(self, at: datetime) -> ReplayedStart:
        """Replay the latest start with a request to shut down at this time."""
        return self._told(replace(self.starts[0], asked_at=at), 0, None)

    def said_since(self, start: Start) -> Sequence[LogEntry]:
        """Return what the programs of an announced start print as long as nothing ends them.

        The answer to a request to shut down is included only if `start` knows of the request: the world may have
        announced the start alone so far.
        """
        for place, kept in enumerate(self.starts):
            if kept.at == start.at:
                return self._told(replace(kept, asked_at=start.asked_at), place, None).programs
        return ()

    def found_by(self, place: int) -> bytes:
        """Return the memory that a start found, as stored bytes."""
        return _packed(self._memory_before(place))

    def _ends_at(self, place: int) -> datetime | None:
        if not place:
            return None
        ends_at = self.starts[place - 1].at
        return None if ends_at >= self.starts[place].at + _SPOKEN else ends_at

    def _told(self, start: Start, place: int, ends_at: datetime | None) -> ReplayedStart:
        deployment = self._view.deployments.get(start.deployment_id)
        remembers = self._remembers(deployment)
        memory = self._memory_before(place) if remembers else Memory()
        return self._worked_out(start, deployment, memory, ends_at if remembers else None)

    def _memory_before(self, place: int) -> Memory:
        """Return the memory that a start finds; replays from the oldest start needed, without recursion."""
        oldest = place
        while oldest not in self._found and self.starts[oldest].memory is None and oldest + 1 < len(self.starts):
            oldest += 1
        noted = self.starts[oldest].memory
        memory = self._found[oldest] if oldest in self._found else Memory() if noted is None else _unpacked(noted)
        for older in range(oldest, place, -1):
            self._found[older] = memory
            memory = self._left_by(older, memory)
        self._found[place] = memory
        return Memory(memory.saved) if self.starts[place].is_cold else memory

    def _left_by(self, place: int, found: Memory) -> Memory:
        start = self.starts[place]
        found = Memory(found.saved) if start.is_cold else found
        deployment = self._view.deployments.get(start.deployment_id)
        if not self._remembers(deployment):
            return found
        return self._worked_out(start, deployment, found, self._ends_at(place)).left

    def _worked_out(self, start: Start, deployment: Deployment | None, found: Memory, ends_at: datetime | None) -> ReplayedStart:
        facts = _facts(self._view, self._imp, start, deployment, found)
        seen = json.dumps([facts.env, facts.ei], default=str)
        kept = replace(start, number=0, memory=None)
        key = (kept, None if deployment is None else deployment.sha, seen, _packed(found), ends_at)

        def run() -> ReplayedStart:
            programs = None if deployment is None else self._view.deployments.programs(deployment.id)
            done = transcript.run(start, programs, facts, ends_at)
            return ReplayedStart(transcript.service_lines(start, programs), done.lines, done.memory, done.agreed_at)

        return _TRANSCRIPTS.get(key, run)

    def _remembers(self, deployment: Deployment | None) -> bool:
        """Return True if what its programs do may depend on earlier starts, or matter to later ones."""
        return deployment is not None and mentions(self._view, deployment, _keeps_something)


class ProgramReplay:
    """Replays the programs of a device's starts for a world that is about to delete the oldest one."""

    def memory_before(self, view: WorldView, imp: Imp, place: int) -> bytes:
        """Return the memory that the start at this place found, newest start first."""
        return LogReplay(view, imp).found_by(place)


def mentions(view: WorldView, deployment: Deployment, what: Callable[[Programs], bool]) -> bool:
    """Return True if the programs of a deployment mention something; looked through once for each sha."""

    def read() -> bool:
        return what(view.deployments.programs(deployment.id) or Programs("", ""))

    return _MENTIONS.get((deployment.sha, what), read)


def _keeps_something(programs: Programs) -> bool:
    return bool(_KEEPS_ON_AGENT.search(programs.agent_code) or _KEEPS_ON_DEVICE.search(programs.device_code))


def _packed(memory: Memory) -> bytes:
    return msgspec.msgpack.encode((memory.saved, memory.nv))


def _unpacked(packed: bytes) -> Memory:
    return Memory(*msgspec.msgpack.decode(packed, strict=False))


def _wake_reason(start: Start) -> int:
    if start.is_cold:
        return _POWER_ON
    if start.exit_text is not None:
        return _SQUIRREL_ERROR
    return _NEW_SQUIRREL if start.brings_new_code else _SW_RESTART


def _facts(view: WorldView, imp: Imp, start: Start, deployment: Deployment | None, memory: Memory) -> ProgramEnvironment:
    """Return the environment that the programs can see. Source: contract 16."""
    group = None if deployment is None or deployment.group_id is None else view.groups.get(deployment.group_id)
    product = None if group is None else view.products.get(group.product_id)
    compiled = None if deployment is None else view.deployments.surroundings(deployment.id)
    ei = {}
    if deployment is not None and group is not None and product is not None:
        ei = {
            "PRODUCT_ID": product.id,
            "PRODUCT_NAME": product.name if compiled is None else compiled.product_name,
            "DEVICEGROUP_ID": group.id,
            "DEVICEGROUP_NAME": group.name if compiled is None else compiled.group_name,
            "DEVICEGROUP_TYPE": _WIRE_TYPES.get(group.type, str(group.type)),
            "DEPLOYMENT_ID": deployment.id,
            "DEPLOYMENT_SHA": deployment.sha,
            "DEPLOYMENT_CREATED_AT": deployment.created_at.isoformat(timespec="milliseconds")[:-6] + "Z",
        }
    device = imp.device
    env_vars = compiled.env_vars if compiled is not None else {} if group is None else group.env_vars
    return ProgramEnvironment(
        device_id=device.id,
        mac_address=(device.mac_address or "").replace(":", ""),
        agent_url=AGENT_ORIGIN + imp.agent_id,
        started_at_s=start.at.timestamp(),
        env=dict(env_vars),
        ei=ei,
        software_version=device.swversion or "",
        free_memory_bytes=telemetry.free_memory_bytes(imp.seed, device.imp_type, start.at, start.at) or 0,
        rssi_dbm=telemetry.rssi_dbm(imp.seed, start.at) or telemetry.WEAKEST_DBM,
        seed=imp.seed & 0x7FFF_FFFF,
        memory=memory,
        wake_reason=_wake_reason(start),
    )


_WIRE_TYPES: dict[GroupType | str, str] = {
    GroupType.DEVELOPMENT: "development",
    GroupType.PRE_FACTORY: "pre_factoryfixture",
    GroupType.PRE_DUT: "pre_dut",
    GroupType.PRE_PRODUCTION: "pre_production",
    GroupType.FACTORY: "factoryfixture",
    GroupType.DUT: "dut",
    GroupType.PRODUCTION: "production",
}
"""Values of `__EI.DEVICEGROUP_TYPE`; programs see the live service's names in either dialect."""


T = TypeVar("T")


class _RecentResults(Generic[T]):
    """Thread-safe cache of recent results."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[object, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, work_out: Callable[[], T]) -> T:
        """The lines for a key, worked out if they are not known; two threads may work out the same."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        lines = work_out()
        with self._lock:
            self._kept[key] = lines
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return lines


_TRANSCRIPTS = _RecentResults[ReplayedStart](limit=1024)
"""Lines follow from the start and what the program sees, so worlds may share them."""

_MENTIONS = _RecentResults[bool](limit=1024)
