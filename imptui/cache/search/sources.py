"""Cheap sources: SQL that uses an index to find at least the devices that one term of a query matches.

A source may return too many devices, because the condition is checked afterwards; it must never miss one.
"""

import sqlite3
from collections.abc import Sequence

from imptui.cache.ingest.derived import trigrams_upto
from imptui.cache.ingest.row_numbers import ID_INDEX
from imptui.cache.search.conditions import Condition, Conditions, bindable
from imptui.cache.search.sample_conditions import WORST_SQL, falling, flapping
from imptui.cache.search.selectivity import Frequencies, trigrams
from imptui.query.expression import And, Claim, Expr, FilterField, Is, NumberIs, Op, Or, Regex, ReleaseIs, TextIs, Within, Word
from imptui.query.implication import literals
from imptui.query.query import SortColumn
from imptui.query.text_folding import fold, needles

SORT_COLUMNS = {
    SortColumn.NAME: "name_key",
    SortColumn.STATE: "is_online",
    SortColumn.ID: "id",
    SortColumn.MAC: "mac_address",
    SortColumn.IP: "ip_address",
    SortColumn.RSSI: "rssi_dbm",
    SortColumn.FREE_MEMORY: "free_memory_bytes",
    SortColumn.IMP: "imp_type",
    SortColumn.RELEASE: "release",
    SortColumn.CHANGED: "state_changed_at",
    SortColumn.LAST_ENROLLED: "last_enrolled_at",
}
"""Columns of the device table by sort order. Other orders use the ranks of groups (table `place`)."""

SORT_INDEX = {SortColumn.NAME: "device_by_name", SortColumn.ID: ID_INDEX}
"""Indexes that are not named after their column."""

ALWAYS_TOGETHER = frozenset({"device_by_name", "device_by_group_name", "device_by_group", "device_by_problem", ID_INDEX})
"""Indexes that are only used if all of them exist. Indexes of single columns are used one by one."""

_INDEXED = (FilterField.RSSI, FilterField.FREE_MEMORY, FilterField.CHANGED, FilterField.LAST_ENROLLED)
FOREIGN = "length(search) <> length(CAST(search AS BLOB))"
"""SQL that is true if the texts of a device hold more than ASCII."""

_FOREIGN_ROWS = f"SELECT n FROM device INDEXED BY device_by_foreign WHERE {FOREIGN}"
_MATCH = "FROM device_tri WHERE device_tri MATCH ?"


class Sources:
    """The existing indexes, and the sources that they offer."""

    def __init__(self, reader: sqlite3.Connection, conditions: Conditions, frequencies: Frequencies) -> None:
        self.reader = reader
        self.conditions = conditions
        self.frequencies = frequencies
        present = {row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type IN ('index', 'table')")}
        self.has_indexes = present >= ALWAYS_TOGETHER
        self.sorts = {
            column for column, name in SORT_COLUMNS.items() if (SORT_INDEX.get(column) or f"device_by_{name}") in present
        }
        """Sort orders that have an index."""
        self.has_foreign = "device_by_foreign" in present
        self.has_trigrams = "device_tri" in present and trigrams_upto(reader) is None

    def holds_at_most(self, source: Condition, bound: int) -> bool:
        """True if a source returns at most `bound` devices; counting stops there."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM ({source.sql}) LIMIT {bound + 1})"
        return int(self.reader.execute(sql, source.values).fetchone()[0]) <= bound

    def source_of(self, part: Expr) -> Condition | None:
        """Return a source for an expression; None if no index helps."""
        match part:
            case Word(text):
                return self._source_of_word(text)
            case TextIs(
                FilterField.NAME | FilterField.ID | FilterField.MAC | FilterField.AGENT as field, Op.HAS | Op.EQ, text
            ) if self.has_trigrams:
                folded = needles(bindable(text))[-1] if field is FilterField.MAC else fold(bindable(text))
                asked = trigrams(folded, self.frequencies)
                return None if asked is None else Condition(f"SELECT rowid AS n {_MATCH}", (asked,))
            case TextIs(FilterField.GROUP | FilterField.PRODUCT | FilterField.TYPE, Op.HAS | Op.EQ, _) if self.has_indexes:
                return self._by("device_by_group", part)
            case NumberIs(field, op, _) if op is not Op.NE and field in _INDEXED and self._sorts(SortColumn(field)):
                return self._by(f"device_by_{SORT_COLUMNS[SortColumn(field)]}", part)
            case Within(field, _, _) if field in _INDEXED and self._sorts(SortColumn(field)):
                return self._by(f"device_by_{SORT_COLUMNS[SortColumn(field)]}", part)
            case ReleaseIs(op, _) if op is not Op.NE and self._sorts(SortColumn.RELEASE):
                return self._by("device_by_release", part)
            case Is(mark):
                return self._source_of_mark(mark, part)
            case Regex(FilterField.NAME | FilterField.ID | FilterField.AGENT, pattern) if self.has_trigrams:
                return self._source_of_pattern(pattern)
            case Or(parts):
                return self._source_of_any(parts)
            case And(parts):
                return next(filter(None, map(self.source_of, parts)), None)
            case _:
                return None

    def _source_of_mark(self, mark: Claim, part: Expr) -> Condition | None:
        match mark:
            case Claim.WEAK if self._sorts(SortColumn.RSSI):
                return self._by("device_by_rssi_dbm", part)
            case Claim.OFFLINE | Claim.ONLINE if self._sorts(SortColumn.STATE):
                return self._by("device_by_is_online", part)
            case Claim.PROBLEM if self.has_indexes:
                return self._by("device_by_problem", part)
            case Claim.PENDING if self.has_indexes:
                groups = self.reader.execute("SELECT group_n FROM tally WHERE pending > 0")
                return Condition(members([row[0] for row in groups]))
            case Claim.WORST:
                return Condition(WORST_SQL)
            case Claim.FALLING | Claim.FLAPPING if self.has_indexes:
                sql, values = (falling if mark is Claim.FALLING else flapping)(self.conditions.now_us)
                return Condition(f"SELECT n FROM device INDEXED BY {ID_INDEX} WHERE id IN ({sql})", values)
            case _:
                return None

    def _sorts(self, column: SortColumn) -> bool:
        return self.has_indexes and column in self.sorts

    def _by(self, index: str, part: Expr) -> Condition:
        condition = self.conditions.of(part)
        return Condition(f"SELECT d.n FROM device d INDEXED BY {index} WHERE {condition.sql}", condition.values)

    def _source_of_any(self, parts: Sequence[Expr]) -> Condition | None:
        """Return a source for any of several parts, if each of them has one."""
        sources = [source for source in map(self.source_of, parts) if source is not None]
        if len(sources) < len(parts):
            return None
        sql = " UNION ALL ".join(f"SELECT n FROM ({source.sql})" for source in sources)
        return Condition(sql, tuple(value for source in sources for value in source.values))

    def _source_of_pattern(self, pattern: str) -> Condition | None:
        """Return a source for the rarest plain piece of a regular expression; the expression is checked afterwards.

        Without case, `i` also equals two letters of Turkish, which fold differently; for it, all devices with other than ASCII
        texts are added.
        """
        pieces = [(piece, asked) for piece in literals(pattern) if (asked := trigrams(piece, self.frequencies)) is not None]
        if not pieces:
            return None
        piece, asked = min(pieces, key=lambda each: self.frequencies.of(each[0]))
        if "i" not in piece:
            return Condition(f"SELECT rowid AS n {_MATCH}", (asked,))
        if not self.has_foreign:
            return None
        return Condition(f"SELECT rowid AS n {_MATCH} UNION ALL {_FOREIGN_ROWS}", (asked,))

    def _source_of_word(self, text: str) -> Condition | None:
        asked = [trigrams(needle, self.frequencies) for needle in needles(bindable(text))]
        if not self.has_trigrams or None in asked:
            return None
        selects = [f"SELECT rowid AS n {_MATCH}"] * len(asked)
        if groups := self.conditions.groups_of_word(text):
            selects.append(members(groups))
        return Condition(" UNION ALL ".join(selects), tuple(asked))


def members(groups: Sequence[int]) -> str:
    """Return a source of the devices in these groups."""
    return f"SELECT n FROM device INDEXED BY device_by_group WHERE group_n IN ({','.join(map(str, groups))})"
