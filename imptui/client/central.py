"""impCentral: one method for each call that a user could name."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from imptui.client.calls.accounts import AccountCalls
from imptui.client.calls.deployments import DeploymentCalls
from imptui.client.calls.devices import DeviceCalls
from imptui.client.calls.groups import GroupCalls
from imptui.client.calls.products import ProductCalls
from imptui.client.calls.webhooks import WebhookCalls
from imptui.client.change import Journal
from imptui.client.guard import Guard
from imptui.client.logstream import LogCalls
from imptui.client.pace import Pace
from imptui.client.secret import Credentials
from imptui.client.session import Speaker

if TYPE_CHECKING:
    import httpx

PUBLIC_ENDPOINT = "https://api.electricimp.com/v5"
"""The public impCloud. Source: contract 1.1."""

OPEN = Guard()


class Central(AccountCalls, ProductCalls, GroupCalls, DeviceCalls, DeploymentCalls, WebhookCalls, LogCalls):
    """impCentral API v5 at one endpoint, for one account; public, private or the embedded engine.

    Every method is one call of the API, except that lists come page by page. Each may raise

    - `Refused` (`imptui.domain.errors`): the service, or the guard, said no;
    - `NoAnswer` (`imptui.client.errors`): no usable answer; `sent` tells whether the call may have been carried out.

    Reads are repeated when the budget was spent; changes are sent once, whatever happens. Device references may be a
    device id, a MAC address or an agent id. Names are not identifiers.

    Nothing is dialled, and httpx is not imported, before the first call. Use it in one event loop.

    Source: contract 0.3, 1, 4.3.
    """

    def __init__(
        self,
        endpoint: str = PUBLIC_ENDPOINT,
        *,
        credentials: Credentials | None = None,
        on_credentials: Callable[[Credentials], None] | None = None,
        guard: Guard = OPEN,
        journal: Journal | None = None,
        context: str = "",
        transport: "Callable[[], httpx.AsyncBaseTransport] | httpx.AsyncBaseTransport | None" = None,
        pace: Pace | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout_s: float = 30.0,
    ) -> None:
        """Describe the connection; nothing happens yet.

        Args:
            endpoint: The whole base, with scheme and `/v5`.
            credentials: What is known from earlier.
            on_credentials: Receives new credentials after each login and renewal, to be stored with mode 0600.
            guard: What may be changed here; may be replaced at any time through the attribute `guard`.
            journal: Receives each change.
            context: Name of the context, for the journal.
            transport: An httpx transport, or a function that makes one at the first call; None dials the endpoint.
            pace: The request budget; one per account. None makes one.
            clock: Tells the time, aware UTC.
            timeout_s: How long to wait for a connection and between bytes of an answer; for programs longer.
        """
        super().__init__(
            Speaker(
                endpoint,
                credentials=credentials or Credentials(),
                on_credentials=on_credentials,
                guard=guard,
                journal=journal,
                context=context,
                transport=transport,
                pace=pace or Pace(),
                clock=clock,
                timeout_s=timeout_s,
            )
        )

    @property
    def endpoint(self) -> str:
        """The base of all paths, without a slash at its end."""
        return self._speaker.endpoint

    @property
    def pace(self) -> Pace:
        """The request budget: `pace.budget` for the header, `pace.spare` for pollers."""
        return self._speaker.pace

    @property
    def guard(self) -> Guard:
        """What may be changed here."""
        return self._speaker.guard

    @guard.setter
    def guard(self, guard: Guard) -> None:
        self._speaker.guard = guard

    @property
    def credentials(self) -> Credentials:
        """What the client proves itself with at the moment."""
        return self._speaker.credentials

    async def close(self) -> None:
        """Let go of all connections. Calls under way fail."""
        await self._speaker.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
