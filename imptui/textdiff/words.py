"""Pairs replaced lines, and finds the words that differ in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imptui.textdiff.matching import Run, matched_runs

Span = tuple[int, int]
"""Start and end column, in code points, of a part of a line."""

Pair = tuple[int | None, int | None]
"""Indexes of an old line and a new line side by side; None for a side without partner."""

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)

_LONGEST_COMPARED = 400
"""Number of characters of a line that are compared for likeness: half from each end of a longer line."""

_WIDEST_BLOCK = 24
"""Number of lines on each side that are compared with each other at once."""

_LEAST_LIKENESS = 0.5
_LEAST_SHARE = 0.3
"""Share of common characters below which single words are not marked, because most of the line would be."""


def changed_words(old_line: str, new_line: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the parts of two lines that differ, at the borders of words.

    Lines with little in common are marked as a whole, from their first to their last visible character. The time is linear for
    lines of any length (some milliseconds for similar lines of 70 KB, up to about a tenth of a second for different ones).

    Returns:
        Spans in the old line and spans in the new line, in order, not touching. Both
        are empty if and only if the lines are equal.
    """
    if old_line == new_line:
        return (), ()
    x, y = _WORD.findall(old_line), _WORD.findall(new_line)
    number = {word: place for place, word in enumerate(dict.fromkeys(x + y))}
    runs = matched_runs([number[word] for word in x], [number[word] for word in y])
    if not _is_worth_marking(x, y, runs):
        return _whole(old_line), _whole(new_line)
    return (
        _unmatched(x, [(i, size) for i, _, size in runs]),
        _unmatched(y, [(j, size) for _, j, size in runs]),
    )


def pair_lines(old_lines: Sequence[str], new_lines: Sequence[str]) -> list[Pair]:
    """Put the lines of a replaced block side by side, the most similar lines together.

    Both sides keep their order, and every line appears once. Blocks longer than some dozen lines are paired part by part, so the
    cost grows only with the length.

    Args:
        old_lines: The replaced lines.
        new_lines: The new lines.

    Returns:
        Rows of a side-by-side view. In a run without partners, old lines come first.
    """
    rows: list[Pair] = []
    parts = max(-(-len(old_lines) // _WIDEST_BLOCK), -(-len(new_lines) // _WIDEST_BLOCK), 1)
    for part in range(parts):
        a0, a1 = (len(old_lines) * k // parts for k in (part, part + 1))
        b0, b1 = (len(new_lines) * k // parts for k in (part, part + 1))
        similar = _most_similar(old_lines[a0:a1], new_lines[b0:b1])
        a, b = a0, b0
        for i, j in [*((a0 + i, b0 + j) for i, j in similar), (a1, b1)]:
            rows += [(place, None) for place in range(a, i)]
            rows += [(None, place) for place in range(b, j)]
            if i < a1:
                rows.append((i, j))
            a, b = i + 1, j + 1
    return rows


def _is_worth_marking(x: Sequence[str], y: Sequence[str], runs: Sequence[Run]) -> bool:
    """Return True if enough visible characters are common."""
    common = sum(len(x[i + k].strip()) for i, _, size in runs for k in range(size))
    visible = max(sum(len(word.strip()) for word in x), sum(len(word.strip()) for word in y))
    return common >= visible * _LEAST_SHARE


def _whole(line: str) -> tuple[Span, ...]:
    """Return one span over the visible part, or over everything if nothing is visible."""
    end = len(line.rstrip())
    if not end:
        return ((0, len(line)),) if line else ()
    return ((len(line) - len(line.lstrip()), end),)


def _unmatched(words: Sequence[str], runs: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Return the columns of the words outside the runs; spans with only spaces between them are joined."""
    spans: list[Span] = []
    column = place = 0
    only_spaces_before = False
    for start, size in [*runs, (len(words), 0)]:
        width = sum(map(len, words[place:start]))
        if width and only_spaces_before:
            spans[-1] = (spans[-1][0], column + width)
        elif width:
            spans.append((column, column + width))
        only_spaces_before = bool(spans) and size == 1 and words[start].isspace()
        column += width + sum(map(len, words[start : start + size]))
        place = start + size
    return tuple(spans)


def _most_similar(old_lines: Sequence[str], new_lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs, in order, with the greatest total likeness; only for few lines."""
    if len(old_lines) == len(new_lines) == 1:
        return [(0, 0)]
    old_cores, new_cores = list(map(_core, old_lines)), list(map(_core, new_lines))
    likeness = [[_likeness(one, other) for other in new_cores] for one in old_cores]
    best = [[0.0] * (len(new_cores) + 1) for _ in range(len(old_cores) + 1)]
    for i in reversed(range(len(old_cores))):
        for j in reversed(range(len(new_cores))):
            paired = likeness[i][j] and likeness[i][j] + best[i + 1][j + 1]
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old_cores) and j < len(new_cores):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _core(line: str) -> str:
    """Return the part of a line that is compared for likeness: no outer spaces, both ends of a long line."""
    line = line.strip()
    if len(line) <= _LONGEST_COMPARED:
        return line
    return line[: _LONGEST_COMPARED // 2] + line[-_LONGEST_COMPARED // 2 :]


def _likeness(one: str, other: str) -> float:
    """Return the likeness of two lines, from 0, not to be paired, to 1, equal."""
    from rapidfuzz.distance import Indel  # imported here, because only replaced lines need it

    if not one or not other:
        return 1.0 if one == other else 0.0
    return Indel.normalized_similarity(one, other, score_cutoff=_LEAST_LIKENESS)
