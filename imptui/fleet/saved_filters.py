"""Saved filters: those of the settings, which this program never changes, and those that the user saved here."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ParamSpec, TypeVar

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Rule
from imptui.query.grammar import parse
from imptui.query.query import Query, SavedFilter

LONGEST_NAME = 60

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class SavedFilters:
    """The named filters of one context."""

    def __init__(self, cache: Cache, now: Callable[[], datetime], fixed: Mapping[str, str] | None = None) -> None:
        self._cache = cache
        self._now = now
        self._fixed = {name: SavedFilter(name, text, is_fixed=True) for name, text in (fixed or {}).items()}

    async def all(self) -> tuple[SavedFilter, ...]:
        """All of them: those of the settings in their order, then the saved ones by name."""
        saved = await asyncio.to_thread(self._cache.saved.all)
        return (*self._fixed.values(), *(each for each in saved if each.name not in self._fixed))

    async def one(self, name: str) -> SavedFilter:
        """The filter of a name, capitals aside where that is unique.

        Raises:
            NotFound: There is none.
        """
        there = await self.all()
        found = [each for each in there if each.name == name] or [each for each in there if each.name.lower() == name.lower()]
        if len(found) != 1:
            names = ", ".join(each.name for each in there) or "none"
            raise NotFound(f"There is no saved filter {name!r}; there are {names}.")
        return found[0]

    async def save(self, name: str, text: str) -> SavedFilter:
        """Give a filter a name; one of that name is replaced.

        Raises:
            Invalid: The name or the filter makes no sense.
            Forbidden: The settings have a filter of that name.
        """
        saved = SavedFilter(self._free(name), text.strip())
        if parse(saved.text) is None:
            raise Invalid("There is no filter to save.", rule=Rule.INVALID_QUERY)
        await _written(f"save the filter {saved.name!r}", self._cache.saved.save, saved)
        return saved

    async def rename(self, old: str, new: str) -> None:
        """Give a saved filter another name.

        Raises:
            Invalid: The new name makes no sense.
            Forbidden: One of them is in the settings.
            Conflict: There is one of the new name.
            NotFound: There is none of the old name.
        """
        self._may_change(old)
        name = self._free(new)
        if not await _written(f"rename the filter {old!r}", self._cache.saved.rename, old, name):
            await self.one(old)
            raise Conflict(f"There is a saved filter {name!r} already.")

    async def drop(self, name: str) -> None:
        """Forget a saved filter.

        Raises:
            Forbidden: It is in the settings.
            NotFound: There is none of that name.
        """
        self._may_change(name)
        if not await _written(f"forget the filter {name!r}", self._cache.saved.drop, name):
            raise NotFound(f"There is no saved filter {name!r}.")

    async def count(self, saved: SavedFilter) -> int | None:
        """Return the number of devices that a filter finds now; None: it is invalid, or its pattern takes too long."""
        try:
            where = parse(saved.text)
            return await asyncio.to_thread(self._cache.devices.count, Query(where=where), self._now())
        except Invalid:
            return None

    def _free(self, name: str) -> str:
        kept = name.strip()
        if not kept or len(kept) > LONGEST_NAME or not kept.isprintable():
            raise Invalid(f"A name has 1 to {LONGEST_NAME} letters.", rule=Rule.INVALID_QUERY)
        self._may_change(kept)
        return kept

    def _may_change(self, name: str) -> None:
        if name in self._fixed:
            raise Forbidden(f"{name!r} is a filter of settings.toml: change it there.")


async def _written(
    attempt: str, write: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Answer:
    """Call a method of the cache that writes, in a thread.

    Raises:
        Conflict: The cache cannot be written now; the sentence says what was not done and why.
    """
    try:
        return await asyncio.to_thread(write, *arguments, **named)
    except CacheUnreadable as error:
        if not error.is_passing:
            raise
        raise Conflict(f"Could not {attempt}: {error}") from error
