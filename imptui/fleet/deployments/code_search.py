"""Looking for a text in all code that was ever read from here.

Code of a deployment is here once somebody looked at it, and never changes. Deployments with the same sha have the same
code, so it is searched once. Source: primer, "Deployments"; contract 12.3.
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
"""So many lines are told."""


class CodeFound(Struct, frozen=True):
    """A line in which something was found."""

    row: DeploymentRow
    hit: CodeHit


class Searched(Struct, frozen=True):
    """What one deployment more brought."""

    found: tuple[CodeFound, ...]
    """Agent first, by line."""
    done: int
    """Deployments searched until now."""
    total: int
    """Deployments whose code is here."""


def pattern_of(text: str, *, is_regex: bool, ignore_case: bool | None = None) -> RegularExpression:
    """What is looked for, as a pattern for one line.

    Args:
        text: A literal text, or a regular expression of Python.
        is_regex: Which of them.
        ignore_case: None: lower case finds both cases.

    Raises:
        Invalid: The text is empty, or no regular expression.
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
    """Searches what the cache holds, and reads what it does not."""

    def __init__(self, cache: Cache, look: ReadModel, programs: ProgramReader) -> None:
        self._cache, self._look, self._programs = cache, look, programs

    async def search(self, pattern: RegularExpression) -> AsyncIterator[Searched]:
        """One deployment after the other, most recently used first; whoever stops asking stops the search.

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
        """Known deployments whose code was never read from here, newest first."""
        return tuple(await asyncio.to_thread(self._cache.deployments.ids_without_code))

    async def fetch(self, ids: Sequence[DeploymentId]) -> AsyncIterator[DeploymentId]:
        """Read the code of these, one after the other; whoever stops asking stops it.

        Raises:
            NoAnswer: The service was not reached.
            Refused: The service refused.
        """
        for each in ids:
            await self._programs.of(each)
            yield each
