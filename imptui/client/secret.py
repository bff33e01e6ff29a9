"""What must not be seen: tokens, keys and passwords, and what the client holds of them."""

from datetime import datetime, timedelta

from msgspec import Struct

MASK = "•••"


class Secret:
    """A piece of text that is shown as dots wherever it is printed, formatted or inspected by accident.

    Two secrets are equal when their texts are. It cannot be pickled, so that it lands in no file by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for a request that needs it, or a file with mode 0600. Never for the screen."""
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
        raise TypeError("A secret is not written down.")


class Credentials(Struct, frozen=True):
    """What the client proves itself with. Source: contract 5."""

    username: str = ""
    """Who is logged in, for the journal; may be empty with a login key."""
    access_token: Secret | None = None
    expires_at: datetime | None = None
    """When the access token ends. None: not told; it is then used until it is refused."""
    refresh_token: Secret | None = None
    login_key: Secret | None = None

    @property
    def can_renew(self) -> bool:
        """Whether a new access token can be had without asking a person."""
        return self.refresh_token is not None or self.login_key is not None

    def is_due(self, now: datetime, early: timedelta) -> bool:
        """Whether the access token is missing, over, or ends within `early`."""
        if self.access_token is None:
            return True
        return self.expires_at is not None and now + early >= self.expires_at
