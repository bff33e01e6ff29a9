"""Times on the command line: what a command prints, each command accepts."""

from datetime import UTC, datetime

import click


def printed(at: datetime, timespec: str = "seconds") -> str:
    """Return a time as commands print it: RFC 3339 in UTC, as in 2026-03-01T08:30:00Z."""
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


class Moment(click.ParamType[datetime]):
    """A time: a day, a time with or without seconds, with or without an offset; without one it is UTC."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware time."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            self.fail(
                f"{text!r} is no time; it looks like 2026-03-01, 2026-03-01T08:30 or 2026-03-01T08:30:00+02:00.", param, ctx
            )
        try:
            return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            self.fail(f"{text!r} is beyond the years 1 to 9999.", param, ctx)
