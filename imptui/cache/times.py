"""Times in columns: whole microseconds since 1970, UTC, which compare and index as numbers and come back exactly."""

from imptui.domain.device_record import at_us, from_us, to_us, us

__all__ = ["SECOND", "at_us", "from_us", "to_us", "us"]

SECOND = 1_000_000
