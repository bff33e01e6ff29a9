r"""What the user asked for: which devices, in which order. Typed text becomes a tree, and the tree text again.

    plant07 pump                      both words somewhere in name, id, MAC, agent id, group or product
    "two words" or not (a or !b)      `and` is what a blank means; `not` binds tightest, then `and`, then `or`
    name:pump group="Line 3"          `:` is part of, `=` is all of, `!=` is not all of; capitals never matter
    type:pre ip:192.168. imp:005      `type:` is how the type begins
    rssi<-80 rssi:-80..-60 free>=20k  numbers; sizes with k or M; a range holds both ends
    swversion>=42.3                   impOS releases compare as numbers
    online offline>2h changed<10m     durations: s m h d w; since the last change of state
    enrolled>30d                      since the last BlinkUp
    assigned unassigned pending weak problem
    worst falling flapping            from our own readings: the weakest radios, memory that falls, devices that come and go
    ~/^M\d+/ name~/^M\d+/ name~pmp    a regular expression; letters in this order

What a device has not reported satisfies no comparison; `not` is the true complement, so `not rssi<-80` finds it.
The time against which durations are measured is given when the query is answered.

`imptui.model.parse` reads and prints these expressions.
"""

from __future__ import annotations

import dataclasses
import re
from enum import StrEnum
from functools import lru_cache

from imptui.model.errors import Invalid, Rule
from imptui.model.group import GroupType
from imptui.model.ids import GroupId, ProductId
from imptui.model.pattern import Pattern
from imptui.model.record import dataclass


class QueryError(Invalid):
    """The text makes no sense as a query.

    Attributes:
        column: Where to underline, characters from 0.
        length: How many characters to underline, at least 1.
    """

    default_rule = Rule.INVALID_QUERY

    def __init__(self, reason: str, column: int, length: int = 1) -> None:
        super().__init__(reason)
        self.column = column
        self.length = max(1, length)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the account: all of it, a product, one type of group in a product, a group, or who belongs nowhere."""

    product_id: ProductId | None = None
    group_id: GroupId | None = None
    group_type: GroupType | str | None = None
    """With `product_id`: in that product; alone: in all products."""
    is_unassigned: bool = False


class Column(StrEnum):
    """What a device list can be sorted by."""

    NAME = "name"
    STATE = "state"
    ID = "id"
    MAC = "mac"
    IP = "ip"
    RSSI = "rssi"
    MEMORY = "memory"
    IMP = "imp"
    SWVERSION = "swversion"
    GROUP = "group"
    PRODUCT = "product"
    TYPE = "type"
    CHANGED = "changed"
    """When the device last connected or disconnected."""
    ENROLLED = "enrolled"


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a list. What is not reported comes last either way.

    Devices of the same name go by id; other ties, and those in a list of one group, by when the cache first saw them.
    """

    column: Column = Column.NAME
    descending: bool = False


class Op(StrEnum):
    """How a field is compared."""

    HAS = ":"
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Field(StrEnum):
    """What can be asked about a device."""

    NAME = "name"
    ID = "id"
    MAC = "mac"
    AGENT = "agent"
    GROUP = "group"
    PRODUCT = "product"
    TYPE = "type"
    IP = "ip"
    IMP = "imp"
    STATE = "state"
    SWVERSION = "swversion"
    RSSI = "rssi"
    MEMORY = "memory"
    CHANGED = "changed"
    ENROLLED = "enrolled"
    ONLINE = "online"
    OFFLINE = "offline"


TEXTS = frozenset({Field.NAME, Field.ID, Field.MAC, Field.AGENT, Field.GROUP, Field.PRODUCT, Field.TYPE, Field.IP, Field.IMP})
"""Fields that are text: `:`, `=`, `!=`, and `~` except for the type."""

SPANS = frozenset({Field.CHANGED, Field.ENROLLED, Field.ONLINE, Field.OFFLINE})
"""Fields that are times, compared by how long ago they were."""

ALIASES = {"free": Field.MEMORY}
"""Other words for fields."""


class Mark(StrEnum):
    """Claims about a device that are true or not."""

    ONLINE = "online"
    OFFLINE = "offline"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    PENDING = "pending"
    """Deployed, not yet running, as `imptui.model.line.is_pending` infers."""
    WEAK = "weak"
    PROBLEM = "problem"
    WORST = "worst"
    """One of the twenty weakest signals of the account."""
    FALLING = "falling"
    """Free memory fell for six hours; see `imptui.cache.history`, as for the next one."""
    FLAPPING = "flapping"
    """Came or went four times or more within a day."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text somewhere in name, id, MAC, agent id, group name or product name."""

    text: str


@dataclass(frozen=True, slots=True)
class Is:
    """A claim."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class TextIs:
    """A text field holds, or is, a text; `op` is HAS, EQ or NE; of `swversion` HAS only."""

    field: Field
    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class NumberIs:
    """RSSI in dBm, memory in bytes, or seconds since a time, compared with a number."""

    field: Field
    op: Op
    number: int


@dataclass(frozen=True, slots=True)
class Within:
    """A number between two, both included."""

    field: Field
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ReleaseIs:
    """The impOS release compared with one; `42` means every 42.x."""

    op: Op
    release: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """The letters of `text` in this order, with anything between."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression of Python found somewhere in the field; capitals never matter."""

    field: Field
    pattern: str
    compiled: Pattern = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", Pattern(self.pattern))


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not find."""

    part: Expr


@dataclass(frozen=True, slots=True)
class And:
    """What all parts find; two or more."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What at least one part finds; two or more."""

    parts: tuple[Expr, ...]


Expr = Word | Is | TextIs | NumberIs | Within | ReleaseIs | Fuzzy | Regex | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A device list: where, which, in what order. Hashable, so it can name a search."""

    scope: Scope = Scope()
    where: Expr | None = None
    sort: Sort = Sort()


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A filter with a name."""

    name: str
    text: str
    """As it was typed; read again whenever it is asked."""
    is_fixed: bool = False
    """Whether it comes from the settings, and is changed there."""


def fold(text: str) -> str:
    """The form in which texts are compared: capitals do not matter, control characters are blanks."""
    folded = text.casefold()
    if folded.isprintable():
        return folded
    return "".join(" " if character < " " else character for character in folded)


_COLONED = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{2})*(?::[0-9a-f]?)?")
_DASHED = re.compile(r"[0-9a-f]{2}(?:-[0-9a-f]{2}){2,5}")


def needles(text: str) -> tuple[str, ...]:
    """What to look for when `text` is looked for: itself, and a MAC address also without its colons or dashes."""
    folded = fold(text)
    is_mac = _COLONED.fullmatch(folded) or _DASHED.fullmatch(folded)
    bare = re.sub(r"[:-]", "", folded) if is_mac else folded
    return (folded,) if bare == folded else (folded, bare)


def search_text(name: str | None, device_id: str, mac_address: str | None, agent_id: str | None) -> str:
    """What a word is looked for in, of a device: name, id, bare MAC address, agent id; folded, with unit separators between.

    A MAC address that the id ends with, as it does on newer imps, is not said twice.
    """
    mac = (mac_address or "").replace(":", "").replace("-", "")
    if mac in device_id:
        mac = ""
    parts = (name or "", device_id, mac, agent_id or "")
    if "".join(parts).isprintable():  # as nearly all are: one pass instead of four
        return "\x1f".join(parts).casefold()
    return "\x1f".join(map(fold, parts))


_DIGITS = re.compile("([0-9]+)")


def natural(text: str) -> str:
    """A key that sorts as people count: `unit 9` before `unit 10`, capitals aside."""
    parts = _DIGITS.split(fold(text))
    for at in range(1, len(parts), 2):
        parts[at] = _counted(parts[at])
    return "".join(parts)


@lru_cache(maxsize=4096)  # names of a fleet share most of their numbers
def _counted(digits: str) -> str:
    number = digits.lstrip("0")
    return f"{len(number):02d}{number}"


def release_number(release: tuple[int, ...]) -> int:
    """A release as one number that grows with it: 42.3 is 42,003,000 (parts above 999 count as 999)."""
    major, minor, patch = (release[0], *(min(part, 999) for part in release[1:]), 0, 0)[:3]
    return major * 1_000_000 + minor * 1_000 + patch


def release_span(release: tuple[int, ...]) -> tuple[int, int]:
    """The release numbers that `release` means: from the first up to, not with, the second; 42 means every 42.x."""
    low = release_number(release)
    return low, low + (1_000_000, 1_000, 1)[len(release) - 1]
