"""Times in columns: whole microseconds since 1970, UTC, which sort as numbers and convert back without loss."""

from imptui.domain.device_record import at_us, from_us, to_us, us

__all__ = ["SECOND", "at_us", "from_us", "to_us", "us"]

SECOND = 1_000_000
