"""Conditional restarts: a program with a shutdown handler is asked first and restarts when it agrees.

A program that called `server.onshutdown` receives the reason, finishes its work, and agrees by
`server.restart()`. The engine waits for it one minute at most, a limit of our own (`PATIENCE_S`): neither primer nor
contract knows one. Programs that run a deployment older than the minimum supported one are not asked, nor are devices
that are offline: these restart when they next connect.

Asking runs a program, which takes some tens of milliseconds with its data of earlier starts. In a large group the
first devices of a deployment are asked, and the others follow the answer of the last of them.

Source: contract 10.4.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from imptui.cloud.environment.clock import to_ms
from imptui.cloud.rules import boot
from imptui.cloud.rules.deployment import is_supported
from imptui.cloud.rules.device import restart_group
from imptui.cloud.rules.visibility import group_for, imp_for, refuse
from imptui.cloud.simulation.log_replay import LogReplay, mentions
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.schedule import ScheduledTask
from imptui.cloud.storage.starts import ShutdownRequested, Start
from imptui.cloud.storage.world import World, WorldChange, WorldView
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.deployment import Programs
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId, DeviceId

RESTART = "restart"
"""Scheduled task: restart a device whose program delayed the restart until then."""

_AFTER_LAST_WORDS = timedelta(milliseconds=2)
"""Keeps a program's last lines before its successor's first, in whole milliseconds."""


_ASKED_AT_ONCE = 50
"""Devices asked in one transaction; their programs are run first, some milliseconds each."""


class Delay(Struct, frozen=True):
    """The answer of a program to a conditional restart: it delays it."""

    start: Start
    asked_at: datetime
    until: datetime | None
    """The time at which it agrees to restart; None: it was asked before and has not agreed yet."""


_ASKED_EACH = 20
"""Devices of one deployment whose own programs are run in one request."""

_LEEWAY = timedelta(milliseconds=500)
"""For devices that were not asked themselves: theirs may take a moment longer than the one they follow."""


class ShutdownPoll:
    """Asks programs in one request for a conditional restart and remembers their answers per deployment."""

    def __init__(self) -> None:
        self._asked: Counter[DeploymentId] = Counter()
        self._last: dict[DeploymentId, timedelta | None] = {}

    def delays_of(self, view: WorldView, imps: Sequence[Imp]) -> dict[DeviceId, Delay]:
        """Return the delays of those devices that delay a restart."""
        found = {imp.device.id: self._delay_of(view, imp) for imp in imps}
        return {device_id: delay for device_id, delay in found.items() if delay is not None}

    def _delay_of(self, view: WorldView, imp: Imp) -> Delay | None:
        """Return how long the programs of a device delay a restart; None: the device restarts at once."""
        past = _past_to_ask(view, imp)
        if past is None:
            return None
        start, running = past.starts[0], past.starts[0].deployment_id
        if start.asked_at is not None or running is None:
            return Delay(start, view.now, None)
        if self._asked[running] < _ASKED_EACH:
            self._asked[running] += 1
            agreed_at = past.asked(view.now).agreed_at
            is_at_once = agreed_at is None or agreed_at <= view.now
            self._last[running] = span = None if agreed_at is None or is_at_once else agreed_at - view.now
            return None if span is None else Delay(start, view.now, view.now + span + _AFTER_LAST_WORDS)
        span = self._last[running]
        return None if span is None else Delay(start, view.now, view.now + span + _LEEWAY)


def _past_to_ask(view: WorldView, imp: Imp) -> LogReplay | None:
    """Return the starts of a device whose programs may delay a restart; None if they cannot."""
    deployment = view.deployments.get(imp.running_deployment_id)
    if not imp.device.is_online or deployment is None or deployment.group_id != imp.device.group_id:
        return None
    if not is_supported(view, deployment) or not mentions(view, deployment, _may_delay):
        return None
    past = LogReplay(view, imp)
    return past if past.starts and past.starts[0].deployment_id == deployment.id else None


def may_delay(view: WorldView, group: DeviceGroup) -> bool:
    """Return True if any program that a device of a group runs could delay a restart."""
    running = (view.deployments.get(found) for found in view.devices.running_in(group.id))
    return any(mentions(view, deployment, _may_delay) for deployment in running if deployment is not None)


def restart_politely(tx: WorldChange, imp: Imp, delays: Mapping[DeviceId, Delay]) -> None:
    """Ask the programs of a device to shut down if they have a handler, else restart the device at once."""
    delay = delays.get(imp.device.id)
    if delay is None or not _is_still_running(tx, imp, delay.start):
        boot.restart(tx, imp)
    elif delay.until is not None:
        tx.starts.ask(delay.start, delay.asked_at)
        tx.schedule.add(delay.until, RESTART, imp.device.id, to_ms(delay.start.at))
        tx.announce(ShutdownRequested(imp.device.id))


def conditional_restart_device(world: World, reference: str, actor: Account) -> None:
    """Restart a device; ask its program first if it runs a supported deployment.

    A program with a shutdown handler restarts when it agrees, which may be after this returns. Raises what
    `restart_device` raises.

    Source: contract 10.4.
    """
    with world.view() as view:
        imp = imp_for(view, reference, actor)
        delays = ShutdownPoll().delays_of(view, [imp])
    with world.change() as tx:
        imp = imp_for(tx, reference, actor)
        refuse(policy.restart(is_assigned=imp.device.group_id is not None))
        restart_politely(tx, imp, delays)


def conditional_restart_group(world: World, group_id: str, actor: Account) -> None:
    """Start all devices of a group over, each as `conditional_restart_device` would.

    Runs programs only if one of them may delay a restart, and not those of every device; see the module docstring.

    Raises:
        NotFound: There is no such group for this account.
    """
    with world.view() as view:
        is_simple = not may_delay(view, group_for(view, group_id, actor))
    if is_simple:
        restart_group(world, group_id, actor)
        return
    asking = ShutdownPoll()
    after: DeviceId | None = None
    while True:
        with world.view() as view:
            group = group_for(view, group_id, actor)
            imps = view.devices.in_group(group.id, after, _ASKED_AT_ONCE)
            delays = asking.delays_of(view, imps)
        with world.change() as tx:
            for imp in (tx.devices.get(imp.device.id) for imp in imps):
                if imp is not None and imp.device.group_id == group.id:
                    restart_politely(tx, imp, delays)
        if len(imps) < _ASKED_AT_ONCE:
            return
        after = imps[-1].device.id
        world.backpressure.give_way()


def let_go(tx: WorldChange, errand: ScheduledTask, imp: Imp) -> None:
    """Restart a device whose programs have agreed, unless something else restarted it before."""
    starts = tx.starts.of(imp.device.id)
    if imp.device.group_id is not None and starts and starts[0].asked_at is not None and to_ms(starts[0].at) == errand.number:
        boot.restart(tx, imp)


def _is_still_running(tx: WorldChange, imp: Imp, start: Start) -> bool:
    latest = tx.starts.of(imp.device.id)
    return imp.device.is_online and bool(latest) and latest[0].number == start.number


def _may_delay(programs: Programs) -> bool:
    return "onshutdown" in programs.device_code or "onshutdown" in programs.agent_code
