"""What the groups of calls have in common: how they read, page and change."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from imptui.client.api_call import Call
from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.client.reply import Reply
from imptui.client.session import Condition, Speaker

Answer = TypeVar("Answer")
Item = TypeVar("Item")


class Listing(Struct, Generic[Item], frozen=True):
    """A list of the service: where it is, what reading it is called, and how a page of it is understood."""

    path: str
    attempt: str
    decode: Callable[[bytes], tuple[Sequence[Item], bool, int | None]]
    """Bytes to items, whether there is a next page, and the total where told."""
    filters: tuple[tuple[str, str | None], ...] = ()
    """Names without `filter[...]`, and values; None leaves one out."""


NOTHING_KNOWN = About()


class Calls:
    """A group of calls, made through one speaker."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    async def _read(self, path: str, attempt: str, decode: Callable[[bytes], Answer], priority: Priority) -> Answer:
        reply = await self._speaker.read(Call("GET", path, attempt), priority)
        return self._speaker.decoded(attempt, reply, decode)

    async def _page(self, listing: Listing[Item], number: int, size: int, priority: Priority) -> Page[Item]:
        params = [(f"filter[{key}]", value) for key, value in listing.filters if value is not None]
        params += [("page[number]", str(number)), ("page[size]", str(min(size, PAGE_SIZE)))]
        reply = await self._speaker.read(Call("GET", listing.path, listing.attempt, tuple(params)), priority)
        items, has_next, total = self._speaker.decoded(listing.attempt, reply, listing.decode)
        return Page(items, number, has_next, reply.read_at, total)

    async def _pages(
        self, listing: Listing[Item], number: int, size: int, priority: Priority
    ) -> AsyncIterator[Page[Item]]:
        while True:
            page = await self._page(listing, number, size, priority)
            yield page
            if not page.has_next:
                return
            number += 1

    async def _change(
        self,
        call: Call,
        verb: str,
        kind: str,
        subject: str,
        *,
        about: About | None,
        after: Mapping[str, object] | None = None,
        touches: Sequence[tuple[str, str]] = (),
        created: Callable[[bytes], str] | None = None,
        condition: Condition | None = None,
    ) -> Reply:
        """The choke point: whatever may change something passes here, see `Speaker.change`."""
        return await self._speaker.change(
            call,
            verb=verb,
            kind=kind,
            subject=subject,
            about=about or NOTHING_KNOWN,
            after=after,
            touches=((kind, subject), *touches),
            created=created,
            condition=condition,
        )
