"""The credentials that a session uses at the moment."""

from collections.abc import Callable

from imptui.client.secret import ClientCredentials


class Identity:
    """Holds the current credentials and passes new ones on to be stored.

    Args:
        credentials: Those of an earlier login.
        on_credentials: Receives new ones after each login and renewal.
    """

    def __init__(
        self, credentials: ClientCredentials, on_credentials: Callable[[ClientCredentials], None] | None = None
    ) -> None:
        self.credentials = credentials
        self._on_credentials = on_credentials

    def adopt(self, credentials: ClientCredentials) -> None:
        """Use these credentials from now on, and have them stored."""
        self.credentials = credentials
        if self._on_credentials is not None:
            self._on_credentials(credentials)
