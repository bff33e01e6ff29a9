"""Reads a request body within its limit of size, its deadline and its account's share of memory."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from imptui.domain.errors import Invalid, Rule, TooFast

BODY_LIMIT_BYTES = 24 * 1024 * 1024
"""Two programs of 4 MB each, written with escapes (a line end takes two bytes, a tab too), and room. Contract 12.2."""

OPEN_BODY_LIMIT_BYTES = 16 * 1024
"""Largest body of a call without a token: user name, password or tokens."""

SMALL_BODY_BYTES = 4 * 1024
"""A body up to this size is read before the token is checked, which saves a change of threads."""

ACCOUNT_SHARE_BYTES = 2 * BODY_LIMIT_BYTES
ALL_SHARES_BYTES = 4 * BODY_LIMIT_BYTES

DEADLINE_S = 30.0
"""Time in which a body must arrive, plus one second for each `SLOWEST_BYTES_S` that have arrived."""

SLOWEST_BYTES_S = 64 * 1024


class BodyShares:
    """Memory for the bodies that are being read or worked on, limited for each account and for all together.

    Used on one event loop.
    """

    def __init__(self, account_bytes: int = ACCOUNT_SHARE_BYTES, all_bytes: int = ALL_SHARES_BYTES) -> None:
        self._account_bytes = account_bytes
        self._all_bytes = all_bytes
        self._taken: Counter[str] = Counter()
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def room(self, account_id: str, size: int) -> AsyncIterator[None]:
        """Hold memory for one body until the end of the block; wait until there is room.

        Raises:
            TooFast: Other bodies took the room for the whole deadline.
        """
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not self._has_room(account_id, size):
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiting.append(waiter)
                    await waiter
        except TimeoutError:
            raise TooFast("Other large requests take all the memory for bodies; try again in a second.", 1) from None
        self._taken[account_id] += size
        try:
            yield
        finally:
            self._taken[account_id] -= size
            self._taken += Counter()  # drops what is zero
            while self._waiting:
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(None)

    def _has_room(self, account_id: str, size: int) -> bool:
        if not self._taken:
            return True
        return self._taken[account_id] + size <= self._account_bytes and self._taken.total() + size <= self._all_bytes


def announced_size(request: Request) -> int | None:
    """Return the size of the body in bytes according to the head; None if the head leaves it open."""
    if "transfer-encoding" in request.headers:
        return None
    length = request.headers.get("content-length", "0")
    return int(length) if length.isdecimal() else None


def check_size(size: int, limit_bytes: int) -> None:
    """Refuse a body over the limit.

    Raises:
        Invalid: With `Rule.CODE_TOO_LARGE`.
    """
    if size > limit_bytes:
        raise Invalid(f"The body is too large; at most {limit_bytes:,} bytes are read.", Rule.CODE_TOO_LARGE)


async def read_body(request: Request, limit_bytes: int = BODY_LIMIT_BYTES, deadline_s: float = DEADLINE_S) -> bytes:
    """Read the whole body; what is left of a refused one is the connection's to discard.

    Raises:
        Invalid: It is over the limit, or comes too slowly.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + deadline_s
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout_at(ends_at) as deadline:
            async for piece in request.stream():
                size += len(piece)
                check_size(size, limit_bytes)
                pieces.append(piece)
                deadline.reschedule(ends_at + size / SLOWEST_BYTES_S)
    except TimeoutError:
        raise Invalid(f"The body came too slowly: {size:,} bytes within the time for it.", Rule.BODY_TOO_SLOW) from None
    return b"".join(pieces)
