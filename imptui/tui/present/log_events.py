"""Remarks between log entries, such as gaps and new subscriptions, as text."""

from collections.abc import Iterable, Mapping

from imptui.domain.ids import DeviceId
from imptui.fleet.logs.log_events import LogEvent, LogEventKind, Said
from imptui.tui.present.elapsed import span

QUIET = frozenset({LogEventKind.SUBSCRIBED})
"""Kinds of events that are grouped over several devices."""


_WORDS = {
    LogEventKind.OPENED: "live: the stream is open",
    LogEventKind.SUBSCRIBED: "live: {who}",
    LogEventKind.UNSUBSCRIBED: "{who} has no place in the stream any longer; its lines are looked for in turn",
    LogEventKind.LOST: "no connection{more}; trying again",
    LogEventKind.GAP: "{span} not heard; what is known of them follows",
    LogEventKind.MISSING: "{who}: lines may be missing here{more}",
    LogEventKind.CLOSED: "the service closed the stream: this account opened another one; looking in turn, R asks for it again",
    LogEventKind.RENEWED: "the service forgot the stream; another one is asked for",
    LogEventKind.REFUSED: "{who} refused{more}; looking in turn",
    LogEventKind.JOINED: "{who} came",
    LogEventKind.LEFT: "{who} left{more}; its lines end here",
    LogEventKind.EMPTY: "no device is left; the stream is closed",
    LogEventKind.DROPPED: "{number} lines came faster than they could be shown",
    LogEventKind.BROKEN: "a part of this log ended by a mistake of imptui{more}",
    LogEventKind.OTHER: "the service says{more}",
}


def words(remark: LogEvent, names: Mapping[DeviceId, str]) -> str:
    """Return a remark as a sentence between dashes; holds foreign text."""
    who = names.get(remark.device_id, remark.device_id) if remark.device_id is not None else "the stream"
    more = f": {remark.text}" if remark.text else ""
    said = _WORDS[remark.kind].format(who=who, more=more, span=span(remark.number), number=f"{remark.number:,}")
    return f"--- {said} ---"


def grouped(said: Iterable[Said]) -> list[Said | tuple[LogEvent, ...]]:
    """Group neighbouring remarks that belong into one line."""
    found: list[Said | tuple[LogEvent, ...]] = []
    for each in said:
        last = found[-1] if found else None
        if isinstance(each, LogEvent) and each.kind in QUIET:
            if isinstance(last, tuple):
                found[-1] = (*last, each)
            else:
                found.append((each,))
        else:
            found.append(each)
    return found


def words_of_several(remarks: tuple[LogEvent, ...], names: Mapping[DeviceId, str]) -> str:
    """Return one line for several devices that got a place in the stream; holds foreign text."""
    who = [names.get(each.device_id, each.device_id) for each in remarks if each.device_id is not None]
    return f"--- live: {', '.join(who)} ---"
