"""Webhook posts: queued after the change is committed, sent by one background thread, never by a request.

The engine does not reach out to the network on its own: addresses other than this machine's are recorded as withheld
unless the owner switched delivery on. Source: contract 13.
"""

import contextlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from imptui.cloud.storage.records import WebhookEvent
from imptui.cloud.storage.world import World

_log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
PAUSES_S = (0.5, 2.0, 5.0)
"""Waiting times before the second and later tries."""
POSTING_S = 10.0
"""Time that `posting` waits for webhook posts at its end."""
_QUEUE_LIMIT = 10_000
_END: Final = None


class WebhookReach(StrEnum):
    """Addresses that the engine may post to."""

    NOBODY = "nobody"
    LOOPBACK = "loopback"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post to be made."""

    url: str = field(repr=False)
    """Not shown: addresses of hooks often carry a secret."""
    content_type: str
    fields: Mapping[str, str | None]


class DeliveryOutcome(Struct, frozen=True):
    """The result of a delivery."""

    delivery: Delivery
    tries: int
    status: int | None
    """The last answer's status; None without an answer, or if nothing was sent."""
    remark: str


class Deliveries:
    """The queue and its thread, which starts with the first delivery.

    Args:
        reach: The addresses to post to.
        pauses_s: Waiting times before the second and later tries.
    """

    def __init__(self, reach: WebhookReach = WebhookReach.LOOPBACK, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
        self._reach = reach
        self._pauses_s = pauses_s
        self._queue: queue.Queue[Delivery | None] = queue.Queue(_QUEUE_LIMIT)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self.outcomes: deque[DeliveryOutcome] = deque(maxlen=1000)
        """The latest outcomes, oldest first."""
        self.on_outcome: Callable[[DeliveryOutcome], None] | None = None

    def put(self, delivery: Delivery) -> None:
        """Queue one post; returns at once. A full queue drops it and says so in the log."""
        if self._ending.is_set():
            return
        try:
            self._queue.put_nowait(delivery)
        except queue.Full:
            _log.warning("A webhook post was dropped: %d are waiting.", _QUEUE_LIMIT)
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webhook posts", daemon=True)
                self._thread.start()

    def finish(self, within_s: float) -> None:
        """Wait, for a limited time, until the queue was tried, then stop; the log names dropped posts."""
        with self._lock:
            thread = self._thread
        if thread is None:
            return
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(_END)
            thread.join(within_s)
        if thread.is_alive():
            _log.warning("Webhook posts were dropped: %d waited for receivers that do not answer.", self._queue.qsize())
            self.close()

    def close(self) -> None:
        """Stop posting and drop the queue."""
        self._ending.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            with contextlib.suppress(queue.Full):  # then the thread sees the event before its next try
                self._queue.put_nowait(_END)
            thread.join(TIMEOUT_S)

    def _run(self) -> None:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            while (delivery := self._queue.get()) is not _END and not self._ending.is_set():
                outcome = self._deliver(client, delivery)
                self.outcomes.append(outcome)
                if self.on_outcome is not None:
                    self.on_outcome(outcome)

    def _deliver(self, client: httpx.Client, delivery: Delivery) -> DeliveryOutcome:
        if not _is_within(self._reach, delivery.url):
            return DeliveryOutcome(delivery, 0, None, "withheld: delivery to this address is off")
        content = _content(delivery)
        status: int | None = None
        remark = ""
        tries = 0
        for pause_s in (0.0, *self._pauses_s):
            if self._ending.wait(pause_s):
                break
            tries += 1
            try:
                status = client.post(delivery.url, content=content, headers={"Content-Type": delivery.content_type}).status_code
                remark = f"answered {status}"
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                status, remark = None, f"no answer: {type(error).__name__}"
            if status is not None and status < 500 and status != 429:
                break
        return DeliveryOutcome(delivery, tries, status, remark)


def _content(delivery: Delivery) -> bytes:
    if delivery.content_type == "application/x-www-form-urlencoded":
        return str(httpx.QueryParams({name: value or "" for name, value in delivery.fields.items()})).encode()
    return msgspec.json.encode(dict(delivery.fields))


def _is_within(reach: WebhookReach, url: str) -> bool:
    if reach is not WebhookReach.LOOPBACK:
        return reach is WebhookReach.EVERYBODY
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def post_for(world: World, deliveries: Deliveries, events: Sequence[object]) -> None:
    """Queue the posts of the webhooks that subscribe to an event. Source: contract 13."""
    for event in events:
        if isinstance(event, WebhookEvent):
            with world.view() as view:
                hooks = view.webhooks.for_event(event.group_id, event.event)
            for hook in hooks:
                deliveries.put(Delivery(hook.url, hook.content_type, event.fields))


@contextlib.contextmanager
def posting(world: World) -> Iterator[None]:
    """Post the events of a world to webhooks on this machine until the end of the block; wait a while for the posts.

    Commands use it to change a world that they do not serve.
    """
    deliveries = Deliveries(pauses_s=PAUSES_S[:1])
    unsubscribe = world.subscribe(lambda events: post_for(world, deliveries, events))
    try:
        yield
    finally:
        unsubscribe()
        deliveries.finish(within_s=POSTING_S)
