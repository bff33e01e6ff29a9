"""What is said between the lines of a log, in words."""

from collections.abc import Iterable, Mapping

from imptui.fleet.remarks import Remark, RemarkKind, Said
from imptui.model.ids import DeviceId
from imptui.tui.present.age import span

QUIET = frozenset({RemarkKind.SUBSCRIBED})
"""What is said for several devices together."""


_WORDS = {
    RemarkKind.OPENED: "live: the stream is open",
    RemarkKind.SUBSCRIBED: "live: {who}",
    RemarkKind.UNSUBSCRIBED: "{who} has no place in the stream any longer; its lines are looked for in turn",
    RemarkKind.LOST: "no connection{more}; trying again",
    RemarkKind.GAP: "{span} not heard; what is known of them follows",
    RemarkKind.MISSING: "{who}: lines may be missing here{more}",
    RemarkKind.CLOSED: "the service closed the stream: this account opened another one; looking in turn, R asks for it again",
    RemarkKind.RENEWED: "the service forgot the stream; another one is asked for",
    RemarkKind.REFUSED: "{who} refused{more}; looking in turn",
    RemarkKind.JOINED: "{who} came",
    RemarkKind.LEFT: "{who} left{more}; its lines end here",
    RemarkKind.EMPTY: "no device is left; the stream is closed",
    RemarkKind.DROPPED: "{number} lines came faster than they could be shown",
    RemarkKind.BROKEN: "a part of this log ended by a mistake of imptui{more}",
    RemarkKind.OTHER: "the service says{more}",
}


def words(remark: Remark, names: Mapping[DeviceId, str]) -> str:
    """A remark as a sentence between dashes; holds foreign text."""
    who = names.get(remark.device_id, remark.device_id) if remark.device_id is not None else "the stream"
    more = f": {remark.text}" if remark.text else ""
    said = _WORDS[remark.kind].format(who=who, more=more, span=span(remark.number), number=f"{remark.number:,}")
    return f"--- {said} ---"


def together(said: Iterable[Said]) -> list[Said | tuple[Remark, ...]]:
    """The same, with neighbours that belong into one line made one."""
    found: list[Said | tuple[Remark, ...]] = []
    for each in said:
        last = found[-1] if found else None
        if isinstance(each, Remark) and each.kind in QUIET:
            if isinstance(last, tuple):
                found[-1] = (*last, each)
            else:
                found.append((each,))
        else:
            found.append(each)
    return found


def words_of_several(remarks: tuple[Remark, ...], names: Mapping[DeviceId, str]) -> str:
    """Who got a place in the stream, in one line; holds foreign text."""
    who = [names.get(each.device_id, each.device_id) for each in remarks if each.device_id is not None]
    return f"--- live: {', '.join(who)} ---"
