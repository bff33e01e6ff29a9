"""The face of a fleet, shown to the terminal and to the command line.

One `Fleet` is one context. Its parts are grouped by what a person does:

    fleet.look      what is known, from the cache             (fleet/look.py)
    fleet.change    what changes something on the service     (fleet/change.py)
    fleet.deploys   drafts, deployments, rollouts, back       (fleet/deploy.py)
    fleet.sync      passes over the whole account             (fleet/sync.py)
    fleet.watch     keeps visible devices fresh               (fleet/watch.py)
    fleet.logs      history and live lines of devices         (fleet/logs.py)
    fleet.changes   generations, and who wants to hear        (fleet/changes.py)

Nothing here blocks the event loop: SQL runs in reader threads, the network is awaited.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from imptui.fleet.change import Change
from imptui.fleet.changes import Changes
from imptui.fleet.deploy import Deploys
from imptui.fleet.logs import Logs
from imptui.fleet.look import Look
from imptui.fleet.status import Context, Status
from imptui.fleet.sync import Sync
from imptui.fleet.watch import Watch

if TYPE_CHECKING:
    from imptui.cache.store import Cache
    from imptui.client.central import Central
