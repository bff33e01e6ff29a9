"""A regular expression that somebody typed, looked for so that nothing else has to wait for it.

Python's matcher cannot be interrupted within one text, and while it runs no other thread does: `(a+)+b` would stop the
console for years. So what might take long is looked for by the `regex` package, which keeps to a time: first for a
moment, beside which nobody notices a wait, then longer, with all other threads running.
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
"""So long other threads may be held up."""

PATIENCE_S = 1.0
"""So long one text may take in all."""

SHORT = 1_000
"""Characters of a text on which one repetition, which takes their square at worst, is over within a moment."""

REPEATS = re.compile(r"[*+]|\{\d*,\d*\}")


class PatternTooLong(Invalid):
    """The pattern did not come to an end on some text."""

    default_rule = Rule.INVALID_QUERY

    def __init__(self, where: str) -> None:
        super().__init__(f"The pattern takes too long on {where}; say more exactly what is looked for.")


class RegularExpression:
    """What is looked for in texts.

    Args:
        text: A regular expression of Python.
        ignore_case: Whether capitals do not matter.
        is_plain: The text as it stands is looked for, and it is no regular expression.

    Raises:
        Invalid: It is no regular expression; the reason is the library's.
    """

    def __init__(self, text: str, *, ignore_case: bool = True, is_plain: bool = False) -> None:
        self.text = text
        self._flags = re.IGNORECASE if ignore_case else re.NOFLAG
        try:
            with warnings.catch_warnings(action="ignore"):  # what may mean something else one day
                self._quick = re.compile(re.escape(text) if is_plain else text, self._flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise Invalid(str(error), Rule.INVALID_QUERY) from error
        self._is_plain = is_plain
        is_backward = "(?P=" in text or re.search(r"\\\d", text) is not None
        self._is_tame = len(REPEATS.findall(text)) <= 1 and not is_backward

    def is_in(self, text: str, end: int | None = None) -> bool:
        """Whether it is found in the first `end` characters of a text, or anywhere in it.

        Raises:
            TooLong: That was not known within `PATIENCE_S`.
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
        import regex  # a moment to load, and most filters are words

        try:
            with warnings.catch_warnings(action="ignore"):
                return regex.compile(self.text, int(self._flags))
        except regex.error as error:  # what only Python's own matcher knows
            raise Invalid(str(error), Rule.INVALID_QUERY) from error
