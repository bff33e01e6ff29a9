"""Translates an expression of the filter bar into an SQL condition about one device `d`.

Texts are compared in folded form, in columns that were folded on writing (`imptui.query.text_folding.fold`), because SQLite folds
only ASCII. A condition on a group or product first becomes a list of group numbers, from one scan of a few thousand rows, so that
the condition on a million devices only compares numbers. A comparison with a missing value is NULL, which matches nothing; `not`
turns NULL into false before it negates.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from imptui.cache.search.sample_conditions import WORST_SQL, falling, flapping
from imptui.cache.times import SECOND, us
from imptui.domain.rows import WEAK_BELOW_DBM
from imptui.query.expression import (
    And,
    Claim,
    Expr,
    FilterField,
    Fuzzy,
    Is,
    Not,
    NumberIs,
    Op,
    Or,
    Regex,
    ReleaseIs,
    TextIs,
    Within,
    Word,
)
from imptui.query.numbers import release_span
from imptui.query.query import Scope
from imptui.query.text_folding import fold, needles

PENDING = """CASE WHEN d.group_n = 0 THEN NULL
 WHEN NOT d.is_online THEN CASE WHEN d.state_changed_at < {deployed} THEN 1 END
 ELSE max(coalesce(d.state_changed_at, d.agent_state_changed_at), coalesce(d.agent_state_changed_at, d.state_changed_at))
  < {deployed} END"""
"""The rule of `imptui.domain.rows.is_pending` in SQL, for queries on a million devices. A test compares both."""

_PENDING_OF_GROUP = PENDING.format(deployed="(SELECT deployed_at FROM grp WHERE n = d.group_n)")
_NAME = "substr(d.search, 1, instr(d.search, char(31)) - 1)"
_FOLDED = {
    FilterField.NAME: _NAME,
    FilterField.ID: "lower(d.id)",
    FilterField.MAC: "replace(replace(lower(d.mac_address), ':', ''), '-', '')",
    FilterField.AGENT: "lower(d.agent_id)",
    FilterField.IP: "lower(d.ip_address)",
    FilterField.IMP: "lower(d.imp_type)",
    FilterField.RELEASE: "lower(d.swversion)",
}
_RAW = {
    FilterField.NAME: "d.name",
    FilterField.ID: "d.id",
    FilterField.MAC: "d.mac_address",
    FilterField.AGENT: "d.agent_id",
    FilterField.IP: "d.ip_address",
    FilterField.IMP: "d.imp_type",
}
_NUMBERS = {FilterField.RSSI: "d.rssi_dbm", FilterField.FREE_MEMORY: "d.free_memory_bytes"}
_TIMES = {
    FilterField.CHANGED: "d.state_changed_at",
    FilterField.LAST_ENROLLED: "d.last_enrolled_at",
    FilterField.ONLINE: "d.state_changed_at",
    FilterField.OFFLINE: "d.state_changed_at",
}
_EARLIER = {Op.LT: ">", Op.LE: ">=", Op.GT: "<", Op.GE: "<="}
"""Comparisons of a duration become comparisons of a time: a shorter duration is a later time."""

_OF_GROUPS = {FilterField.GROUP: "g.folded", FilterField.PRODUCT: "p.folded", FilterField.TYPE: "lower(g.type)"}


class Condition(Struct, frozen=True):
    """An SQL condition about `d`, with its values."""

    sql: str
    values: tuple[object, ...] = ()

    def and_(self, other: "Condition") -> "Condition":
        """Return the conjunction of two conditions."""
        return Condition(f"{self.sql} AND {other.sql}", self.values + other.values)


ALWAYS = Condition("1")


def bindable(text: str) -> str:
    """Return `text` in a form that SQLite accepts: half a surrogate pair becomes `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Conditions:
    """Translates expressions into conditions, with the present groups of the cache."""

    def __init__(self, reader: sqlite3.Connection, now: datetime) -> None:
        self._reader = reader
        self.now_us = us(now)

    def groups_in(self, scope: Scope) -> list[int] | None:
        """Return the numbers of the groups in a scope, 0 for "unassigned"; None for the whole account."""
        if scope.is_unassigned:
            return [0]
        wanted = []
        values: list[object] = []
        for column, value in (("g.id", scope.group_id), ("p.id", scope.product_id), ("g.type", scope.group_type)):
            if value is not None:
                wanted.append(f"{column} = ?")
                values.append(bindable(value))
        return self.groups_where(" AND ".join(wanted), values) if wanted else None

    def groups_where(self, sql: str, values: Sequence[object]) -> list[int]:
        """Return the numbers of the groups `g`, with product `p`, that meet a condition."""
        rows = self._reader.execute(f"SELECT g.n FROM grp g LEFT JOIN product p ON p.n = g.product_n WHERE {sql}", values)
        return [int(row[0]) for row in rows]

    def of(self, expr: Expr) -> Condition:
        """Translate an expression into a condition."""
        match expr:
            case And(parts):
                return _joined(" AND ", [self.of(part) for part in parts])
            case Or(parts):
                return _joined(" OR ", [self.of(part) for part in parts])
            case Not(part):
                return _not(self.of(part))
            case Word(text):
                return self._word(text)
            case Is(mark):
                return self._is(mark)
            case TextIs(field, op, text):
                return self._text(field, op, bindable(text))
            case NumberIs(field, op, number):
                return self._number(field, op, number)
            case Within(field, low, high):
                return _joined(" AND ", [self._number(field, Op.GE, low), self._number(field, Op.LE, high)])
            case ReleaseIs(op, release):
                return _release(op, release)
            case Fuzzy(field, text):
                return self._like(field, fold(bindable(text)))
            case Regex(field, pattern):
                return self._regex(field, bindable(pattern))

    def groups_of_word(self, text: str) -> list[int]:
        """Return the groups whose name, or whose product's name, contains a word."""
        folded = fold(bindable(text))
        return self.groups_where("instr(g.folded, ?) OR instr(p.folded, ?)", (folded, folded))

    def _word(self, text: str) -> Condition:
        parts = [Condition("instr(d.search, ?) > 0", (needle,)) for needle in needles(bindable(text))]
        if groups := self.groups_of_word(text):
            parts.append(of_groups(groups))
        return _joined(" OR ", parts)

    def _is(self, mark: Claim) -> Condition:
        match mark:
            case Claim.WORST:
                return Condition(f"d.n IN ({WORST_SQL})")
            case Claim.FALLING | Claim.FLAPPING:
                sql, values = (falling if mark is Claim.FALLING else flapping)(self.now_us)
                return Condition(f"d.id IN ({sql})", values)
            case _:
                return _is(mark)

    def _text(self, field: FilterField, op: Op, text: str) -> Condition:
        if op is Op.NE:
            return _not(self._text(field, Op.EQ, text))
        folded = needles(text)[-1] if field is FilterField.MAC else fold(text)
        if field in _OF_GROUPS:
            column = _OF_GROUPS[field]
            sql = f"{column} = ?" if op is Op.EQ else f"instr({column}, ?) {'= 1' if field is FilterField.TYPE else ''}"
            return of_groups(self.groups_where(sql, (folded,)))
        column = _FOLDED[field]
        return Condition(f"{column} = ?" if op is Op.EQ else f"instr({column}, ?) > 0", (folded,))

    def _number(self, field: FilterField, op: Op, number: int) -> Condition:
        if op is Op.NE:
            return _not(self._number(field, Op.EQ, number))
        if field in _NUMBERS:
            return Condition(f"{_NUMBERS[field]} {op} ?", (number,))
        compared = Condition(f"{_TIMES[field]} {_EARLIER[op]} ?", (self.now_us - number * SECOND,))
        if field in (FilterField.ONLINE, FilterField.OFFLINE):
            return _joined(" AND ", [_is(Claim(field)), compared])
        return compared

    def _like(self, field: FilterField, folded: str) -> Condition:
        pattern = "%" + "%".join("\\" + letter if letter in "%_\\" else letter for letter in folded) + "%"
        if field in _OF_GROUPS:
            return of_groups(self.groups_where(f"{_OF_GROUPS[field]} LIKE ? ESCAPE '\\'", (pattern,)))
        return Condition(f"{_FOLDED[field]} LIKE ? ESCAPE '\\'", (pattern,))

    def _regex(self, field: FilterField, pattern: str) -> Condition:
        if field in _OF_GROUPS:
            column = {FilterField.GROUP: "g.name", FilterField.PRODUCT: "p.name"}[field]
            return of_groups(self.groups_where(f"{column} REGEXP ?", (pattern,)))
        return Condition(f"{_RAW[field]} REGEXP ?", (pattern,))


def of_groups(groups: Sequence[int]) -> Condition:
    """Return the condition for devices in any of these groups."""
    return Condition(f"d.group_n IN ({','.join(map(str, groups))})")


def _joined(word: str, parts: Sequence[Condition]) -> Condition:
    return Condition("(" + word.join(part.sql for part in parts) + ")", tuple(value for part in parts for value in part.values))


def _not(part: Condition) -> Condition:
    return Condition(f"NOT coalesce({part.sql}, 0)", part.values)


def _is(mark: Claim) -> Condition:
    return Condition(
        {
            Claim.ONLINE: "d.is_online = 1",
            Claim.OFFLINE: "d.is_online = 0",
            Claim.ASSIGNED: "d.group_n <> 0",
            Claim.UNASSIGNED: "d.group_n = 0",
            Claim.PENDING: f"({_PENDING_OF_GROUP}) = 1",
            Claim.WEAK: f"d.rssi_dbm < {WEAK_BELOW_DBM}",
            Claim.PROBLEM: "d.is_problem = 1",
        }[mark]
    )


def _release(op: Op, release: tuple[int, ...]) -> Condition:
    low, after = release_span(release)
    match op:
        case Op.LT | Op.GE:
            return Condition(f"d.release {op} ?", (low,))
        case Op.LE:
            return Condition("d.release < ?", (after,))
        case Op.GT:
            return Condition("d.release >= ?", (after,))
        case Op.NE:
            return _not(_release(Op.EQ, release))
        case _:
            return Condition("(d.release >= ? AND d.release < ?)", (low, after))
