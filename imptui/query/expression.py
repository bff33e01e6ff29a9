r"""What a filter says. Typed text becomes a tree, and the tree text again.

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

`imptui.query.grammar` reads and prints these expressions.
"""

from __future__ import annotations

import dataclasses
from enum import StrEnum

from msgspec import Struct

from imptui.domain.errors import Invalid, Rule
from imptui.query.regular_expression import RegularExpression


class QueryError(Invalid):
    """The text makes no sense as a query.

    Attributes:
        column: Where to underline, characters from 0.
        length: How many characters to underline, at least 1.
        text: All that was typed; empty where only a part of it was read.
    """

    default_rule = Rule.INVALID_QUERY

    def __init__(self, reason: str, column: int, length: int = 1) -> None:
        super().__init__(reason)
        self.column = column
        self.length = max(1, length)
        self.text = ""


class Op(StrEnum):
    """How a field is compared."""

    HAS = ":"
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class FilterField(StrEnum):
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
"""Fields that are text: `:`, `=`, `!=`, and `~` except for the type."""

SPANS = frozenset({FilterField.CHANGED, FilterField.LAST_ENROLLED, FilterField.ONLINE, FilterField.OFFLINE})
"""Fields that are times, compared by how long ago they were."""

ALIASES = {"free": FilterField.FREE_MEMORY}
"""Other words for fields."""


class Claim(StrEnum):
    """Claims about a device that are true or not."""

    ONLINE = "online"
    OFFLINE = "offline"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    PENDING = "pending"
    """Deployed, not yet running, as `imptui.domain.rows.is_pending` infers."""
    WEAK = "weak"
    PROBLEM = "problem"
    WORST = "worst"
    """One of the twenty weakest signals of the account."""
    FALLING = "falling"
    """Free memory fell for six hours; see `imptui.cache.search.sample_conditions`, as for the next one."""
    FLAPPING = "flapping"
    """Came or went four times or more within a day."""


class Word(Struct, frozen=True):
    """A text somewhere in name, id, MAC, agent id, group name or product name."""

    text: str


class Is(Struct, frozen=True):
    """A claim."""

    mark: Claim


class TextIs(Struct, frozen=True):
    """A text field holds, or is, a text; `op` is HAS, EQ or NE; of `swversion` HAS only."""

    field: FilterField
    op: Op
    text: str


class NumberIs(Struct, frozen=True):
    """RSSI in dBm, memory in bytes, or seconds since a time, compared with a number."""

    field: FilterField
    op: Op
    number: int


class Within(Struct, frozen=True):
    """A number between two, both included."""

    field: FilterField
    low: int
    high: int


class ReleaseIs(Struct, frozen=True):
    """The impOS release compared with one; `42` means every 42.x."""

    op: Op
    release: tuple[int, ...]


class Fuzzy(Struct, frozen=True):
    """The letters of `text` in this order, with anything between."""

    field: FilterField
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression of Python found somewhere in the field; capitals never matter."""

    field: FilterField
    pattern: str
    compiled: RegularExpression = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", RegularExpression(self.pattern))


class Not(Struct, frozen=True):
    """What the part does not find."""

    part: Expr


class And(Struct, frozen=True):
    """What all parts find; two or more."""

    parts: tuple[Expr, ...]


class Or(Struct, frozen=True):
    """What at least one part finds; two or more."""

    parts: tuple[Expr, ...]


Expr = Word | Is | TextIs | NumberIs | Within | ReleaseIs | Fuzzy | Regex | Not | And | Or
