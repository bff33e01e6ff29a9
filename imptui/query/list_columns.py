"""The columns of the device list: one definition each for the screen, its menus, exports and `imptui ls devices`.

A new column is an entry of `LIST_COLUMNS`. To sort by it, add a member of `imptui.query.query.SortColumn` and its SQL column in
`imptui.cache.search.sources`. If it is more than plain text on the screen, add a cell in `imptui.tui.present.device`.
"""

from collections.abc import Callable

from msgspec import Struct

from imptui.domain.rows import TREND_CELLS, DeviceRow
from imptui.query.query import SortColumn

Value = Callable[[DeviceRow], object]


class ListColumn(Struct, frozen=True):
    """One column of the device list."""

    key: str
    """Name of the column in settings and commands. It never changes."""
    title: str
    cells: int
    """Width on the screen in cells; 0: only files have the column."""
    value: Value | None = None
    """Function that returns the value, as `imptui ls` prints it; None: the column is only drawn."""
    sort: SortColumn | None = None
    letter: str | None = None
    """Key of the column in the menus of orders and of columns."""
    heading: str | None = None
    """Heading in `imptui ls devices`; None: not listed there."""
    exported: str | None = None
    """Heading in an exported file; None: not exported."""
    exported_value: Value | None = None
    """Function that returns the value for an exported file, if it differs."""
    words: str | None = None
    """Text in the menu of columns, if the title does not explain it."""
    is_right: bool = False
    is_wide: bool = False
    """True if only the wide list shows the column."""

    def value_of(self, row: DeviceRow) -> object:
        """Return the value of a row, as `imptui ls` prints it."""
        return None if self.value is None else self.value(row)

    def exported_of(self, row: DeviceRow) -> object:
        """Return the value of a row for an exported file."""
        return self.value_of(row) if self.exported_value is None else self.exported_value(row)


LIST_COLUMNS = (
    ListColumn("pending", "P", 1, letter="u", words="P: has not restarted since the deployment"),
    ListColumn(
        "state",
        "State",
        9,
        lambda row: row.state,
        SortColumn.STATE,
        "s",
        "STATE",
        exported="is_online",
        exported_value=lambda row: row.device.is_online,
    ),
    ListColumn("name", "Name", 22, lambda row: row.device.name, SortColumn.NAME, "n", "NAME", exported="name"),
    ListColumn("rssi", "RSSI dBm", 9, lambda row: row.rssi_dbm, SortColumn.RSSI, "r", "RSSI", exported="rssi_dbm"),
    ListColumn(
        "memory",
        "Free",
        7,
        lambda row: row.free_memory_bytes,
        SortColumn.FREE_MEMORY,
        "m",
        "FREE",
        exported="free_memory_bytes",
        is_right=True,
    ),
    ListColumn("rssi-trend", "RSSI 4h", TREND_CELLS),
    ListColumn("memory-trend", "Free 4h", TREND_CELLS),
    ListColumn("group", "Group", 18, lambda row: row.group_name, SortColumn.GROUP, "g", "GROUP", exported="group"),
    ListColumn("id", "Id", 16, lambda row: row.device.id, SortColumn.ID, "i", "ID", exported="id"),
    ListColumn("imp", "Imp", 6, lambda row: row.device.imp_type, SortColumn.IMP, "t", "IMP", exported="imp_type"),
    ListColumn(
        "release",
        "Release",
        7,
        lambda row: row.device.release,
        SortColumn.RELEASE,
        "v",
        "RELEASE",
        exported="swversion",
        exported_value=lambda row: row.device.swversion,
    ),
    ListColumn(
        "changed",
        "Changed",
        10,
        lambda row: row.device.state_changed_at,
        SortColumn.CHANGED,
        "c",
        exported="state_changed_at",
        is_right=True,
    ),
    ListColumn("mac", "MAC", 17, lambda row: row.device.mac_address, SortColumn.MAC, "a", exported="mac_address", is_wide=True),
    ListColumn("ip", "IP", 15, lambda row: row.device.ip_address, SortColumn.IP, "p", exported="ip_address", is_wide=True),
    ListColumn(
        "product",
        "Product",
        18,
        lambda row: row.product_name,
        SortColumn.PRODUCT,
        "d",
        "PRODUCT",
        exported="product",
        is_wide=True,
    ),
    ListColumn("agent", "Agent", 12, lambda row: row.device.agent_id, letter="e", exported="agent_id", is_wide=True),
    ListColumn(
        "enrolled",
        "BlinkUp",
        10,
        lambda row: row.device.last_enrolled_at,
        SortColumn.LAST_ENROLLED,
        "b",
        exported="last_enrolled_at",
        is_right=True,
        is_wide=True,
    ),
    ListColumn("agent-url", "Agent URL", 0, lambda row: row.device.agent_url, exported="agent_url"),
    ListColumn("read", "Read", 0, lambda row: row.reading.read_at if row.reading else None, exported="read_at"),
)
"""All columns; those of the screen are in its order."""

_BY_KEY = {each.key: each for each in LIST_COLUMNS}

ON_SCREEN = tuple(each for each in LIST_COLUMNS if each.cells)
LISTED = tuple(_BY_KEY[key] for key in ("id", "name", "state", "rssi", "memory", "imp", "release", "group", "product"))
"""Columns of `imptui ls devices`. Scripts rely on their order."""

EXPORTED = tuple(
    _BY_KEY[key]
    for key in (
        "id", "name", "mac", "ip", "imp", "release", "state", "changed", "agent", "agent-url", "enrolled", "group", "product",
        "rssi", "memory", "read",
    )
)  # fmt: skip
"""Columns of exported files. Scripts rely on their order."""
