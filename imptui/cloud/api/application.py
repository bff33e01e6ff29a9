"""Builds the ASGI application from the table of routes."""

import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as PathRoute

from imptui.cloud.api import responses as answers
from imptui.cloud.api import routes as table
from imptui.cloud.api.budget import UNBOND_WINDOW_S, RequestBudget
from imptui.cloud.api.endpoint import PREFIX, Endpoint
from imptui.cloud.api.host_check import HostCheck
from imptui.cloud.api.log_publisher import LogPublisher
from imptui.cloud.api.log_streams import STREAM_PATH
from imptui.cloud.api.login_endpoint import LOGIN_PATH, LoginEndpoint
from imptui.cloud.api.login_throttle import LoginThrottle
from imptui.cloud.api.openapi import description_of
from imptui.cloud.api.paths import PathNormalizer
from imptui.cloud.api.request_body import BodyShares
from imptui.cloud.api.route import FLAT_TYPE, Route
from imptui.cloud.api.service import EngineService
from imptui.cloud.api.stream_endpoint import StreamEndpoint
from imptui.cloud.api.stream_hub import KEEP_ALIVE_S, StreamHub
from imptui.cloud.api.webhook_deliveries import PAUSES_S, Deliveries, WebhookReach, post_for
from imptui.cloud.environment.chance import Chance
from imptui.cloud.simulation.ticker import Ticker
from imptui.cloud.storage.world import World
from imptui.cloud.wire.dialect import DIALECTS

SWITCH_S = 0.001
"""The interpreter's switch interval while an engine runs; short, because a request changes threads several times."""

DEFAULT_LIMIT = 40
"""Requests per second and account on the live service. Source: contract 3."""


_PAGE_HEADERS = (
    "Authorization",
    "Cache-Control",
    "Content-Type",
    "Last-Event-ID",
    "X-Electricimp-Key",
    "X-Electricimp-OTP-Token",
    "X-Electricimp-Password",
)
"""Request headers that a web page may send. Source: contract 1.2."""


def build_app(
    world: World,
    *,
    dialect: str = "live",
    rate_limit: int | None = None,
    unbond_limit: int | None = None,
    webhooks: WebhookReach = WebhookReach.LOOPBACK,
    keep_alive_s: float = KEEP_ALIVE_S,
    pauses_s: tuple[float, ...] = PAUSES_S,
    pulse: Callable[[], float] = time.monotonic,
    hosts: Collection[str] | None = None,
    origins: Sequence[str] = (),
) -> Starlette:
    """Build the engine as an ASGI application; the same for both doors.

    Args:
        world: Its owner closes it, after the application is no longer used.
        dialect: `live` or `primer`.
        rate_limit: Requests per second and account; None for no limit.
        unbond_limit: Calls per minute and account that take devices out of production groups; None for no such limit.
        webhooks: Whom webhook posts may go to.
        keep_alive_s: Silence on a log stream before a comment is sent.
        pauses_s: Waiting times before a webhook post is tried again.
        pulse: Seconds that never go back, for the budget and for forgetting streams; not the world's time.
        hosts: Hosts that requests may name besides loopback names; None: the Host header is not checked.
        origins: Origins of web pages that may read answers; `*` for all.

    Raises:
        KeyError: There is no such dialect.
    """
    hub = StreamHub(Chance.unseeded().stream_id, keep_alive_s=keep_alive_s, pulse=pulse)
    publisher, deliveries = LogPublisher(world, hub), Deliveries(webhooks, pauses_s)
    service = EngineService(
        world=world,
        dialect=DIALECTS[dialect],
        budget=None if rate_limit is None else RequestBudget(rate_limit, pulse),
        unbonding=None if unbond_limit is None else RequestBudget(unbond_limit, pulse, window_s=UNBOND_WINDOW_S),
        bodies=BodyShares(),
        login_throttle=LoginThrottle(pulse),
        hub=hub,
        publisher=publisher,
        deliveries=deliveries,
        unsubscribe=world.subscribe(lambda events: _on_events(world, publisher, deliveries, events)),
    )
    app = Starlette(
        routes=[*_paths(service), PathRoute(PREFIX, answers.welcome), _description(service)],
        middleware=_middleware(hosts, origins),
        exception_handlers={404: answers.on_unknown_path, 405: answers.on_unknown_path, Exception: answers.on_failure},
    )
    app.router.redirect_slashes = False
    app.state.service = service
    return app


def _middleware(hosts: Collection[str] | None, origins: Sequence[str]) -> list[Middleware]:
    """Return the layers around the routes, the outermost first."""
    layers = [] if hosts is None else [Middleware(HostCheck, allowed=hosts)]
    if origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=_PAGE_HEADERS,
            expose_headers=["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"],
        )
        layers.append(cors)
    return [*layers, Middleware(PathNormalizer)]


@contextmanager
def running(app: Starlette, *, lives: bool = True) -> Iterator[None]:
    """Let an application work until the end of the block, then end log streams and webhook posts in good order.

    Args:
        app: What `build_app` made.
        lives: Whether its world goes on by itself meanwhile, in a background thread.
    """
    service: EngineService = app.state.service
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(min(before_s, SWITCH_S))
    ticking = Ticker(service.world) if lives else None
    if ticking is not None:
        ticking.start()
    try:
        yield
    finally:
        if ticking is not None:
            ticking.stop()
        service.close()
        sys.setswitchinterval(before_s)


_ENDPOINTS: dict[str, type[Endpoint]] = {STREAM_PATH: StreamEndpoint, LOGIN_PATH: LoginEndpoint}
"""Endpoints of paths that are not answered in one go."""


def _paths(service: EngineService) -> list[PathRoute]:
    by_path: dict[str, dict[str, Route]] = {}
    for route in table.ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    return [PathRoute(PREFIX + path, _ENDPOINTS.get(path, Endpoint)(service, path, routes)) for path, routes in by_path.items()]


def _description(service: EngineService) -> PathRoute:
    content = msgspec.json.encode(description_of(table.ROUTES, service.dialect, PREFIX))

    async def describe(_: Request) -> Response:
        return Response(content, headers={"content-type": FLAT_TYPE})

    return PathRoute("/openapi.json", describe)


def _on_events(world: World, publisher: LogPublisher, deliveries: Deliveries, events: Sequence[object]) -> None:
    """Hand on what a transaction announced: lines and starts to log streams, events to webhooks."""
    publisher.hear(events)
    post_for(world, deliveries, events)
