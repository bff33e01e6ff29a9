"""A factory line as text and large numbers."""

from datetime import datetime, timedelta

from imptui.domain.factory_line import HOUR, SHIFT_HOURS, STUCK_AFTER, LinePicture, Unit, UnitStage
from imptui.tui.present.elapsed import span
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.group import type_word
from imptui.tui.present.large import large
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import cut, safe

LATELY = timedelta(minutes=10)
COLUMN = 20
"""Cells of one large number and its label; four of them fit into 80."""

_ROLES = {UnitStage.TESTING: "", UnitStage.STUCK: "problem", UnitStage.BLESSED: "online"}


def way(picture: LinePicture, glyphs: Glyphs) -> list[Piece]:
    """Return the names on the way from the fixtures to the production target."""
    dut, target = picture.dut_group, picture.target
    stations = [
        ("", picture.group.name),
        ("DUT " if dut else "", dut.name if dut else "no DUT group"),
        ("", target.name if target else "no production target"),
    ]
    pieces: list[Piece] = [(f" {safe(picture.product_name or '?')}  ", "dim")]
    for number, (before, name) in enumerate(stations):
        pieces += [(f" {glyphs.crumb} ", "dim")] if number else []
        pieces += [(before, "dim"), (cut(name, 24, glyphs.ellipsis), "title-focus")]
    return pieces


def numbers(picture: LinePicture) -> list[list[Piece]]:
    """Return the four main numbers, large: blessed, under test, not blessed, yield."""
    share = picture.yield_share
    waiting = len(picture.stuck)
    knows_duts = picture.dut_group is not None
    columns = (
        ("blessed, last hour", f"{picture.blessed_within(HOUR):,}", "online"),
        ("under test now", f"{len(picture.testing):,}" if knows_duts else "-", ""),
        ("not blessed", f"{waiting:,}" if knows_duts else "-", "problem" if waiting else ""),
        (
            "yield, last hour",
            "-" if share is None else f"{int(share * 100)} %",
            "weak" if share is not None and share < 0.9 else "",
        ),
    )
    heads: list[Piece] = [(f" {title:<{COLUMN - 1}}", "dim") for title, _, _ in columns]
    shapes = [(large(text), role) for _, text, role in columns]
    return [heads, *([(f"  {shape[line]:<{COLUMN - 2}}", role) for shape, role in shapes] for line in range(3))]


def facts(picture: LinePicture, glyphs: Glyphs) -> list[list[Piece]]:
    """Return rate, hours, fixtures, and what cannot be determined."""
    lately = picture.blessed_within(LATELY)
    minutes = int(LATELY.total_seconds() // 60)
    by_lately = f"{lately:,} in the last {minutes} minutes, that is {lately * 60 // minutes:,} an hour"
    rate = f"{picture.blessed_within(HOUR):,} in the last hour; {by_lately}"
    last = picture.blessed[0] if picture.blessed else None
    fixtures = f"{picture.fixtures_online:,} of {picture.fixtures:,} online"
    all_are = picture.fixtures > 0 and picture.fixtures_online == picture.fixtures
    lines: list[list[Piece]] = [
        [("  rate         ", "dim"), (rate, "")],
        [("  by hour      ", "dim"), *_hours(picture, glyphs)],
        [("  last blessed ", "dim"), (f"{_time(last.at)}  {safe(last.label)}" if last else "none in this shift", "")],
        [("  fixtures     ", "dim"), (fixtures, "" if all_are else "problem")],
    ]
    return [*lines, *([(f"  {text}", "weak")] for text in _remarks(picture))]


def _hours(picture: LinePicture, glyphs: Glyphs) -> list[Piece]:
    counts = picture.per_hour
    most = max(counts) or 1
    steps = len(glyphs.spark) - 1
    drawn = "".join(glyphs.spark[round(count / most * steps)] if count else " " for count in counts)
    return [(f"[{drawn}]", "icon"), (f"  {' '.join(map(str, counts))}  ({SHIFT_HOURS} hours, the last one ends now)", "dim")]


def _remarks(picture: LinePicture) -> list[str]:
    group = picture.group
    found = []
    if not picture.fixtures:
        found.append(f"There are no fixtures in {safe(group.name)}: a line begins when fixtures are assigned to this group.")
    if picture.target is None:
        found.append(f"{safe(group.name)} names no production target, so nothing can be blessed here.")
    if picture.dut_group is None:
        found.append("No DUT group is named: units are seen only once they are blessed.")
    if picture.stuck:
        found.append(
            f"Not blessed: under test for more than {span(STUCK_AFTER.total_seconds())}. The log of the unit says why (l)."
        )
    if picture.unchecked:
        found.append(f"Reading histories: {picture.unchecked:,} to go before every blessing is counted.")
    return found


def events(picture: LinePicture, cells: int, count: int) -> list[list[Piece]]:
    """Return the last events of units, newest first."""
    units = picture.events[:count]
    if not units:
        return [[("  Nothing came down this line in the last ", "dim"), (f"{SHIFT_HOURS} hours.", "dim")]]
    return [_event(unit, cells) for unit in units]


def _event(unit: Unit, cells: int) -> list[Piece]:
    more = "" if unit.label == unit.device_id else f"  {safe(unit.label)}"
    return [
        (f"  {_time(unit.at)}  ", "dim"),
        (f"{unit.stage.value:<12}", _ROLES[unit.stage]),
        (unit.device_id, ""),
        (cut(more, max(0, cells - 42)), ""),
        ("" if unit.is_online else "  offline", "dim"),
    ]


def _time(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")


def title(picture: LinePicture) -> str:
    """Return the name of the factory line."""
    return f"Line of {picture.group.name} ({type_word(picture.group.type).lower()})"
