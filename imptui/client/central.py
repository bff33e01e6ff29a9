"""impCentral at one endpoint: the face of this room."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Self

from imptui.client.change import JournalSink
from imptui.client.connection_settings import ConnectionSettings
from imptui.client.guard import Guard
from imptui.client.identity import Identity
from imptui.client.pace import Pace
from imptui.client.secret import ClientCredentials, Secret

if TYPE_CHECKING:
    import httpx

    from imptui.client.calls.accounts import AccountCalls
    from imptui.client.calls.deployments import DeploymentCalls
    from imptui.client.calls.devices import DeviceCalls
    from imptui.client.calls.groups import GroupCalls
    from imptui.client.calls.libraries import LibraryCalls
    from imptui.client.calls.login_keys import LoginKeyCalls
    from imptui.client.calls.logstreams import LogStreamCalls
    from imptui.client.calls.products import ProductCalls
    from imptui.client.calls.tokens import TokenCalls
    from imptui.client.calls.webhooks import WebhookCalls
    from imptui.client.login import LoginEnd, SessionLogin
    from imptui.client.session import Session

PUBLIC_ENDPOINT = "https://api.electricimp.com/v5"
"""The public impCloud. Source: contract 1.1."""

OPEN = Guard()


class Central:
    """impCentral API v5 at one endpoint, for one account; public, private or the embedded engine.

    Calls are grouped by resource: `central.devices.restart(...)`. Each method is one call of the API, except that lists
    come page by page. Each may raise

    - `Refused` (`imptui.domain.errors`): the service, or the guard, refuses;
    - `NoAnswer` (`imptui.client.errors`): no usable answer; `sent` tells whether the call may have been carried out.

    Reads are repeated if the budget was spent; changes are sent once, whatever happens. Device references may be a
    device id, a MAC address or an agent id. Names are not identifiers.

    The first call loads httpx and the codec, and connects. Use a `Central` in one event loop.

    Source: contract 0.3, 1, 4.3.
    """

    def __init__(
        self,
        endpoint: str = PUBLIC_ENDPOINT,
        *,
        credentials: ClientCredentials | None = None,
        on_credentials: Callable[[ClientCredentials], None] | None = None,
        guard: Guard = OPEN,
        journal: JournalSink | None = None,
        context: str = "",
        transport: "Callable[[], httpx.AsyncBaseTransport] | httpx.AsyncBaseTransport | None" = None,
        pace: Pace | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout_s: float = 30.0,
        on_clock_skew: Callable[[timedelta], None] | None = None,
    ) -> None:
        """Describe the connection; nothing is loaded or sent yet.

        Args:
            endpoint: The whole base, with scheme and `/v5`.
            credentials: Those of an earlier login.
            on_credentials: Receives new credentials after each login and renewal, to be stored with mode 0600.
            guard: What may be changed here; assign to the attribute `guard` to replace it at any time.
            journal: Receives each change.
            context: Name of the context, for the journal.
            transport: An httpx transport, or a function that makes one at the first call; None connects to the endpoint.
            pace: The request budget; one per account. None makes one.
            clock: Returns the time, aware UTC.
            on_clock_skew: Receives once by how much this machine's clock is ahead of the service's, if it is much.
            timeout_s: How long to wait for a connection and between bytes of an answer; longer for programs.
        """
        self.guard = guard
        """The rules on changes from this context."""
        self.pace = pace or Pace()
        """The request budget: `pace.budget` for the header, `pace.spare` for pollers."""
        self._settings = ConnectionSettings(
            endpoint=endpoint.rstrip("/"),
            identity=Identity(credentials or ClientCredentials(), on_credentials),
            guard=lambda: self.guard,
            journal=journal,
            context=context,
            transport=transport,
            pace=self.pace,
            clock=clock,
            timeout_s=timeout_s,
            on_clock_skew=on_clock_skew,
        )
        self._opened: Session | None = None

    @property
    def endpoint(self) -> str:
        """The base of all paths, without a slash at its end."""
        return self._settings.endpoint

    @property
    def credentials(self) -> ClientCredentials:
        """The credentials of the moment."""
        return self._settings.identity.credentials

    async def login(self, username: str, password: Secret) -> ClientCredentials:
        """Log in with a user name or e-mail address, see `SessionLogin.with_password`."""
        return await self._login.with_password(username, password)

    async def login_otp(self, login_token: Secret, one_time_password: Secret, *, username: str = "") -> ClientCredentials:
        """Do the second step of a login, see `SessionLogin.with_one_time_password`."""
        return await self._login.with_one_time_password(login_token, one_time_password, username)

    async def exchange(
        self, *, refresh_token: Secret | None = None, login_key: Secret | None = None
    ) -> ClientCredentials:
        """Get a new access token for a refresh token or a login key, see `SessionLogin.exchange`."""
        return await self._login.exchange(refresh_token, login_key)

    async def end_login(self) -> "LoginEnd":
        """Have the service forget the refresh token of this login, see `SessionLogin.end`."""
        return await self._login.end()

    async def close(self) -> None:
        """Close all connections. Calls under way fail; the next call opens a new connection."""
        if self._opened is not None:
            await self._opened.close()

    @cached_property
    def accounts(self) -> "AccountCalls":
        """The calls about accounts."""
        from imptui.client.calls.accounts import AccountCalls

        return AccountCalls(self._session)

    @cached_property
    def tokens(self) -> "TokenCalls":
        """The calls about refresh tokens."""
        from imptui.client.calls.tokens import TokenCalls

        return TokenCalls(self._session)

    @cached_property
    def login_keys(self) -> "LoginKeyCalls":
        """The calls about login keys."""
        from imptui.client.calls.login_keys import LoginKeyCalls

        return LoginKeyCalls(self._session)

    @cached_property
    def products(self) -> "ProductCalls":
        """The calls about products."""
        from imptui.client.calls.products import ProductCalls

        return ProductCalls(self._session)

    @cached_property
    def groups(self) -> "GroupCalls":
        """The calls about device groups and their members."""
        from imptui.client.calls.groups import GroupCalls

        return GroupCalls(self._session)

    @cached_property
    def devices(self) -> "DeviceCalls":
        """The calls about devices."""
        from imptui.client.calls.devices import DeviceCalls

        return DeviceCalls(self._session)

    @cached_property
    def deployments(self) -> "DeploymentCalls":
        """The calls about deployments."""
        from imptui.client.calls.deployments import DeploymentCalls

        return DeploymentCalls(self._session)

    @cached_property
    def webhooks(self) -> "WebhookCalls":
        """The calls about webhooks."""
        from imptui.client.calls.webhooks import WebhookCalls

        return WebhookCalls(self._session)

    @cached_property
    def libraries(self) -> "LibraryCalls":
        """The calls about code libraries."""
        from imptui.client.calls.libraries import LibraryCalls

        return LibraryCalls(self._session)

    @cached_property
    def logstreams(self) -> "LogStreamCalls":
        """The calls about log streams."""
        from imptui.client.calls.logstreams import LogStreamCalls

        return LogStreamCalls(self._session)

    @property
    def _session(self) -> "Session":
        if self._opened is None:
            from imptui.client.session import Session

            self._opened = Session(self._settings)
        return self._opened

    @cached_property
    def _login(self) -> "SessionLogin":
        from imptui.client.login import SessionLogin

        return SessionLogin(self._session, self.tokens)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
