"""A session with one endpoint: reads, changes, and the decoding of answers.

`Session.change` is the choke point of the program: nothing changes at the service without passing it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from imptui.client.api_call import ApiCall
from imptui.client.change import ChangeOutcome
from imptui.client.change_request import ChangeReport, ChangeRequest
from imptui.client.codec.refusals import bounded
from imptui.client.connection_settings import ConnectionSettings
from imptui.client.errors import Failed, Malformed, NoAnswer
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.reply import Reply, Stream
from imptui.domain.errors import Refused, Rule, TooFast

if TYPE_CHECKING:
    from imptui.client.connection import HttpConnection

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Wire = TypeVar("Wire")

READ_TRIES = 6
"""The number of attempts at a read if the budget is spent each time."""

READ_PATIENCE_S = 300.0
"""The longest time that a read waits for the service, in all its tries."""


class Session:
    """Sends the calls of one account to one endpoint. Connects at the first call."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self.settings = settings
        self._connecting = asyncio.Lock()
        self._connection: HttpConnection | None = None

    async def read(
        self, path: str, attempt: str, decode: Callable[[bytes], Answer], priority: Priority = Priority.LOOK
    ) -> Answer:
        """Read and decode one resource.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        reply = await self.fetch(ApiCall("GET", path, attempt), priority)
        return self.decode(attempt, reply.body, decode)

    async def fetch(self, call: ApiCall, priority: Priority) -> Reply:
        """Send a call that changes nothing; repeat it if the budget was spent, or the service says when to come back.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        connection, waited_s = await self.connect(), 0.0
        for _ in range(READ_TRIES - 1):
            try:
                return await connection.send(call, priority)
            except (TooFast, Failed) as busy:
                if busy.retry_after_s is None:
                    raise
                waited_s += busy.retry_after_s  # the pace holds the next turn back until then
                if waited_s > READ_PATIENCE_S:
                    raise
        return await connection.send(call, priority)

    async def page(
        self, listing: Listing[Item], number: int, size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> ApiPage[Item]:
        """Read one page of a list."""
        params = [(f"filter[{key}]", value) for key, value in listing.filters if value is not None]
        params += [("page[number]", str(number)), ("page[size]", str(min(size, PAGE_SIZE)))]
        reply = await self.fetch(ApiCall("GET", listing.path, listing.attempt, tuple(params)), priority)
        items, has_next, total = self.decode(listing.attempt, reply.body, listing.decode)
        return ApiPage(items, number, has_next, reply.read_at, total)

    async def pages(
        self, listing: Listing[Item], start_page: int, page_size: int, priority: Priority
    ) -> AsyncIterator[ApiPage[Item]]:
        """Read a list page by page, from `start_page` to its end."""
        number = start_page
        while True:
            page = await self.page(listing, number, page_size, priority)
            yield page
            if not page.has_next:
                return
            number += 1

    async def change(self, request: ChangeRequest) -> Reply:
        """Send a change once: ask the guard, then the condition, send, and report the outcome to the journal.

        Raises:
            Refused, NoAnswer: See `Central`. The journal knows of it.
        """
        report = ChangeReport(request, self.settings)
        await self._check_permission(request, report)
        try:
            reply = await (await self.connect()).send(request.call, Priority.ACTION)
        except Refused as refusal:
            is_ours = refusal.rule is Rule.READ_ONLY
            report.end(ChangeOutcome.FORBIDDEN if is_ours else ChangeOutcome.REFUSED, refusal.reason)
            raise
        except NoAnswer as problem:
            problem.is_outcome_unknown = problem.sent
            report.end(ChangeOutcome.UNKNOWN if problem.sent else ChangeOutcome.NOT_SENT, str(problem))
            raise
        except asyncio.CancelledError:
            report.end(ChangeOutcome.UNKNOWN, "Given up before an answer came.")
            raise
        report.end(ChangeOutcome.DONE, str(reply.status), _created_id(request, reply))
        return reply

    async def change_and_decode(self, request: ChangeRequest, decode: Callable[[bytes], Answer]) -> Answer:
        """Send a change, see `change`, and decode the answer."""
        reply = await self.change(request)
        try:
            return self.decode(request.call.attempt, reply.body, decode)
        except Malformed as problem:
            problem.is_outcome_unknown = True
            raise

    async def send_harmless(self, call: ApiCall) -> Reply:
        """Send once a call that is no GET and changes nothing of the fleet; `GuardedTransport` lists those calls."""
        return await (await self.connect()).send(call, Priority.LOOK)

    async def open_stream(self, call: ApiCall, silence_s: float) -> Stream:
        """Open an event stream, see `HttpConnection.open_stream`."""
        return await (await self.connect()).open_stream(call, silence_s)

    def decode(self, attempt: str, wire: Wire, decode: Callable[[Wire], Answer]) -> Answer:
        """Decode what the service sent.

        Raises:
            Malformed: It cannot be understood; the error names the place.
        """
        try:
            return decode(wire)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why, _, where = str(error).partition(" - at `")
            raise Malformed(attempt, self.settings.endpoint, bounded(why), where=_innermost(where)) from None

    async def connect(self) -> "HttpConnection":
        """Return the connection; the first caller opens it, in a thread.

        Importing httpx and reading certificates take 0.3 s together.
        """
        if self._connection is not None:
            return self._connection
        async with self._connecting:
            if self._connection is None:
                self._connection = await asyncio.to_thread(self._open)
            return self._connection

    def _open(self) -> "HttpConnection":
        from imptui.client.connection import HttpConnection

        return HttpConnection(self.settings)

    async def close(self) -> None:
        """Close all connections; the next call opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _check_permission(self, request: ChangeRequest, report: ChangeReport) -> None:
        attempt = request.call.attempt
        guard = self.settings.guard()
        forbidden = guard.forbids(attempt, request.protected_things, request.known_names)
        try:
            if forbidden is None and guard.protected and guard.known is not None:
                from imptui.client.reach import Reach

                forbidden = await Reach(self, guard.known, attempt).forbids(guard, request)
            if forbidden is None and request.condition is not None:
                forbidden = await request.condition()
        except (Refused, NoAnswer) as problem:
            report.end(ChangeOutcome.NOT_SENT, str(problem))
            if isinstance(problem, NoAnswer):
                problem.sent = False  # the change was not; the read before it may have been
            raise
        if forbidden is not None:
            report.end(ChangeOutcome.FORBIDDEN, forbidden.reason)
            raise forbidden


def _created_id(request: ChangeRequest, reply: Reply) -> str | None:
    if request.created_id is None:
        return None
    try:
        return request.created_id(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _innermost(where: str) -> str:
    # msgspec and the decoders report places inside places, innermost first.
    return where.split(" - at `", maxsplit=1)[0].rstrip("`")
