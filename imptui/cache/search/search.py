"""Search of devices: how it answers a query, and why in this way.

The time until the first rows appear must not grow with the fleet. There are three ways to a window:

1. **Walk an order.** Every sort has an index; its walk ends as soon as the window is full. Right without a filter (from the
   nearer end), and for common matches: the first fifty turn up soon.
2. **Sort the few.** A part of the query names few devices cheaply (a trigram index for three letters or more, an index on a
   number, the groups of a scope): fetch these devices, check the whole condition, sort.
3. **Take a snapshot.** `order` saves the row numbers of the whole answer, four bytes each. It takes half a second for a
   million devices, in a thread; then any depth costs one lookup by row number, and nothing moves under the cursor.

When are there few? Walking meets one match in `total / matches` devices, so a window costs `limit * total / matches` lookups;
sorting costs `matches`. Both are equal at `sqrt(limit * total)`: 7,000 devices in a million. The first probe for "few" stops
there. If walking the head of the order (`WALKED_HEADS`) does not fill the window, matches are rare or far down; then a source of
more devices, up to `1 / FETCH_COST` of the fleet, is still cheaper than walking on to the end.

The position of a device in a list without filter is counted in the index of its order (`rank`): 10 to 40 ms for a million, while
a snapshot of the order takes 200 to 300.

One or two letters have no trigram, but are common, and so are texts of common trigrams only: these take way 1. `selectivity`
estimates which are common; `sources` finds few. Counting the matches of a common filter scans the table in its own order, because
an index walk would read it in random order; this happens after the window was shown. When the user extends a filter, only the
devices that the shorter filter found are checked, if these are not many.

SQLite returns the row numbers as one long text of digits: a million Python integers would block the keys for 200 ms, one text of
8 MB for two.
"""

import json
import math
import re
import sqlite3
from datetime import datetime

from imptui.cache.search.conditions import ALWAYS, Condition, Conditions, of_groups
from imptui.cache.search.selectivity import Frequencies
from imptui.cache.search.snapshot import DIGITS_SQL, Snapshot, packed
from imptui.cache.search.sources import SORT_COLUMNS, SORT_INDEX, Sources, members
from imptui.query.expression import And
from imptui.query.query import Query, SortColumn

SMALL_FLEET = 4_000
"""A fleet up to this size is sorted imperceptibly fast for any query."""

WALKED_HEADS = (2_000, 60_000)
"""Number of devices at the head of an order that are walked before a costlier source is used; the second takes 7 ms."""

FETCH_COST = 12
"""Cost of fetching a device by its number, in steps of a walk through an index that covers the query."""


class Search:
    """One query on one connection."""

    def __init__(
        self, reader: sqlite3.Connection, query: Query, now: datetime, frequencies: Frequencies, within: Snapshot | None = None
    ) -> None:
        """Prepare the search of one query.

        Args:
            reader: Connection to search with.
            query: The query to answer.
            now: Time against which durations are measured.
            frequencies: Estimates of the frequency of trigrams.
            within: Current snapshot of a wider query; only its devices are checked.
        """
        self._within = within
        self.reader = reader
        self.query = query
        self.frequencies = frequencies
        self.conditions = Conditions(reader, now)
        self.groups = self.conditions.groups_in(query.scope)
        self.condition = ALWAYS if self.groups is None else of_groups(self.groups)
        if query.where is not None:
            self.condition = self.condition.and_(self.conditions.of(query.where))
        self.sources = Sources(reader, self.conditions, frequencies)
        self.has_indexes = self.sources.has_indexes
        self.sorts = self.sources.sorts
        if self.sources.has_trigrams and query.where is not None:
            frequencies.refresh(reader)

    def in_scope(self) -> int:
        """Return the number of devices in the scope, from the tallies."""
        among = "1" if self.groups is None else f"group_n IN ({','.join(map(str, self.groups))})"
        row = self.reader.execute(f"SELECT coalesce(sum(devices), 0) FROM tally WHERE {among}").fetchone()
        return int(row[0])

    def window(self, offset: int, limit: int) -> list[int]:
        """Return row numbers from `offset`, at most `limit`."""
        if limit <= 0:
            return []
        total = self.in_scope()
        if self.query.where is None:
            if offset >= total:
                return []
            limit = min(limit, total - offset)
            if self.has_indexes and self.groups is None and self.query.sort.column not in SORT_COLUMNS:
                return self._within_places(offset, limit)
            if offset > total // 2 and self._walks():
                back = self._select(limit, total - offset - limit, few=None, is_reversed=True)
                return back[::-1]
        few = self._few(total, self._bound(total, offset + limit))
        return self._select(limit, offset, few) if few is not None else self._walked(total, offset, limit)

    def _walked(self, total: int, offset: int, limit: int) -> list[int]:
        """Return a window without few candidates: from the head of the order, else a costlier source, else a full walk."""
        dearer = None
        if self.query.where is not None and self.has_indexes and self.query.sort.column in self.sorts:
            dearer = self._few(total, total // FETCH_COST if self._is_covered() else total // 2)
        for head in WALKED_HEADS if dearer is not None else ():
            found = self._select(limit, offset, None, head=head)
            if len(found) == limit:
                return found
        return self._select(limit, offset, dearer)

    def rank(self, number: int) -> int | None:
        """Return the position of a device in a list without filter; None if it is not listed, or no index has that order."""
        row = self.reader.execute("SELECT group_n, name_key, search FROM device WHERE n = ?", (number,)).fetchone()
        if row is None or self.query.where is not None or not self.has_indexes:
            return None
        group_n, name_key, search = row
        if self.groups is not None and group_n not in self.groups:
            return None
        if self.query.sort.column not in SORT_COLUMNS:
            return self._rank_within_places(number, group_n) if self.groups is None else None
        if not self._walks():
            return None
        if self._is_one_group_by_name():
            return self._count_before("device_by_group_name", (("group_n", group_n),), (("name_key", name_key), ("n", number)))
        column = SORT_COLUMNS[self.query.sort.column]
        index = SORT_INDEX.get(self.query.sort.column) or f"device_by_{column}"
        if column == "name_key":
            return self._count_before(index, (), (("name_key", name_key), ("search", search)))
        value = self.reader.execute(f"SELECT {column} FROM device WHERE n = ?", (number,)).fetchone()[0]
        return self._count_before(index, (), ((column, value), ("n", number)))

    def _count_before(self, index: str, same: tuple[tuple[str, object], ...], terms: tuple[tuple[str, object], ...]) -> int:
        """Count the devices of an index before these values in the direction of the query; missing values come last."""
        before, found = ">" if self.query.sort.descending else "<", 0
        for column, value in terms:
            conditions = [f"{name} IS ?" for name, _ in same]
            conditions.append(f"{column} IS NOT NULL AND ? IS NULL" if value is None else f"{column} {before} ?")
            sql = f"SELECT count(*) FROM device INDEXED BY {index} WHERE {' AND '.join(conditions)}"
            found += self.reader.execute(sql, (*(each for _, each in same), value)).fetchone()[0]
            same = (*same, (column, value))
        return found

    def _rank_within_places(self, number: int, group: int) -> int:
        """Return the position in a list sorted by group: all devices of the groups before, and those before it in its own."""
        groups_before = (
            "SELECT coalesce(sum(t.devices), 0) FROM place o JOIN tally t ON t.group_n = o.group_n WHERE o.kind = :kind"
            " AND o.place < (SELECT place FROM place WHERE kind = :kind AND group_n = :group_n)"
        )
        within = "SELECT count(*) FROM device INDEXED BY device_by_group WHERE group_n = ? AND n < ?"
        found = self.reader.execute(groups_before, {"kind": self._places(), "group_n": group}).fetchone()[0]
        return int(found + self.reader.execute(within, (group, number)).fetchone()[0])

    def count(self) -> int:
        """Count the devices that match: fast without filter, else a check of every device or of few."""
        total = self.in_scope()
        if self.query.where is None or not total:
            return total
        source = self._source(self._few(total, self._bound(total, 50)), for_all=True)
        return int(
            self.reader.execute(f"SELECT count(*) FROM {source.sql} {self.condition.sql}", self._values(source)).fetchone()[0]
        )

    def all(self) -> bytes:
        """Return all row numbers, packed as in `Snapshot`."""
        total = self.in_scope()
        is_part = self.query.where is not None or self.groups is not None
        few = self._few(total, self._bound(total, 50)) if is_part else None
        source = self._source(few, for_all=True)
        ordered = f"SELECT d.n FROM {source.sql} {self.condition.sql} ORDER BY {self._order_by()} LIMIT -1"
        return packed(self.reader.execute(f"SELECT {DIGITS_SQL} FROM ({ordered})", self._values(source)).fetchone()[0])

    def _values(self, source: Condition) -> tuple[object, ...]:
        return source.values + self.condition.values

    def _walks(self) -> bool:
        """True if an index holds exactly the scope in exactly the order."""
        is_there = self.has_indexes and self.query.sort.column in self.sorts
        return is_there and (self.groups is None or self._is_one_group_by_name())

    def _is_one_group_by_name(self) -> bool:
        return self.groups is not None and len(self.groups) == 1 and self.query.sort.column is SortColumn.NAME

    def _is_covered(self) -> bool:
        """True if the index of names covers the query; then even all matches are read from it, in order."""
        return self.query.sort.column is SortColumn.NAME and _columns(self.condition.sql) <= {"search", "group_n"}

    def _select(
        self, limit: int, offset: int, few: Condition | None, *, is_reversed: bool = False, head: int | None = None
    ) -> list[int]:
        """Return row numbers by walking or sorting; with `head`, a walk checks at most this many devices."""
        source, order_by = self._source(few), self._order_by(is_reversed=is_reversed)
        if head is not None:
            columns = sorted({"n", *_columns(self.condition.sql), *_columns(order_by)})
            inner = f"SELECT {', '.join(f'd.{name}' for name in columns)} FROM {source.sql} 1 ORDER BY {order_by} LIMIT {head}"
            source = Condition(f"({inner}) d WHERE", source.values)
        sql = f"SELECT d.n FROM {source.sql} {self.condition.sql} ORDER BY {order_by} LIMIT ? OFFSET ?"
        return [row[0] for row in self.reader.execute(sql, (*self._values(source), limit, offset))]

    def _source(self, few: Condition | None, *, for_all: bool = False) -> Condition:
        """Return the FROM clause, up to and with the word that precedes a condition."""
        column = self.query.sort.column
        if few is not None:
            found = f"(SELECT DISTINCT n FROM ({few.sql})) c CROSS JOIN device d ON d.n = c.n"
        elif self.has_indexes and self._walks() and self.groups is not None:
            found = "device d INDEXED BY device_by_group_name"
        elif self.has_indexes and column in self.sorts and (not for_all or self.condition is ALWAYS or self._is_covered()):
            found = f"device d INDEXED BY {SORT_INDEX.get(column) or f'device_by_{SORT_COLUMNS[column]}'}"
        elif self.has_indexes and column not in SORT_COLUMNS:
            joined = "place o CROSS JOIN device d INDEXED BY device_by_group"
            return Condition(f"{joined} WHERE o.kind = '{self._places()}' AND d.group_n = o.group_n AND")
        else:
            found = "device d NOT INDEXED"
        values = few.values if few is not None else ()
        if column in SORT_COLUMNS:
            return Condition(f"{found} WHERE", values)
        return Condition(f"{found} CROSS JOIN place o WHERE o.kind = '{self._places()}' AND o.group_n = d.group_n AND", values)

    def _places(self) -> str:
        return f"{self.query.sort.column.value}{'-' if self.query.sort.descending else ''}"

    def _order_by(self, *, is_reversed: bool = False) -> str:
        """Return the ORDER BY terms. Missing values come last in both directions, and a backward walk mirrors the forward one."""
        column = SORT_COLUMNS.get(self.query.sort.column)
        if column is None:
            return "o.place, d.n"
        downwards = self.query.sort.descending != is_reversed
        direction = "DESC" if downwards else "ASC"
        if column == "name_key" and not self._is_one_group_by_name():
            nulls = "FIRST" if is_reversed else "LAST"
            # equal names are sorted by id, which follows the name in `search`
            return f"d.name_key {direction} NULLS {nulls}, d.search {direction}"
        if column in ("id", "is_online"):
            return f"d.{column} {direction}, d.n {direction}"
        return f"d.{column} {direction} NULLS {'FIRST' if is_reversed else 'LAST'}, d.n {direction}"

    def _within_places(self, offset: int, limit: int) -> list[int]:
        """Return a window sorted by group: the tallies tell its groups, so earlier groups are not read."""
        places = self.reader.execute(
            "SELECT o.group_n, t.devices FROM place o JOIN tally t ON t.group_n = o.group_n"
            " WHERE o.kind = ? AND t.devices > 0 ORDER BY o.place",
            (self._places(),),
        )
        found: list[int] = []
        for group, devices in places.fetchall():
            if offset >= devices:
                offset -= devices
                continue
            sql = "SELECT n FROM device INDEXED BY device_by_group WHERE group_n = ? ORDER BY n LIMIT ? OFFSET ?"
            found += [row[0] for row in self.reader.execute(sql, (group, limit - len(found), offset))]
            offset = 0
            if len(found) >= limit:
                break
        return found

    @staticmethod
    def _bound(total: int, wanted: int) -> int:
        """Return the number of devices that counts as few for `wanted` rows; the module docstring has the reason."""
        return max(SMALL_FLEET // 4, math.isqrt(max(1, wanted) * max(1, total)))

    def _few(self, total: int, bound: int) -> Condition | None:
        """Return a cheap source of all candidates if it holds at most `bound`; None: walk."""
        if self._within is not None:
            return Condition("SELECT value AS n FROM json_each(?)", (json.dumps(self._within.slice(0, len(self._within))),))
        if self.has_indexes and total <= SMALL_FLEET and self.groups is not None and not self._walks():
            return Condition(members(self.groups))
        if self._walks() and self.query.where is None:
            return None
        parts = self.query.where.parts if isinstance(self.query.where, And) else (self.query.where,)
        for part in parts:
            source = self.sources.source_of(part) if part is not None else None
            if source is not None and self.sources.holds_at_most(source, bound):
                return source
        if self.has_indexes and self.groups is not None and total <= bound:
            return Condition(members(self.groups))
        return None


def _columns(sql: str) -> set[str]:
    """Return the columns of the device that a piece of SQL reads."""
    return set(re.findall(r"\bd\.(\w+)", sql))
