"""A search in the cache finds what a look at every device finds, in the same order."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imptui.cache.ingest import row_numbers
from imptui.cache.search import search
from imptui.cache.store import Cache
from imptui.cache.tables.tree import CachedTree
from imptui.domain.deployment import Deployment
from imptui.domain.device import Device, Reading
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, AgentId, DeploymentId, DeviceId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.domain.rows import WEAK_BELOW_DBM, is_pending, is_problem
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
from imptui.query.query import Query, Scope, Sort, SortColumn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER = AccountId("00000000-0000-4000-8000-000000000001")
COMPARE = {
    Op.EQ: lambda a, b: a == b,
    Op.LT: lambda a, b: a < b,
    Op.LE: lambda a, b: a <= b,
    Op.GT: lambda a, b: a > b,
    Op.GE: lambda a, b: a >= b,
}


@dataclass
class Fleet:
    products: list[Product]
    groups: list[DeviceGroup]
    deployments: list[Deployment]
    devices: list[Device]
    readings: dict[DeviceId, Reading]

    def group(self, device: Device) -> DeviceGroup | None:
        return next((group for group in self.groups if group.id == device.group_id), None)

    def product(self, device: Device) -> Product | None:
        group = self.group(device)
        return next((product for product in self.products if group and product.id == group.product_id), None)

    def deployed_at(self, device: Device) -> datetime | None:
        group = self.group(device)
        found = (one.created_at for one in self.deployments if group and one.id == group.current_deployment_id)
        return next(found, None)


NAMES = st.one_of(
    st.none(),
    st.sampled_from(["Pump 9", "pump 10", "Öl-Ofen", "ÖL ofen 2", "a%b_c", 'q"uote', "pump", "PUMP"]),
    st.text(alphabet="ab1 Öß%_\\\x00\x1f'\"", max_size=6),
)
TIMES = st.one_of(st.none(), st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours)))


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    products = [
        Product(ProductId(f"p{i}"), draw(st.sampled_from(["Boiler", "öl", "Pump 2"])) + str(i), None, OWNER, None, NOW)
        for i in range(draw(st.integers(1, 2)))
    ]
    deployments = [
        Deployment(
            DeploymentId(f"d{i}"), "ab", None, None, False, (), NOW - timedelta(hours=100 * i), None, None, None, None, None, None
        )
        for i in range(3)
    ]
    groups = [
        DeviceGroup(
            GroupId(f"g{i}"),
            draw(st.sampled_from([*GroupType, "novel"])),
            draw(st.sampled_from(["Line 3", "line 20", "PUMPS"])) + f" {i}",
            None,
            draw(st.sampled_from(products)).id,
            OWNER,
            None,
            NOW,
            current_deployment_id=draw(st.sampled_from([None, "d0", "d1", "d2", "unknown"])),
        )
        for i in range(draw(st.integers(0, 4)))
    ]
    devices, readings = [], {}
    for i in range(draw(st.integers(0, 14))):
        group = draw(st.sampled_from([None, *groups]))
        device = Device(
            id=DeviceId(f"5000{draw(st.integers(0, 255)):02x}{i:010x}"),
            name=draw(NAMES),
            mac_address=draw(st.sampled_from([None, f"0c:2a:69:00:00:{i:02x}"])),
            ip_address=draw(st.sampled_from([None, "192.168.1.7", "10.0.0.1"])),
            imp_type=draw(st.sampled_from([None, "imp005", "imp003"])),
            swversion=draw(st.sampled_from([None, "1a - release-42.3 - x - Production", "1a - release-36.13 - x", "odd"])),
            plan_id=None,
            is_online=draw(st.booleans()),
            state_changed_at=draw(TIMES),
            agent_id=draw(st.sampled_from([None, AgentId("Qm3x_8ZkT1-a")])),
            agent_url=None,
            is_agent_running=True,
            agent_state_changed_at=draw(TIMES),
            last_enrolled_at=draw(TIMES),
            owner_id=OWNER,
            group_id=group.id if group else None,
            product_id=group.product_id if group else None,
            group_type=group.type if group else None,
        )
        devices.append(device)
        if draw(st.booleans()):
            numbers = (
                st.one_of(st.none(), st.sampled_from([-90, -82, -80, -50])),
                st.one_of(st.none(), st.sampled_from([100, 20480, 70000])),
            )
            readings[device.id] = Reading(draw(numbers[0]), draw(numbers[1]), NOW)
    return Fleet(products, groups, deployments, sorted(devices, key=lambda one: one.id), readings)


TEXTS = st.sampled_from(
    [
        "pump",
        "Pump",
        "öl",
        "0C:2a",
        "0c2a69",
        "5000",
        "a%",
        "_",
        '"u',
        "line 2",
        "qm3x",
        "1",
        "ofen",
        "ss",
        "b\x1f",
        "zzz",
        "PUMP",
    ]
)
PATTERN_FIELDS = st.sampled_from(
    [
        FilterField.NAME,
        FilterField.ID,
        FilterField.MAC,
        FilterField.AGENT,
        FilterField.GROUP,
        FilterField.PRODUCT,
        FilterField.IP,
        FilterField.IMP,
    ]
)
OPS = st.sampled_from([Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE])
TERMS: st.SearchStrategy[Expr] = st.one_of(
    TEXTS.map(Word),
    st.sampled_from(list(Claim)).map(Is),
    st.builds(
        TextIs,
        PATTERN_FIELDS,
        st.sampled_from([Op.HAS, Op.EQ, Op.NE]),
        st.one_of(TEXTS, st.sampled_from(["192.168", "imp005", "10.0.0.1", "Line 3 0"])),
    ),
    st.builds(
        TextIs,
        st.just(FilterField.TYPE),
        st.sampled_from([Op.HAS, Op.EQ, Op.NE]),
        st.sampled_from(["pre", "factory", "Production", "novel"]),
    ),
    st.builds(TextIs, st.just(FilterField.RELEASE), st.just(Op.HAS), st.sampled_from(["production", "odd", "42"])),
    st.builds(NumberIs, st.just(FilterField.RSSI), OPS, st.sampled_from([-90, -82, -80])),
    st.builds(NumberIs, st.just(FilterField.FREE_MEMORY), OPS, st.sampled_from([100, 20480])),
    st.builds(
        NumberIs,
        st.sampled_from([FilterField.CHANGED, FilterField.LAST_ENROLLED, FilterField.ONLINE, FilterField.OFFLINE]),
        st.sampled_from([Op.LT, Op.LE, Op.GT, Op.GE]),
        st.integers(0, 400).map(lambda h: h * 3600),
    ),
    st.builds(Within, st.just(FilterField.RSSI), st.just(-90), st.sampled_from([-82, -80])),
    st.builds(Within, st.just(FilterField.OFFLINE), st.just(3600), st.sampled_from([7200, 720000])),
    st.builds(ReleaseIs, OPS, st.sampled_from([(42,), (42, 3), (36, 13), (40,)])),
    st.builds(Fuzzy, PATTERN_FIELDS, st.sampled_from(["pm", "p1", "%", "02a", "ÖN", "_c"])),
    st.builds(Regex, PATTERN_FIELDS, st.sampled_from(["^pump", "\\d$", "[ö]", "line|10"])),
)
EXPRESSIONS = st.recursive(
    TERMS,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: And(tuple(some))),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: Or(tuple(some))),
    ),
    max_leaves=4,
)
SCOPES = st.sampled_from(
    [
        Scope(),
        Scope(product_id=ProductId("p0")),
        Scope(group_id=GroupId("g1")),
        Scope(is_unassigned=True),
        Scope(group_type=GroupType.PRODUCTION),
        Scope(product_id=ProductId("p0"), group_type=GroupType.DEVELOPMENT),
    ]
)
QUERIES = st.builds(
    Query, SCOPES, st.one_of(st.none(), EXPRESSIONS), st.builds(Sort, st.sampled_from(list(SortColumn)), st.booleans())
)


def low(text: str | None) -> str | None:
    """Small letters, control characters as blanks; written apart from the model's on purpose."""
    return None if text is None else "".join(c if c >= " " else " " for c in text.casefold())


def text_of(fleet: Fleet, device: Device, field: FilterField) -> str | None:
    group, product = fleet.group(device), fleet.product(device)
    return {
        FilterField.NAME: device.name,
        FilterField.ID: device.id,
        FilterField.MAC: device.mac_address,
        FilterField.AGENT: device.agent_id,
        FilterField.IP: device.ip_address,
        FilterField.IMP: device.imp_type,
        FilterField.RELEASE: device.swversion,
        FilterField.GROUP: group.name if group else None,
        FilterField.PRODUCT: product.name if product else None,
        FilterField.TYPE: str(group.type) if group else None,
    }[field]


def number_of(fleet: Fleet, device: Device, field: FilterField) -> float | None:
    reading = fleet.readings.get(device.id)
    if field is FilterField.RSSI:
        return reading.rssi_dbm if reading else None
    if field is FilterField.FREE_MEMORY:
        return reading.free_memory_bytes if reading else None
    at = device.last_enrolled_at if field is FilterField.LAST_ENROLLED else device.state_changed_at
    if (field is FilterField.ONLINE and not device.is_online) or (field is FilterField.OFFLINE and device.is_online):
        return None
    return None if at is None else (NOW - at).total_seconds()


def release_parts(device: Device) -> tuple[int, ...] | None:
    found = re.search(r"release-(\d+)\.(\d+)", device.swversion or "")
    return (int(found[1]), int(found[2])) if found else None


def bare(text: str) -> str:
    return text.replace(":", "")


def finds(fleet: Fleet, device: Device, expr: Expr) -> bool:
    match expr:
        case And(parts):
            return all(finds(fleet, device, part) for part in parts)
        case Or(parts):
            return any(finds(fleet, device, part) for part in parts)
        case Not(part):
            return not finds(fleet, device, part)
        case Word(text):
            own = [device.name, device.id, device.agent_id, bare(device.mac_address or "")]
            wanted = {low(text), bare(text).lower()} if re.fullmatch(r"[0-9A-Fa-f:]+", text) else {low(text)}
            if any(one in (low(field) or "") for one in wanted for field in own):
                return True
            return any(
                low(text) in (low(text_of(fleet, device, field)) or "") for field in (FilterField.GROUP, FilterField.PRODUCT)
            )
        case Is(mark):
            return claims(fleet, device, mark)
        case TextIs(field, Op.NE, text):
            return not finds(fleet, device, TextIs(field, Op.EQ, text))
        case TextIs(field, op, text):
            value, wanted_text = low(text_of(fleet, device, field)), low(text) or ""
            if value is None:
                return False
            if field is FilterField.MAC:
                value, wanted_text = bare(value), bare(wanted_text)
            if op is Op.EQ:
                return value == wanted_text
            return value.startswith(wanted_text) if field is FilterField.TYPE else wanted_text in value
        case NumberIs(field, Op.NE, number):
            return number_of(fleet, device, field) != number
        case NumberIs(field, op, number):
            found = number_of(fleet, device, field)
            return found is not None and COMPARE[op](found, number)
        case Within(field, least, most):
            found = number_of(fleet, device, field)
            return found is not None and least <= found <= most
        case ReleaseIs(op, release):
            parts_there = release_parts(device)
            same = parts_there is not None and parts_there[: len(release)] == release
            if op in (Op.EQ, Op.NE):
                return same == (op is Op.EQ)
            if parts_there is None:
                return False
            return (same and op in (Op.LE, Op.GE)) or (not same and COMPARE[op](parts_there, release))
        case Fuzzy(field, text):
            value = low(text_of(fleet, device, field))
            letters = iter(bare(value) if value and field is FilterField.MAC else value or "")
            return value is not None and all(letter in letters for letter in low(text) or "")
        case Regex(field, pattern):
            raw = text_of(fleet, device, field)
            return raw is not None and re.search(pattern, raw, re.IGNORECASE) is not None
    raise AssertionError(expr)


def claims(fleet: Fleet, device: Device, mark: Claim) -> bool:
    reading = fleet.readings.get(device.id)
    return {
        Claim.ONLINE: device.is_online,
        Claim.OFFLINE: not device.is_online,
        Claim.ASSIGNED: device.group_id is not None,
        Claim.UNASSIGNED: device.group_id is None,
        Claim.PENDING: is_pending(device, fleet.deployed_at(device)) is True,
        Claim.WEAK: reading is not None and reading.rssi_dbm is not None and reading.rssi_dbm < WEAK_BELOW_DBM,
        Claim.PROBLEM: is_problem(device, reading),
        Claim.WORST: reading is not None and reading.rssi_dbm is not None,  # fewer than twenty
        Claim.FALLING: False,  # one reading is no trend
        Claim.FLAPPING: False,
    }[mark]


def within(fleet: Fleet, device: Device, scope: Scope) -> bool:
    group = fleet.group(device)
    if scope.is_unassigned:
        return group is None
    return (
        (scope.group_id is None or (group is not None and group.id == scope.group_id))
        and (scope.product_id is None or (group is not None and group.product_id == scope.product_id))
        and (scope.group_type is None or (group is not None and group.type == scope.group_type))
    )


def by_numbers(text: str | None) -> list[tuple[int, int, str]]:
    """Text cut at its numbers: as a person counts."""
    return [
        (1, int(part), "") if part.isdecimal() and part.isascii() else (2, 0, part)
        for part in re.split(r"([0-9]+)", low(text) or "")
        if part
    ]


def key_of(fleet: Fleet, device: Device, column: SortColumn) -> object:
    reading, group = fleet.readings.get(device.id), fleet.group(device)
    return {
        SortColumn.STATE: device.is_online,
        SortColumn.ID: device.id,
        SortColumn.MAC: device.mac_address,
        SortColumn.IP: device.ip_address,
        SortColumn.RSSI: reading.rssi_dbm if reading else None,
        SortColumn.FREE_MEMORY: reading.free_memory_bytes if reading else None,
        SortColumn.IMP: device.imp_type,
        SortColumn.RELEASE: release_parts(device),
        SortColumn.CHANGED: device.state_changed_at,
        SortColumn.LAST_ENROLLED: device.last_enrolled_at,
        SortColumn.GROUP: by_numbers(group.name) if group else None,
    }[column]


def naive(fleet: Fleet, query: Query) -> list[DeviceId]:
    """Look at every device, then sort; the cache saw them in the order of their ids."""
    found = [one for one in fleet.devices if within(fleet, one, query.scope)]
    if query.where is not None:
        found = [one for one in found if finds(fleet, one, query.where)]
    if query.sort.column in (SortColumn.NAME, SortColumn.PRODUCT, SortColumn.TYPE):
        return [one.id for one in found]
    keyed = [(key_of(fleet, one, query.sort.column), place, one.id) for place, one in enumerate(found)]
    there = sorted((one for one in keyed if one[0] is not None), key=lambda one: (one[0], one[1]))
    absent = [one for one in keyed if one[0] is None]
    if query.sort.descending and query.sort.column is SortColumn.GROUP:
        there.sort(key=lambda one: one[0], reverse=True)
    elif query.sort.descending:
        there, absent = there[::-1], absent[::-1]
    return [one[2] for one in there + absent]


def filled(fleet: Fleet, *, is_settled: bool) -> Cache:
    cache = Cache.in_memory()
    cache.products.store(fleet.products)
    cache.groups.store(fleet.groups)
    cache.deployments.store(fleet.deployments)
    if is_settled:
        cache.settle()
        cache.devices.store(fleet.devices, NOW)
    else:  # as a first pass does, page by page, some devices twice
        walk = cache.devices.begin_pass()
        for start in range(0, len(fleet.devices), 3):
            cache.devices.store(fleet.devices[max(0, start - 1) : start + 3], NOW, walk)
    cache.devices.store_readings(fleet.readings)
    return cache


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@pytest.mark.parametrize("small", [0, 4000])
@given(fleets(), QUERIES, st.integers(0, 14), st.integers(0, 6), st.booleans())
def test_window_is_slice_of_naive_search(
    small: int, fleet: Fleet, query: Query, offset: int, limit: int, is_settled: bool
) -> None:
    """A window, the count, a frozen order and a position agree with a look at every device, whichever way is taken."""
    row_numbers.SEGMENT = 4 if small else 65_536
    cache = filled(fleet, is_settled=is_settled)
    try:
        search.SMALL_FLEET, search.WALKED_HEADS, search.FETCH_COST = (
            small,
            (2, 5) if small == 0 else (2_000, 60_000),
            12 if small else 1,
        )
        assert len(cache.devices.rows_of([one.id for one in fleet.devices])) == len(fleet.devices)
        expected = naive(fleet, query)
        order = cache.devices.order(query, NOW)
        ordered = [row.device.id for row in cache.devices.rows(order, 0, 99) if row]
        if query.sort.column in (SortColumn.NAME, SortColumn.PRODUCT, SortColumn.TYPE):
            assert sorted(ordered) == sorted(expected), str(query)  # their order has tests of its own
            expected = ordered
        assert ordered == expected, str(query)
        assert len(order) == len(expected) == cache.devices.count(query, NOW)
        window = [row.device.id for row in cache.devices.window(query, offset, limit, NOW)]
        assert window == expected[offset : offset + limit]
        for device in fleet.devices[:3]:
            place = expected.index(device.id) if device.id in expected else None
            assert cache.devices.position(query, device.id, NOW) == place
    finally:
        search.SMALL_FLEET, search.WALKED_HEADS, search.FETCH_COST = 4000, (2_000, 60_000), 12
        row_numbers.SEGMENT = 65_536
        cache.close()


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(fleets(), st.booleans(), st.booleans())
def test_sorted_by_name(fleet: Fleet, descending: bool, is_settled: bool) -> None:
    """Names sort without regard to capitals, numbers in them as numbers, devices without a name last."""
    cache = filled(fleet, is_settled=is_settled)
    try:
        order = cache.devices.order(Query(sort=Sort(SortColumn.NAME, descending)), NOW)
        names = [row.device.name for row in cache.devices.rows(order, 0, 99) if row]
    finally:
        cache.close()
    named = [name for name in names if name]
    assert names[: len(named)] == named
    plain = [re.sub(r"\s", " ", name) for name in named if not re.search("[0-9]", name)]
    assert [low(name) for name in plain] == sorted((low(name) or "" for name in plain), reverse=descending)
    pumps = [name for name in named if name in ("Pump 9", "pump 10")]
    assert [by_numbers(name) for name in pumps] == sorted((by_numbers(name) for name in pumps), reverse=descending)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(fleets(), fleets())
def test_tallies_are_kept(before: Fleet, after: Fleet) -> None:
    """However devices, readings and deployments change, the tallies say what counting would."""
    cache = filled(before, is_settled=False)
    try:
        for fleet in (after, before):
            walk = cache.devices.begin_pass()
            cache.deployments.store(fleet.deployments)
            cache.devices.store(fleet.devices, NOW, walk)
            cache.groups.store(fleet.groups)
            cache.products.store(fleet.products)
            cache.devices.store_readings(fleet.readings)
            cache.devices.forget_absent(walk)
            kept = cache.groups.tree()
            assert kept == CachedTree(cache._connections).read()
            assert kept.places == CachedTree(cache._connections).read().places
        tree = cache.groups.tree()
        rows = [row for row in cache.devices.rows(cache.devices.order(Query(), NOW), 0, 99) if row]
        assert {row.device.id for row in rows} == {device.id for device in before.devices}
        total = tree.total
        assert (total.devices, total.online) == (len(rows), sum(row.device.is_online for row in rows))
        assert total.pending == sum(row.is_pending is True for row in rows)
        assert total.problems == sum(row.is_problem for row in rows)
        for line in (line for product in tree.products for line in product.groups):
            members = [row for row in rows if row.device.group_id == line.group.id]
            assert line.tally.devices == len(members)
            assert line.tally.pending == sum(row.is_pending is True for row in members)
    finally:
        cache.close()
