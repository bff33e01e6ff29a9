"""A regular expression of the user, searched for without blocking other threads.

Python's matcher cannot be interrupted within one text and keeps the interpreter while it runs: `(a+)+b` would stop the console
for years. The package `regex` has timeouts, so it does every search that might take long: first for a moment too short to notice,
then longer with all other threads running.
"""

from __future__ import annotations

import re
import warnings
from functools import cached_property
from typing import TYPE_CHECKING

from imptui.domain.errors import Invalid, Rule

if TYPE_CHECKING:
    import regex

MOMENT_S = 0.02
"""Longest time, in seconds, for which other threads may be blocked."""

PATIENCE_S = 1.0
"""Longest time, in seconds, for one text in all."""

SHORT = 1_000
"""Length of a text up to which one repetition, quadratic at worst, ends within a moment."""

REPEATS = re.compile(r"[*+]|\{\d*,\d*\}")


class PatternTooLong(Invalid):
    """The search for a pattern did not end in time."""

    default_rule = Rule.INVALID_QUERY

    def __init__(self, place: str) -> None:
        super().__init__(f"The pattern takes too long on {place}; say more exactly what is looked for.")


class RegularExpression:
    """A regular expression or plain text to search for.

    Args:
        text: A regular expression of Python.
        ignore_case: True if upper and lower case are equal.
        is_plain: True to search for the text itself, not as a regular expression.

    Raises:
        Invalid: The text is no regular expression; the reason is the library's.
    """

    def __init__(self, text: str, *, ignore_case: bool = True, is_plain: bool = False) -> None:
        self.text = text
        self._flags = re.IGNORECASE if ignore_case else re.NOFLAG
        try:
            with warnings.catch_warnings(action="ignore"):  # warnings are about syntax whose meaning may change in a later Python
                self._quick = re.compile(re.escape(text) if is_plain else text, self._flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise Invalid(str(error), Rule.INVALID_QUERY) from error
        self._is_plain = is_plain
        is_backward = "(?P=" in text or re.search(r"\\\d", text) is not None
        self._is_tame = len(REPEATS.findall(text)) <= 1 and not is_backward

    def is_in(self, text: str, end: int | None = None) -> bool:
        """Return True if the expression matches within the first `end` characters of a text, or anywhere in it.

        Raises:
            PatternTooLong: The search did not end within `PATIENCE_S`.
        """
        end = len(text) if end is None else min(end, len(text))
        if self._is_plain or (self._is_tame and end <= SHORT):
            return self._quick.search(text, 0, end) is not None
        patient = self._patient
        try:
            return patient.search(text, 0, end, timeout=MOMENT_S) is not None
        except TimeoutError:
            pass
        try:
            return patient.search(text, 0, end, timeout=PATIENCE_S, concurrent=True) is not None
        except TimeoutError as error:
            raise PatternTooLong(repr(text[:40]) + (" ..." if len(text) > 40 else "")) from error

    @cached_property
    def _patient(self) -> regex.Pattern[str]:
        import regex  # loading takes a moment, and most filters are words

        try:
            with warnings.catch_warnings(action="ignore"):
                return regex.compile(self.text, int(self._flags))
        except regex.error as error:  # only Python's own matcher knows this syntax
            raise Invalid(str(error), Rule.INVALID_QUERY) from error
