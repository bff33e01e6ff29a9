"""The objects that all requests of one engine share."""

from collections.abc import Callable

from msgspec import Struct

from imptui.cloud.api.budget import RequestBudget
from imptui.cloud.api.log_publisher import LogPublisher
from imptui.cloud.api.login_throttle import LoginThrottle
from imptui.cloud.api.request_body import BodyShares
from imptui.cloud.api.stream_hub import StreamHub
from imptui.cloud.api.webhook_deliveries import Deliveries
from imptui.cloud.storage.world import World
from imptui.cloud.wire.dialect import Dialect


class EngineService(Struct, frozen=True):
    """The world and what stands between it and its callers."""

    world: World
    dialect: Dialect
    budget: RequestBudget | None
    """None: no limit; answers then show a budget that is never spent."""
    unbonding: RequestBudget | None
    """Of calls that take devices out of production groups; None: no limit of their own. Source: contract 3."""
    bodies: BodyShares
    login_throttle: LoginThrottle
    hub: StreamHub
    publisher: LogPublisher
    deliveries: Deliveries
    unsubscribe: Callable[[], None]
    """Ends the subscription to the world's events."""

    def close(self) -> None:
        """End log streams and webhook posts; the world is its owner's to close."""
        self.unsubscribe()
        self.publisher.close()
        self.hub.close_all()
        self.deliveries.close()
