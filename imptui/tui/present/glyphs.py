"""Two sets of signs: Unicode and ASCII. None is an emoji, and each is one cell wide."""

from msgspec import Struct

from imptui.domain.group import GroupType


class Glyphs(Struct, frozen=True):
    """All signs that the console draws itself."""

    online: str
    offline: str
    mark: str
    approved: str
    objected: str
    pending: str
    problem: str
    rising: str
    falling: str
    changed: str
    open: str
    shut: str
    ascending: str
    descending: str
    ellipsis: str
    bars: tuple[str, str, str, str]
    """Rising steps of signal strength, from low to high."""
    no_bar: str
    spark: tuple[str, ...]
    """Rising steps of a sparkline. None is a blank, because a blank is a gap."""
    dash: str
    upright: str
    crumb: str
    account: str
    product: str
    unassigned: str
    saved: str
    """The sign of a saved filter."""
    types: tuple[tuple[GroupType, str], ...]
    other_type: str
    is_ascii: bool = False

    def type_icon(self, group_type: GroupType | str) -> str:
        """Return the sign of a group type; unknown types have a sign, too."""
        return next((icon for known, icon in self.types if known == group_type), self.other_type)


UNICODE = Glyphs(
    online="●",
    offline="○",
    mark="✓",
    approved="✓",
    objected="✗",
    pending="↻",
    problem="!",
    rising="▲",
    falling="▼",
    changed="*",
    open="▾",
    shut="▸",
    ascending="↑",
    descending="↓",
    ellipsis="…",
    bars=("▂", "▄", "▆", "█"),
    no_bar="·",
    spark=tuple("▁▂▃▄▅▆▇█"),
    dash="─",
    upright="│",
    crumb="›",
    account="◆",
    product="■",
    unassigned="□",
    saved="▽",
    types=(
        (GroupType.DEVELOPMENT, "δ"),
        (GroupType.PRE_FACTORY, "φ"),
        (GroupType.PRE_DUT, "τ"),
        (GroupType.PRE_PRODUCTION, "π"),
        (GroupType.FACTORY, "Φ"),
        (GroupType.DUT, "Τ"),
        (GroupType.PRODUCTION, "Π"),
    ),
    other_type="?",
)

ASCII = Glyphs(
    online="+",
    offline="-",
    mark="*",
    approved="+",
    objected="x",
    pending="~",
    problem="!",
    rising="^",
    falling="v",
    changed="=",
    open="-",
    shut="+",
    ascending="^",
    descending="v",
    ellipsis="~",
    bars=(".", ":", "i", "I"),
    no_bar=" ",
    spark=tuple("_.-=+*#@"),
    dash="-",
    upright="|",
    crumb=">",
    account="@",
    product="#",
    unassigned="o",
    saved="?",
    types=(
        (GroupType.DEVELOPMENT, "d"),
        (GroupType.PRE_FACTORY, "f"),
        (GroupType.PRE_DUT, "t"),
        (GroupType.PRE_PRODUCTION, "p"),
        (GroupType.FACTORY, "F"),
        (GroupType.DUT, "T"),
        (GroupType.PRODUCTION, "P"),
    ),
    other_type="?",
    is_ascii=True,
)
