"""The lineage of a product: boxes in columns by stage if there is room, else a list."""

from datetime import datetime

from msgspec import Struct

from imptui.domain.ids import GroupId
from imptui.fleet.deployments.lineage import Lineage, LineageNode, Path
from imptui.tui.present.age import ago
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.group import type_word
from imptui.tui.present.look import Look, Piece
from imptui.tui.present.plotting import Plot
from imptui.tui.present.safe import cut, fit_ends
from imptui.tui.present.safe import width as cells_of

GRAPH_FROM = 110
"""The width in cells from which boxes are drawn."""

STAGES = ("development", "pre-factory, pre-production", "factory, production")
BOX_LINES = 5
STEP = BOX_LINES + 1
GUTTER = 12
"""The least number of cells between two columns."""

TOP = 2
"""Lines above the first box."""


class Drawn(Struct, frozen=True):
    """The painted lines, and the place of each group in them."""

    lines: list[list[Piece]]
    places: dict[GroupId, tuple[int, int]]
    """First line and number of lines, by group."""
    columns: list[list[GroupId]]
    """Groups from top to bottom, by column from left to right."""


def behind_words(node: LineageNode, lineage: Lineage, cells: int, ellipsis: str) -> tuple[str, str]:
    """Return how far a group is behind its source, in at most `cells`, and a role; safe."""
    if node.behind is None:
        return ("", "") if node.current is not None else (cut("nothing deployed", cells, ellipsis), "dim")
    source = lineage.node(node.behind.source_id)
    name = source.group.name if source is not None else node.behind.source_id
    count = node.behind.deployments
    words = "other code than" if count is None else "same bytes as" if count == 0 else f"{count:,} behind"
    role = "weak" if count is None else "online" if count == 0 else "pending"
    return f"{words} {fit_ends(name, max(0, cells - len(words) - 1), ellipsis).rstrip()}", role


def device_words(node: LineageNode) -> str:
    """Return the number of devices, and how many have not restarted since the deployment (an inference)."""
    count = node.tally.devices
    said = "no devices" if not count else "1 device" if count == 1 else f"{count:,} devices"
    return f"{said}, {node.tally.pending:,} not restarted" if node.tally.pending else said


def code_words(node: LineageNode, now: datetime) -> str:
    """Return the current deployment of a group; holds foreign text."""
    if node.current is None:
        return "-"
    called = " ".join(node.current.tags) or node.current.description or ""
    return f"{node.current.sha[:12]} {ago(node.current.created_at, now)} {called}"


def listing(lineage: Lineage, chosen: GroupId | None, cells: int, now: datetime, look: Look) -> Drawn:
    """Return a list: one stage below the other, two lines for each group."""
    lines: list[list[Piece]] = []
    places: dict[GroupId, tuple[int, int]] = {}
    for stage, title in enumerate(STAGES):
        nodes = [node for node in lineage.nodes if node.stage == stage]
        if not nodes:
            continue
        lines.append([(f" {title}", "title-focus")])
        for node in nodes:
            role = "cursor" if node.group.id == chosen else ""
            name_cells = min(44, cells // 2)
            words, standing = behind_words(node, lineage, cells - name_cells - 6, look.glyphs.ellipsis)
            icon = look.glyphs.type_icon(node.group.type)
            places[node.group.id] = (len(lines), 2)
            name = fit_ends(node.group.name, name_cells, look.glyphs.ellipsis)
            lines.append([(f"  {icon} ", role), (name, role), ("  ", role), (words, role or standing)])
            code = look.fit(f"    {code_words(node, now)}", name_cells + 4)
            devices = look.fit(f"  {device_words(node)}, {type_word(node.group.type)}", max(0, cells - name_cells - 4))
            lines.append([(code, role or "dim"), (devices, role or "dim")])
    return Drawn(lines, places, [list(places)])


def graph(lineage: Lineage, chosen: GroupId | None, cells: int, now: datetime, look: Look) -> Drawn:
    """Return a graph: boxes in columns by stage, and lines for the ways of code from left to right."""
    stages = [stage for stage in range(3) if any(node.stage == stage for node in lineage.nodes)]
    columns = [_by_sources(lineage, stage) for stage in stages]
    width = min(46, (cells - 2 - GUTTER * len(stages)) // max(1, len(stages)))
    gap = min(22, (cells - 2 - width * len(stages)) // max(1, len(stages)))
    rows = TOP + STEP * max((len(column) for column in columns), default=1)
    plot = Plot(cells, rows, is_ascii=look.glyphs.is_ascii)
    places: dict[GroupId, tuple[int, int, int]] = {}
    for number, column in enumerate(columns):
        x = 1 + number * (width + gap)
        plot.write(0, x, [(look.fit(STAGES[stages[number]], width), "title-focus")], width)
        for place, node in enumerate(column):
            y = TOP + STEP * place
            places[node.group.id] = (number, y, x)
            _box(plot, node, lineage, y, x, width, now, look, is_chosen=node.group.id == chosen)
    _Connections(plot, places, width, gap, look.glyphs, chosen).draw(lineage.paths)
    return Drawn(
        plot.lines(),
        {group_id: (y, BOX_LINES) for group_id, (_, y, _) in places.items()},
        [[node.group.id for node in column] for column in columns],
    )


def _by_sources(lineage: Lineage, stage: int) -> list[LineageNode]:
    """Return the groups of a stage, sorted by source, so that fewer lines cross."""
    order = {node.group.id: place for place, node in enumerate(lineage.nodes)}
    nodes = [node for node in lineage.nodes if node.stage == stage]

    def key(node: LineageNode) -> tuple[int, int]:
        source = order.get(node.behind.source_id, 99) if node.behind is not None else 98
        return (source if stage else 0, order[node.group.id])

    return sorted(nodes, key=key)


def _box(
    plot: Plot, node: LineageNode, lineage: Lineage, y: int, x: int, width: int, now: datetime, look: Look, *, is_chosen: bool
) -> None:
    frame = "title-focus" if is_chosen else "dim"
    corners = "++++" if look.glyphs.is_ascii else "┌┐└┘"
    room = width - 4
    name = fit_ends(node.group.name, width - 9, look.glyphs.ellipsis).rstrip()
    title = f" {look.glyphs.type_icon(node.group.type)} {name} "
    head: list[Piece] = [(corners[0] + look.glyphs.dash, frame), (title, "cursor" if is_chosen else "title")]
    left = width - 3 - cells_of(title)
    plot.write(y, x, [*head, (look.glyphs.dash * left + corners[1], frame)], width)
    words, role = behind_words(node, lineage, room, look.glyphs.ellipsis)
    for line, (text, own) in enumerate(((code_words(node, now), ""), (device_words(node), "dim"), (words, role)), 1):
        side = (look.glyphs.upright, frame)
        plot.write(y + line, x, [side, (" ", ""), (look.fit(text, room), own), (" ", ""), side], width)
    plot.write(y + 4, x, [(corners[2] + look.glyphs.dash * (width - 2) + corners[3], frame)], width)


class _Connections:
    """The lines between boxes.

    Each source has a lane of its own in the space to its right; a line to a column further on crosses the columns
    between in the empty line below a row of boxes.
    """

    def __init__(
        self,
        plot: Plot,
        places: dict[GroupId, tuple[int, int, int]],
        width: int,
        gap: int,
        glyphs: Glyphs,
        chosen: GroupId | None,
    ) -> None:
        self._plot, self._places, self._glyphs, self._chosen = plot, places, glyphs, chosen
        self._width, self._gap = width, gap
        self._lanes: dict[int, dict[GroupId, int]] = {}

    def draw(self, paths: tuple[Path, ...]) -> None:
        """Draw all lines; those of the chosen group come last, on top."""
        mine = [each for each in paths if self._chosen in (each.source_id, each.target_id)]
        for each in [*mine, *(each for each in paths if each not in mine)]:
            if each.source_id in self._places and each.target_id in self._places:
                self._draw(each)

    def _lane(self, column: int, source_id: GroupId) -> int:
        lanes = self._lanes.setdefault(column, {})
        place = lanes.setdefault(source_id, len(lanes))
        return (column + 1) * self._width + column * self._gap + 3 + (place * 2) % max(2, self._gap - 6)

    def _draw(self, path: Path) -> None:
        plot, glyphs = self._plot, self._glyphs
        column, y, x = self._places[path.source_id]
        to_column, to_y, to_x = self._places[path.target_id]
        role = "marked" if self._chosen in (path.source_id, path.target_id) else "icon" if path.is_told else "dim"
        start, end = y + 1, to_y + 2
        lane = self._lane(column, path.source_id)
        plot.line(start, x + self._width, start, lane, role)
        if to_column <= column:  # The target is in the same column or further left: enter from the right.
            plot.line(start, lane, to_y + 3, lane, role)
            right = to_x + self._width
            if to_column == column:
                plot.line(to_y + 3, lane, to_y + 3, right, role)
                plot.write(to_y + 3, right, [("<" if glyphs.is_ascii else "◂", role)], 1)
            return
        for between in range(column + 1, to_column):
            across = to_y + BOX_LINES if to_y + BOX_LINES < plot.rows else to_y - 1
            plot.line(start, lane, across, lane, role)
            further = self._lane(between, path.source_id)
            plot.line(across, lane, across, further, role)
            start, lane = across, further
        plot.line(start, lane, end, lane, role)
        plot.line(end, lane, end, to_x - 1, role)
        plot.write(end, to_x - 1, [(">" if glyphs.is_ascii else "▸", role)], 1)
