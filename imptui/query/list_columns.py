"""The columns of the device list: one definition each for the screen, its menus, exports and `imptui ls devices`.

A new column is a line of `LIST_COLUMNS`. One that sorts also needs a member of `imptui.query.query.Column` and its column of
the table in `imptui.cache.search.sources`; one that is more than plain text on the screen needs a cell in
`imptui.tui.present.device`.
"""

from collections.abc import Callable

from msgspec import Struct

from imptui.domain.rows import TREND_CELLS, DeviceRow
from imptui.query.query import SortColumn

Value = Callable[[DeviceRow], object]


class ListColumn(Struct, frozen=True):
    """A column of the device list."""

    key: str
    """What settings and commands call it. It never changes."""
    title: str
    cells: int
    """Its width on the screen; 0: it is only in files."""
    value: Value | None = None
    """Its value, as `imptui ls` prints it; None: it is only drawn."""
    sort: SortColumn | None = None
    letter: str | None = None
    """Its key in the menus of orders and of columns."""
    heading: str | None = None
    """Its heading in `imptui ls devices`; None: it is not there."""
    exported: str | None = None
    """Its heading in an exported file; None: it is not there."""
    exported_value: Value | None = None
    """Its value in an exported file, where that is another one."""
    words: str | None = None
    """Its line in the menu of columns, where the title says too little."""
    is_right: bool = False
    is_wide: bool = False
    """Shown only when wide columns are asked for."""

    def value_of(self, row: DeviceRow) -> object:
        """Return the value of a row, as `imptui ls` prints it."""
        return None if self.value is None else self.value(row)

    def exported_of(self, row: DeviceRow) -> object:
        """Return the value of a row, as an exported file has it."""
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
"""All columns, those of the screen in the order in which it shows them."""

_BY_KEY = {each.key: each for each in LIST_COLUMNS}

ON_SCREEN = tuple(each for each in LIST_COLUMNS if each.cells)
LISTED = tuple(_BY_KEY[key] for key in ("id", "name", "state", "rssi", "memory", "imp", "release", "group", "product"))
"""Of `imptui ls devices`, in its order, which scripts rely on."""

EXPORTED = tuple(
    _BY_KEY[key]
    for key in (
        "id", "name", "mac", "ip", "imp", "release", "state", "changed", "agent", "agent-url", "enrolled", "group", "product",
        "rssi", "memory", "read",
    )
)  # fmt: skip
"""Of exported files, in their order, which scripts rely on."""
