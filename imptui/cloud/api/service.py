"""The objects that all requests of one engine share."""

from collections.abc import Callable

from msgspec import Struct

from imptui.cloud.api.budget import PayerBudgets
from imptui.cloud.api.log_publisher import LogPublisher
from imptui.cloud.api.login_throttle import LoginThrottle
from imptui.cloud.api.request_body import BodyShares
from imptui.cloud.api.stream_hub import StreamHub
from imptui.cloud.api.webhook_deliveries import Deliveries
from imptui.cloud.storage.world import World
from imptui.cloud.wire.dialect import Dialect


class EngineService(Struct, frozen=True):
    """The world and the objects between it and its callers."""

    world: World
    dialect: Dialect
    budget: PayerBudgets | None
    """None: no limit; answers then show a budget that is never spent."""
    unbonding: PayerBudgets | None
    """Budgets of calls that unassign devices from production groups; None: no separate limit. Source: contract 3."""
    bodies: BodyShares
    login_throttle: LoginThrottle
    hub: StreamHub
    publisher: LogPublisher
    deliveries: Deliveries
    unsubscribe: Callable[[], None]
    """Ends the subscription to the world's events."""

    def close(self) -> None:
        """Close log streams and stop webhook posts; the owner closes the world."""
        self.unsubscribe()
        self.publisher.close()
        self.hub.close_all()
        self.deliveries.close()
