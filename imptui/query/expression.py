r"""The expressions of the filter language: syntax, and one class for each node.

    plant07 pump                      both words somewhere in name, id, MAC, agent id, group or product
    "two words" or not (a or !b)      a blank means `and`; `not` binds tightest, then `and`, then `or`
    name:pump group="Line 3"          `:` contains, `=` equals, `!=` differs; upper and lower case are equal
    type:pre ip:192.168. imp:005      `type:` compares the beginning of the type
    rssi<-80 rssi:-80..-60 free>=20k  numbers; sizes with k or M; a range includes both ends
    swversion>=42.3                   impOS releases compare as numbers
    online offline>2h changed<10m     durations: s m h d w; since the last change of state
    enrolled>30d                      since the last BlinkUp
    assigned unassigned pending weak problem
    worst falling flapping            from saved samples: weakest radios, falling memory, frequent connects and disconnects
    ~/^M\d+/ name~/^M\d+/ name~pmp    a regular expression; letters in this order

A value that a device has not reported satisfies no comparison. `not` is the true complement, so `not rssi<-80` finds such a
device. The cache measures durations against the time at which it answers the query.

`imptui.query.grammar` reads and prints these expressions.
"""

from __future__ import annotations

import dataclasses
from enum import StrEnum

from msgspec import Struct

from imptui.domain.errors import Invalid, Rule
from imptui.query.regular_expression import RegularExpression


class QueryError(Invalid):
    """The text is no valid query.

    Attributes:
        column: First character to underline, from 0.
        length: Number of characters to underline, at least 1.
        text: The whole typed text; empty if only a part of it was parsed.
    """

    default_rule = Rule.INVALID_QUERY

    def __init__(self, reason: str, column: int, length: int = 1) -> None:
        super().__init__(reason)
        self.column = column
        self.length = max(1, length)
        self.text = ""


class Op(StrEnum):
    """An operator that compares a field with a value."""

    HAS = ":"
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class FilterField(StrEnum):
    """A field of a device that a filter can compare."""

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
    RELEASE = "swversion"
    RSSI = "rssi"
    FREE_MEMORY = "memory"
    CHANGED = "changed"
    LAST_ENROLLED = "enrolled"
    ONLINE = "online"
    OFFLINE = "offline"


TEXTS = frozenset(
    {
        FilterField.NAME,
        FilterField.ID,
        FilterField.MAC,
        FilterField.AGENT,
        FilterField.GROUP,
        FilterField.PRODUCT,
        FilterField.TYPE,
        FilterField.IP,
        FilterField.IMP,
    }
)
"""Fields with text: they take `:`, `=`, `!=`, and all but the type also `~`."""

SPANS = frozenset({FilterField.CHANGED, FilterField.LAST_ENROLLED, FilterField.ONLINE, FilterField.OFFLINE})
"""Fields with times, which are compared by the time since then."""

ALIASES = {"free": FilterField.FREE_MEMORY}
"""Alternative names of fields."""


class Claim(StrEnum):
    """A property that a device has or lacks."""

    ONLINE = "online"
    OFFLINE = "offline"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    PENDING = "pending"
    """The device does not yet run the current deployment; see `imptui.domain.rows.is_pending`."""
    WEAK = "weak"
    PROBLEM = "problem"
    WORST = "worst"
    """The device has one of the twenty weakest signals of the account."""
    FALLING = "falling"
    """Free memory fell for six hours; see `imptui.cache.search.sample_conditions`."""
    FLAPPING = "flapping"
    """The device connected or disconnected four times or more within a day; see there, too."""


class Word(Struct, frozen=True):
    """A text that occurs somewhere in name, id, MAC, agent id, group name or product name."""

    text: str


class Is(Struct, frozen=True):
    """The device has the property `mark`."""

    mark: Claim


class TextIs(Struct, frozen=True):
    """A text field contains, equals or differs from a text. `op` is HAS, EQ or NE; for `swversion` only HAS."""

    field: FilterField
    op: Op
    text: str


class NumberIs(Struct, frozen=True):
    """RSSI in dBm, memory in bytes, or seconds since a time, compared with a number."""

    field: FilterField
    op: Op
    number: int


class Within(Struct, frozen=True):
    """A number between two bounds, both included."""

    field: FilterField
    low: int
    high: int


class ReleaseIs(Struct, frozen=True):
    """The impOS release compared with another; `42` means every 42.x."""

    op: Op
    release: tuple[int, ...]


class Fuzzy(Struct, frozen=True):
    """A field with the letters of `text` in this order and anything between them."""

    field: FilterField
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Regex:
    """A field in which a Python regular expression matches somewhere; upper and lower case are equal."""

    field: FilterField
    pattern: str
    compiled: RegularExpression = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", RegularExpression(self.pattern))


class Not(Struct, frozen=True):
    """Devices that the part does not match."""

    part: Expr


class And(Struct, frozen=True):
    """Devices that all parts match; two parts or more."""

    parts: tuple[Expr, ...]


class Or(Struct, frozen=True):
    """Devices that at least one part matches; two parts or more."""

    parts: tuple[Expr, ...]


Expr = Word | Is | TextIs | NumberIs | Within | ReleaseIs | Fuzzy | Regex | Not | And | Or
