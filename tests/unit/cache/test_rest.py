"""Deployments, code, samples, journal and drafts in the cache."""

from datetime import timedelta
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.domain.account import Account
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.device import Reading
from imptui.domain.group import GroupType
from imptui.domain.ids import DeploymentId, DeviceId, GroupId
from imptui.domain.rows import CodeHit, JournalEntry, SavedDraft
from imptui.query.expression import FilterField, Regex
from imptui.query.query import Query, Sort, SortColumn
from imptui.query.regular_expression import PatternTooLong, RegularExpression
from tests.unit.cache.pump_fleet import BOILER, LINE, NOW, OWNER, PUMP

BY_GROUP = Query(sort=Sort(SortColumn.GROUP))
MADE = Deployment(
    DeploymentId("one"), "abcdef1234567890", "First", "git", True, ("beta", "v1.0"), NOW, None, LINE.id, LINE.type, BOILER.id, OWNER, OWNER, OWNER
)  # fmt: skip


def test_deployments_come_back(cache: Cache) -> None:
    """A deployment is read as it was stored, and found by id, sha prefix and tag; the newest comes first."""
    newer = replace(MADE, id=DeploymentId("two"), sha="ffffff", tags=(), created_at=NOW + timedelta(days=1))
    assert cache.deployments.store([MADE, newer]) == [MADE.id, newer.id]
    assert cache.deployments.list(LINE.id) == [newer, MADE]
    assert cache.deployments.find("ABCDEF") == cache.deployments.find("v1.0") == cache.deployments.find("one") == [MADE]
    assert cache.deployments.find("abc") == []
    assert cache.deployments.store([MADE]) == []
    assert cache.deployments.forget_absent([newer.id]) == [MADE.id]


def test_the_deployment_before(cache: Cache) -> None:
    """The deployment before is the last older one of the same group; the first of a group has none."""
    second = replace(MADE, id=DeploymentId("two"), created_at=NOW + timedelta(days=1))
    third = replace(MADE, id=DeploymentId("three"), created_at=NOW + timedelta(days=2))
    elsewhere = replace(MADE, id=DeploymentId("four"), group_id=GroupId("other"), created_at=NOW + timedelta(hours=30))
    cache.deployments.store([MADE, second, third, elsewhere])
    assert [cache.deployments.before(each) for each in (third, second, MADE, elsewhere)] == [second, MADE, None, None]


def test_deployments_without_code(cache: Cache) -> None:
    """Deployments without cached code are listed newest first."""
    newer = replace(MADE, id=DeploymentId("two"), created_at=NOW + timedelta(days=1))
    newest = replace(MADE, id=DeploymentId("three"), created_at=NOW + timedelta(days=2))
    cache.deployments.store([MADE, newer, newest])
    cache.deployments.store_programs(newer.id, Programs("x", "y"))
    assert cache.deployments.ids_without_code() == [newest.id, MADE.id]


def test_code_comes_back_whole(cache: Cache) -> None:
    """Code is read exactly as it was stored, whatever characters it has."""
    programs = Programs("agent\x00\ud800 ü\r\n", "")
    cache.deployments.store_programs(MADE.id, programs)
    assert cache.deployments.programs(MADE.id) == programs
    assert cache.deployments.programs(DeploymentId("unknown")) is None


def test_least_recently_used_code_goes(cache: Cache) -> None:
    """Beyond the cap, the least recently used code is deleted."""
    for number in range(3):
        cache.deployments.store_programs(DeploymentId(str(number)), Programs("a" * 100, "b"))
    cache.deployments.programs(DeploymentId("0"))
    cache.deployments.cap_programs(cap_bytes=50)
    left = [number for number in range(3) if cache.deployments.programs(DeploymentId(str(number)))]
    assert left in ([0], [0, 2])


def test_code_is_searched(cache: Cache) -> None:
    """A search in code returns matching lines, the agent's first, and does not count as use of the code."""
    cache.deployments.store_programs(MADE.id, Programs("a\nServer.log(1)\nb", "// server.log\n"))
    cache.deployments.store_programs(DeploymentId("other"), Programs("x", "y"))
    found = cache.deployments.search_code(MADE.id, RegularExpression("SERVER.LOG"))
    assert found == [CodeHit(MADE.id, "agent", 2, "Server.log(1)"), CodeHit(MADE.id, "device", 1, "// server.log")]
    assert len(cache.deployments.search_code(MADE.id, RegularExpression("erver"), limit=1)) == 1
    assert cache.deployments.search_code(DeploymentId("nobody"), RegularExpression("x")) == []
    assert cache.deployments.ids_with_code() == ["other", MADE.id]


def test_a_pattern_that_takes_too_long_names_the_line(cache: Cache) -> None:
    """A search in code whose pattern takes too long names the line."""
    cache.deployments.store_programs(MADE.id, Programs("x", "y\n// " + "a" * 3_000))
    with pytest.raises(PatternTooLong, match=f"takes too long on line 2 of the device code of {MADE.id}"):
        cache.deployments.search_code(MADE.id, RegularExpression("(a+)+b"))


def test_a_pattern_that_takes_too_long_names_the_device(cache: Cache) -> None:
    """A filter whose pattern takes too long on a name reports that, not an error of SQLite."""
    cache.devices.store([replace(PUMP, name="a" * 240 + "!")], NOW)
    with pytest.raises(PatternTooLong, match="takes too long on 'aaaa"):
        cache.devices.count(Query(where=Regex(FilterField.NAME, "(a|a+a)+$")), NOW)
    assert cache.devices.count(Query(where=Regex(FilterField.NAME, "a!")), NOW) == 1


def test_old_readings_become_hours(cache: Cache) -> None:
    """Readings older than two days become hours with mean and worst; newer ones stay."""
    cache.devices.store([PUMP], NOW)
    old = NOW - timedelta(days=3)
    for minute, rssi in ((1, -50), (2, -70)):
        cache.devices.store_readings({PUMP.id: Reading(rssi, 20000, old + timedelta(minutes=minute))})
    cache.devices.store_readings({PUMP.id: Reading(-40, 30000, NOW)})
    cache.tidy(NOW)
    hour, last = cache.samples.of(PUMP.id, NOW - timedelta(days=9))
    assert (hour.at, hour.span_s, hour.rssi_dbm, hour.rssi_low_dbm) == (old, 3600, -60, -70)
    assert (last.at, last.span_s, last.rssi_dbm) == (NOW, 0, -40)


def test_samples_are_capped(cache: Cache) -> None:
    """Beyond the cap, the oldest samples are deleted."""
    cache.devices.store([PUMP], NOW)
    for minute in range(5):
        cache.devices.store_readings({PUMP.id: Reading(-minute, None, NOW + timedelta(minutes=minute))})
    cache.samples.roll_up(NOW, cap=2)
    assert [sample.rssi_dbm for sample in cache.samples.of(PUMP.id, NOW)] == [-3, -4]


def test_journal_only_grows(cache: Cache) -> None:
    """A journal entry is saved before its answer is known; it gets one answer and keeps it."""
    first = JournalEntry(NOW, "me", "home", "restart", PUMP.id, before="a", after="b")
    number = cache.journal.add(first)
    second = cache.journal.add(replace(first, verb="deploy", answer="done"))
    cache.journal.answer(number, "refused", is_refused=True)
    cache.journal.answer(number, "something else")
    entries = cache.journal.list()
    assert [entry.number for entry in entries] == [second, number]
    assert entries[1] == replace(first, answer="refused", is_refused=True, number=number)
    assert cache.journal.list(before=second) == entries[1:]


def test_drafts(cache: Cache) -> None:
    """A draft is saved under its key, replaced, and deleted."""
    cache.drafts.save(SavedDraft("line", "{}", NOW))
    cache.drafts.save(SavedDraft("line", '{"a": 1}', NOW))
    assert cache.drafts.one("line") == SavedDraft("line", '{"a": 1}', NOW)
    cache.drafts.drop("line")
    cache.drafts.drop("line")
    assert cache.drafts.all() == []


def test_accounts(cache: Cache) -> None:
    """An account that is only known from a device is not listed until it was read."""
    cache.devices.store([PUMP], NOW)
    assert cache.accounts.all() == []
    account = Account(OWNER, "me", "me@example.com")
    cache.accounts.store([account])
    assert cache.accounts.one(OWNER) == account


def test_groups_come_back(cache: Cache) -> None:
    """A group is read as it was stored, also one of an unknown type."""
    full = replace(
        LINE,
        id=GroupId("novel"),
        type="novel_devicegroup",
        load_code_after_blessing=False,
        production_target_id=LINE.id,
        current_deployment_id=DeploymentId("x"),
        env_vars=MappingProxyType({"a": 1, "b": "c"}),
        region="us",
    )
    cache.groups.store([full])
    assert cache.groups.one(full.id) == full
    assert cache.groups.store([full]) == []


def test_tree_in_order(cache: Cache) -> None:
    """The tree sorts groups by type, then by name with numbers by value."""
    for number, group_type in ((10, GroupType.DEVELOPMENT), (9, GroupType.DEVELOPMENT), (1, GroupType.FACTORY)):
        cache.groups.store([replace(LINE, id=GroupId(f"g{number}"), name=f"Group {number}", type=group_type)])
    (product,) = cache.groups.tree().products
    assert [line.group.name for line in product.groups] == ["Group 9", "Group 10", "Group 1", "Line 3"]
    assert tuple(each.type for each in product.types) == (GroupType.DEVELOPMENT, GroupType.FACTORY, GroupType.PRODUCTION)


def test_many_groups_are_put_in_order_at_the_end_of_the_pass(cache: Cache) -> None:
    """New groups of a page can be sorted by at once, and are ranked at the end of the pass."""
    names = [f"Group {number}" for number in range(120, 0, -1)]
    groups = [replace(LINE, id=GroupId(name), name=name) for name in names]
    pumps = [replace(PUMP, id=DeviceId(f"d{group.id}"), name=None, group_id=group.id) for group in groups]
    for start in range(0, len(groups), 40):
        cache.groups.store(groups[start : start + 40])
        cache.devices.store(pumps[start : start + 40], NOW)
        assert cache.devices.count(BY_GROUP, NOW) == len(cache.devices.window(BY_GROUP, 0, 200, NOW)) == start + 40
    cache.groups.forget_absent([LINE.id, *(group.id for group in groups)])
    assert [row.group_name for row in cache.devices.window(BY_GROUP, 0, 200, NOW)] == names[::-1]


def test_forgotten_groups_leave_the_tree(cache: Cache) -> None:
    """A deleted group leaves the tree; devices that still name it stay in the list."""
    cache.devices.store([PUMP], NOW)
    assert cache.groups.forget_absent([]) == [LINE.id]
    assert cache.groups.all() == []
    row = cache.devices.row(PUMP.id)
    assert row is not None
    assert row.device.group_id == LINE.id
