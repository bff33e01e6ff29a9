"""Serves the application on a TCP port."""

import signal
import socket
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from imptui.cloud.api.application import build_app, running
from imptui.cloud.api.connection import HttpConnection
from imptui.cloud.api.connection_limits import CONNECTIONS, ConnectionLimits
from imptui.cloud.api.host_check import is_loopback
from imptui.cloud.api.webhook_deliveries import WebhookReach
from imptui.cloud.storage.world import World
from imptui.runtime import freeze_after_collection

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

GRACE_S = 3
SOCKETS = 16_384
RESERVED_FILES = 200
"""Open files that connections leave for everything else."""


class CannotListen(Exception):
    """The address cannot be served; the message is one line for a person."""


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 takes a free one.

    Raises:
        CannotListen: The port is taken or not allowed, or the host is not this machine's.
    """
    listening: socket.socket | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except (OSError, OverflowError, UnicodeError) as error:
        if listening is not None:
            listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotListen(f"Cannot listen on {_bracketed(host)}:{port}: {reason}.") from None
    return listening


def endpoint_of(listening: socket.socket) -> str:
    """Return the endpoint for clients: `http://HOST:PORT/v5`, IPv6 hosts in brackets."""
    host, port = listening.getsockname()[:2]
    return f"http://{_bracketed(host)}:{port}/v5"


def is_exposed(listening: socket.socket) -> bool:
    """Return True if other machines may reach the address."""
    return not is_loopback(listening.getsockname()[0])


def _bracketed(host: str) -> str:
    try:
        return f"[{host}]" if ip_address(host).version == 6 else host
    except ValueError:
        return host


def allow_many_sockets() -> None:
    """Let this process have as many open files as the system allows it: each log stream is one."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SOCKETS if hard == resource.RLIM_INFINITY else min(SOCKETS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Server(uvicorn.Server):
    """A uvicorn server that ends log streams before it waits for open responses, which would never end."""

    def __init__(self, config: uvicorn.Config, close_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._close_streams = close_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the log streams with `closed`, then everything else. Source: contract 14.4."""
        self._close_streams()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Any:
        """End on SIGINT and SIGTERM, and then return to the caller instead of raising the signal once more."""
        handled = (signal.SIGINT, signal.SIGTERM)
        try:
            before = {number: signal.signal(number, self.handle_exit) for number in handled}
        except ValueError:  # not the main thread: somebody else has the signals
            yield
            return
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def connection_limits() -> ConnectionLimits:
    """Return limits that leave some of this process's open files for the world and its webhooks."""
    if resource is None:
        return ConnectionLimits()
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, soft - RESERVED_FILES)
    return ConnectionLimits(min(CONNECTIONS, allowed))


def server_of(
    app: ASGIApp,
    close_streams: Callable[[], None],
    connection: type[HttpConnection] = HttpConnection,
    limits: ConnectionLimits | None = None,
) -> Server:
    """A server for an application, not yet running; `run(sockets=[...])` runs it in any thread."""
    config = uvicorn.Config(
        app,
        http=partial(connection, limits=limits or connection_limits()),  # type: ignore[arg-type]  # uvicorn only calls it
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_S,
        ws="none",
    )
    return Server(config, close_streams)


def serve_world(
    world: World,
    host: str,
    port: int,
    *,
    dialect: str,
    rate_limit: int | None,
    unbond_limit: int | None,
    webhooks: str,
    how_to_log_in: str,
    hosts: Collection[str] = (),
    origins: Sequence[str] = (),
) -> None:
    """Serve a world until SIGINT or SIGTERM; takes the arguments of `build_app` and `serve`, `webhooks` as text.

    Requests must name a loopback name, `host`, or one of `hosts`.

    Raises:
        CannotListen: Nothing was served.
    """
    app = build_app(
        world,
        dialect=dialect,
        rate_limit=rate_limit,
        unbond_limit=unbond_limit,
        webhooks=WebhookReach(webhooks),
        hosts=(host, *hosts),
        origins=origins,
    )
    serve(app, host, port, how_to_log_in=how_to_log_in)


def serve(
    app: Starlette,
    host: str = "127.0.0.1",
    port: int = 8471,
    *,
    how_to_log_in: str = "",
    lives: bool = True,
    say: Callable[[str], None] | None = None,
) -> None:
    """Answer on a port until SIGINT or SIGTERM; they are obeyed from before the first word that is said.

    Args:
        app: What `build_app` made.
        host: A name or address of this machine.
        port: 0 takes a free one.
        how_to_log_in: Said after the endpoint, before the first request is answered.
        lives: Whether the world goes on by itself meanwhile.
        say: Says one line; standard output, flushed, unless given.

    Raises:
        CannotListen: Nothing was served.
    """
    say = say or _say
    allow_many_sockets()
    listening = bound_socket(host, port)
    server = server_of(app, app.state.service.hub.close_all)
    try:
        # The starting process waits for the first line and may send a signal as soon as it reads it.
        with server.capture_signals(), running(app, lives=lives):
            # What is there by now stays: looking through it again and again for what can go is half of what it costs to
            # run programs for a page of a log.
            freeze_after_collection()
            say(f"imptui serving {endpoint_of(listening)}")
            if how_to_log_in:
                say(how_to_log_in)
            server.run(sockets=[listening])
    finally:
        listening.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
