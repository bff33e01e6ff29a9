"""Parser and printer of the filter bar's numbers: dBm, sizes, durations, releases."""

import re

from imptui.query.expression import FilterField

_INTEGER = re.compile(r"-?\d{1,15}")
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)([km]?)b?", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,9})([smhdw])", re.IGNORECASE)
_RELEASE = re.compile(r"(?:release-)?(\d{1,6}(?:\.\d{1,6}){0,2})")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def is_release(text: str) -> bool:
    """True if a text is a release number."""
    return _RELEASE.fullmatch(text) is not None


def release(text: str) -> tuple[int, ...]:
    """Return the parts of a release number such as `42.3`.

    Raises:
        ValueError: The text is no release number.
    """
    match = _RELEASE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no release number such as 42.3.")
    return tuple(map(int, match[1].split(".")))


def number(field: FilterField, text: str) -> int:
    """Parse a number in the unit of the field: dBm, bytes or seconds.

    Raises:
        ValueError: The text is no such number.
    """
    if field is FilterField.RSSI:
        if not _INTEGER.fullmatch(text):
            raise ValueError(f"{text} is no number of dBm such as -80.")
        return int(text)
    if field is FilterField.FREE_MEMORY:
        size = _SIZE.fullmatch(text)
        if size is None:
            raise ValueError(f"{text} is no size such as 20k.")
        return int(float(size[1]) * {"": 1, "k": 1024, "m": 1024 * 1024}[size[2].lower()])
    spans = list(_SPAN.finditer(text))
    if not spans or "".join(span[0] for span in spans) != text:
        raise ValueError(f"{text} is no duration such as 90s, 10m, 2h, 3d or 1w.")
    return sum(int(span[1]) * _SECONDS[span[2].lower()] for span in spans)


def number_to_text(field: FilterField, value: int) -> str:
    """Return text that parses to `value` in this field."""
    if field is FilterField.RSSI:
        return str(value)
    if field is FilterField.FREE_MEMORY:
        return f"{value // 1024}k" if value and value % 1024 == 0 else str(value)
    unit = next((letter for letter, seconds in _SECONDS.items() if value and value % seconds == 0), "s")
    return f"{value // _SECONDS[unit]}{unit}"


def release_number(release: tuple[int, ...]) -> int:
    """Return a release as one number that sorts like it: 42.3 is 42,003,000 (parts above 999 count as 999)."""
    major, minor, patch = (release[0], *(min(part, 999) for part in release[1:]), 0, 0)[:3]
    return major * 1_000_000 + minor * 1_000 + patch


def release_span(release: tuple[int, ...]) -> tuple[int, int]:
    """Return the range of release numbers that `release` means, without its upper end; 42 means every 42.x."""
    low = release_number(release)
    return low, low + (1_000_000, 1_000, 1)[len(release) - 1]
