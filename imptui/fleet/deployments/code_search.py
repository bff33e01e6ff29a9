"""Search for a text in all code that the cache holds.

The cache holds the code of each deployment that was opened here; code never changes. Deployments with the same sha have the
same code, so it is searched once. Source: primer, "Deployments"; contract 12.3.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.domain.errors import Invalid, Rule
from imptui.domain.ids import DeploymentId
from imptui.domain.rows import CodeHit
from imptui.fleet.deployments.programs import ProgramReader
from imptui.fleet.read_model import DeploymentRow, ReadModel
from imptui.query.regular_expression import RegularExpression

HIT_LIMIT = 10_000
"""The maximum number of lines that a search returns."""


class CodeFound(Struct, frozen=True):
    """A line of code that matches the pattern."""

    row: DeploymentRow
    hit: CodeHit


class Searched(Struct, frozen=True):
    """The result of searching one more deployment."""

    found: tuple[CodeFound, ...]
    """The lines found, agent code first, in line order."""
    done: int
    """The number of deployments searched so far."""
    total: int
    """The number of deployments whose code is in the cache."""


def pattern_of(text: str, *, is_regex: bool, ignore_case: bool | None = None) -> RegularExpression:
    """Compile the search text to a pattern for one line.

    Args:
        text: A literal text, or a regular expression of Python.
        is_regex: True if the text is a regular expression.
        ignore_case: None ignores case if the text has no capitals.

    Raises:
        Invalid: The text is empty, or is not a valid regular expression.
    """
    if not text:
        raise Invalid("Nothing to look for was given.", Rule.INVALID_QUERY)
    try:
        return RegularExpression(
            text, ignore_case=text == text.lower() if ignore_case is None else ignore_case, is_plain=not is_regex
        )
    except Invalid as error:
        raise Invalid(f"{text!r} is no regular expression: {error.reason}.", Rule.INVALID_QUERY) from error


class CodeSearch:
    """Searches code in the cache, and fetches code that the cache lacks."""

    def __init__(self, cache: Cache, look: ReadModel, programs: ProgramReader) -> None:
        self._cache, self._look, self._programs = cache, look, programs

    async def search(self, pattern: RegularExpression) -> AsyncIterator[Searched]:
        """Search one deployment after the other, most recently used first; closing the iterator stops the search.

        Raises:
            TooLong: The pattern takes too long on one of them.
        """
        ids = await asyncio.to_thread(self._cache.deployments.ids_with_code)
        by_sha: dict[str, Sequence[CodeHit]] = {}
        left = HIT_LIMIT
        yield Searched((), 0, len(ids))
        for done, deployment_id in enumerate(ids, 1):
            row = await self._look.deployment(deployment_id)
            if row is None:
                continue
            sha = row.deployment.sha
            if sha not in by_sha:
                by_sha[sha] = await asyncio.to_thread(self._cache.deployments.search_code, deployment_id, pattern, left)
            found = [CodeFound(row, CodeHit(deployment_id, hit.program, hit.line, hit.text)) for hit in by_sha[sha][:left]]
            left -= len(found)
            yield Searched(tuple(found), done, len(ids))
            if left <= 0:
                return

    async def missing(self) -> tuple[DeploymentId, ...]:
        """Return the known deployments whose code is not in the cache, newest first."""
        return tuple(await asyncio.to_thread(self._cache.deployments.ids_without_code))

    async def fetch(self, ids: Sequence[DeploymentId]) -> AsyncIterator[DeploymentId]:
        """Fetch the code of these deployments one by one; closing the iterator stops it.

        Raises:
            NoAnswer: The service was not reached.
            Refused: The service refused.
        """
        for each in ids:
            await self._programs.of(each)
            yield each
