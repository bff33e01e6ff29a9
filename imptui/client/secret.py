"""Tokens, keys and passwords, in a form that is never shown."""

from datetime import datetime, timedelta

from msgspec import Struct

MASK = "•••"


class Secret:
    """A text that appears as dots wherever it is printed, formatted or inspected by accident.

    Two secrets are equal if their texts are. A secret cannot be pickled, so that it reaches no file by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text: for a request that needs it, or a file with mode 0600. Never for the screen."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("A secret cannot be pickled.")


class ClientCredentials(Struct, frozen=True):
    """The tokens and keys of one login. Source: contract 5."""

    username: str = ""
    """The user name, for the journal; may be empty with a login key."""
    access_token: Secret | None = None
    expires_at: datetime | None = None
    """The end of the access token. None: unknown; it is then used until the service refuses it."""
    refresh_token: Secret | None = None
    login_key: Secret | None = None

    @property
    def can_renew(self) -> bool:
        """True if a new access token can be obtained without asking a person."""
        return self.refresh_token is not None or self.login_key is not None

    def is_due(self, now: datetime, early: timedelta) -> bool:
        """Return True if the access token is missing, over, or ends within `early`."""
        if self.access_token is None:
            return True
        return self.expires_at is not None and now + early >= self.expires_at
