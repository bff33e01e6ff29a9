"""Lists of devices. Source: primer, "Filtering Devices"; contract 4.2, 4.5, 4.6."""

import random

import pytest

from imptui.cloud.fixtures import seed
from imptui.cloud.rules import assignment, device
from imptui.cloud.storage import devices
from imptui.cloud.storage import page_bookmarks as bookmarks
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import AccountCredentials, DeviceScope, Imp
from imptui.cloud.storage.world import World
from imptui.domain.account import Account
from imptui.domain.device import DeviceKind
from imptui.domain.errors import Conflict, Invalid, NotFound
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId

from .conftest import START, UNBOND_KEY, Bench


def listed(bench: Bench, actor: Account | None = None, paging: Paging | None = None, **scope: object) -> list[str]:
    asked = device.ListDevices(DeviceScope(**scope), paging or Paging(1, 100))  # type: ignore[arg-type]
    return [row.id for row in device.list_devices(bench.world, asked, actor or bench.grower).items]


class Fleet:
    """Devices here and there, of two owners."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.friend = bench.account("friend")
        orchard = bench.product("Orchard", self.friend)
        self.groups: list[DeviceGroup | None] = [
            None,
            bench.group(name="a"),
            bench.group(name="b"),
            bench.group(GroupType.PRODUCTION, "p"),
            bench.group(name="c", product=bench.product("Cellar")),
            bench.group(name="o", product=orchard),
        ]
        self.imps: list[Imp] = []
        for number in range(24):
            group = self.groups[number % len(self.groups)]
            is_friends = number % 6 == 5 or number == 12
            self.imps.append(bench.imp(group, owner=self.friend if is_friends else None))

    def expected(self, owners: set[str], **scope: object) -> list[str]:
        def fits(imp: Imp) -> bool:
            one = imp.device
            facts = {
                "owner_id": one.owner_id,
                "product_id": one.product_id,
                "group_id": one.group_id,
                "group_type": one.group_type,
                "group_owner_id": one.owner_id if one.group_id else None,
                "is_unassigned": one.group_id is None,
            }
            return one.owner_id in owners and all(facts[name] == wanted for name, wanted in scope.items())

        return [imp.device.id for imp in map(self.bench.look_at, self.imps) if fits(imp)]


@pytest.fixture
def fleet(bench: Bench) -> Fleet:
    return Fleet(bench)


def scopes(fleet: Fleet) -> list[dict[str, object]]:
    grower, friend = fleet.bench.grower.id, fleet.friend.id
    a, p, o = (fleet.groups[place] for place in (1, 3, 5))
    assert a is not None
    assert p is not None
    assert o is not None
    return [
        {},
        {"owner_id": grower},
        {"owner_id": friend},
        {"is_unassigned": True},
        {"is_unassigned": True, "owner_id": friend},
        {"is_unassigned": True, "product_id": a.product_id},
        {"group_id": a.id},
        {
            "group_id": a.id,
            "product_id": a.product_id,
            "group_type": a.type,
            "owner_id": grower,
            "group_owner_id": grower,
        },
        {"group_id": a.id, "product_id": o.product_id},
        {"group_id": a.id, "group_type": GroupType.PRODUCTION},
        {"group_id": o.id, "owner_id": grower},
        {"product_id": a.product_id},
        {"product_id": a.product_id, "group_type": GroupType.DEVELOPMENT},
        {"group_type": GroupType.DEVELOPMENT},
        {"group_type": GroupType.PRODUCTION, "group_owner_id": grower},
        {"group_owner_id": grower},
        {"group_owner_id": friend, "owner_id": grower},
        {"product_id": "no such product"},
        {"group_id": grower},
    ]


def test_filters_combine_with_and(fleet: Fleet) -> None:
    """Every combination of filters lists what all of them hold for, in the order in which devices came. Contract 4.6."""
    bench = fleet.bench
    with bench.world.change() as tx:
        tx.accounts.collaborate(bench.grower.id, fleet.friend.id)
    both, own = {bench.grower.id, fleet.friend.id}, {bench.grower.id}
    for scope in scopes(fleet):
        assert listed(bench, fleet.friend, **scope) == fleet.expected(both, **scope), scope
        assert listed(bench, bench.grower, **scope) == fleet.expected(own, **scope), scope


def test_pages_are_slices_whatever_happens_between(fleet: Fleet) -> None:
    """A page is exactly the slice of the list at that moment, though devices come, go and move. Contract 4.2."""
    bench, chance = fleet.bench, random.Random(1)
    beds = [group for group in fleet.groups[1:3] if group is not None]
    for _ in range(150):
        scope = chance.choice(scopes(fleet))
        paging = Paging(chance.randint(1, 6), chance.choice([2, 3, 5]))
        whole = fleet.expected({bench.grower.id}, **scope)
        asked = device.ListDevices(DeviceScope(**scope), paging)  # type: ignore[arg-type]
        page = device.list_devices(bench.world, asked, bench.grower)
        assert [row.id for row in page.items] == whole[paging.offset : paging.offset + paging.size]
        assert page.has_next == (len(whole) > paging.offset + paging.size)
        if chance.random() < 0.2:
            imp = bench.look_at(chance.choice([one for one in fleet.imps if one.device.owner_id == bench.grower.id]))
            group = next((one for one in beds if one.id == imp.device.group_id), None)
            if group is not None:
                assignment.unassign(bench.world, assignment.UnassignDevices(group.id, [imp.device.id]), bench.grower)
            else:
                asked_for = assignment.AssignDevices(beds[0].id, [imp.device.id])
                assignment.assign(bench.world, asked_for, bench.grower)


def test_row_is_the_device(fleet: Fleet) -> None:
    """A device of a list is the device of a single answer. Contract 10.2."""
    asked = device.ListDevices(paging=Paging(1, 100))
    rows = device.list_devices(fleet.bench.world, asked, fleet.bench.grower).items
    for row in rows:
        assert row.device() == device.get_imp(fleet.bench.world, row.id, fleet.bench.grower).device


@pytest.mark.parametrize(("number", "size"), [(0, 20), (1, 0), (-1, 20), (2**63, 20)])
def test_no_such_page(number: int, size: int) -> None:
    """Pages are numbered from 1 and hold at least one entry. Contract 4.2."""
    with pytest.raises(Invalid):
        Paging(number, size)


def test_page_of_at_most_a_hundred() -> None:
    """A page holds at most 100 entries; more are not refused. Contract 4.2."""
    assert Paging(1, 5000).size == 100


def test_rename(bench: Bench) -> None:
    """A device can be given a name of 1 to 80 characters. Primer, "Device Data Structure"."""
    imp = bench.imp()
    assert device.update_device(bench.world, device.UpdateDevice(imp.device.id, "bed 4"), bench.grower).name == "bed 4"
    with pytest.raises(Invalid):
        device.update_device(bench.world, device.UpdateDevice(imp.device.id, "x" * 81), bench.grower)


@pytest.mark.parametrize("nothing", [None, ""])
def test_name_is_taken_away(bench: Bench, nothing: str | None) -> None:
    """The empty name and null take the name away. Contract 10.2."""
    imp = bench.imp()
    device.update_device(bench.world, device.UpdateDevice(imp.device.id, "bed 4"), bench.grower)
    assert device.update_device(bench.world, device.UpdateDevice(imp.device.id, nothing), bench.grower).name is None


def test_assigned_device_stays_in_the_account(bench: Bench) -> None:
    """A device leaves the account only when unassigned. Contract 10.4."""
    group, imp = bench.group(), bench.imp()
    assignment.assign(bench.world, assignment.AssignDevices(group.id, [imp.device.id]), bench.grower)
    with pytest.raises(Conflict):
        device.delete_device(bench.world, imp.device.id, bench.grower)


def test_deleted_device_is_gone(bench: Bench) -> None:
    """A deleted device is not found. Contract 10.4."""
    imp = bench.imp()
    device.delete_device(bench.world, imp.device.id, bench.grower)
    with pytest.raises(NotFound):
        device.get_imp(bench.world, imp.device.mac_address or "", bench.grower)


def test_filling_lists_in_the_order_given(bench: Bench) -> None:
    """Devices put in by the thousand are listed and found like others."""
    group = bench.group(GroupType.PRODUCTION)
    deployment = bench.deploy(group)
    models = [bench.imp(group, kind=DeviceKind.PRODUCTION, blessed_at=START) for _ in range(5)]
    with bench.world.change() as tx:
        for imp in models:
            tx.devices.delete(imp.device.id)
    with bench.world.fill() as fill:
        fill.devices(Imp(imp.device, imp.kind, imp.agent_id, deployment.id, blessed_at=START, seed=2**62) for imp in models)
    assert listed(bench, group_id=group.id) == [imp.device.id for imp in models]
    found = device.get_imp(bench.world, models[2].agent_id, bench.grower)
    assert (found.running_deployment_id, found.seed, found.blessed_at) == (deployment.id, 2**62, START)
    asked = assignment.UnassignDevices(group.id, [models[2].device.id], UNBOND_KEY)
    assert assignment.refusal_of(assignment.unassign(bench.world, asked, bench.grower)) is None


def test_a_page_is_read_from_an_index(fleet: Fleet) -> None:
    """Nothing is scanned or sorted for a page of devices, whatever is asked for: it costs the same in any fleet."""
    bench, plans = fleet.bench, set()
    statements: list[str] = []
    with bench.world.view() as view:
        connection = view.metadata._connection
        connection.set_trace_callback(statements.append)
        for scope in scopes(fleet):
            view.devices.page([bench.grower.id, fleet.friend.id], DeviceScope(**scope), Paging(2, 2))  # type: ignore[arg-type]
        connection.set_trace_callback(None)
        for statement in statements:
            plans |= {row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")}
    assert len(statements) > 30
    assert {plan for plan in plans if "TEMP B-TREE" in plan or ("SCAN" in plan and "CONSTANT" not in plan)} == set()
    windows = [plan for plan in plans if "device USING" in plan]
    assert windows
    assert {plan for plan in windows if "COVERING INDEX" not in plan} == set()


def test_friend_of_a_crowd(bench: Bench) -> None:
    """Who collaborates on very many accounts still gets one list, in order. Contract 4.5."""
    busy = bench.account("busy")
    with bench.world.change() as tx:
        for number in range(510):
            account = Account(AccountId(tx.chance.uuid()), f"a{number}", f"a{number}@example.test")
            tx.accounts.put(AccountCredentials(account, "", None, None, 0, may_do_production=True))
            tx.accounts.collaborate(account.id, busy.id)
        tx.accounts.collaborate(bench.grower.id, busy.id)
    imps = [bench.imp(bench.group() if number == 1 else None) for number in range(3)]
    assert listed(bench, busy) == [imp.device.id for imp in imps]
    assert listed(bench, busy, is_unassigned=True) == [imps[0].device.id, imps[2].device.id]
    assert listed(bench, busy, group_type=GroupType.DEVELOPMENT) == [imps[1].device.id]


def test_jumping_about_in_a_long_list_is_exact(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever jumps about in a list, past milestones and past its end, sees what skipping would show."""
    monkeypatch.setattr(bookmarks, "MILESTONES_APART", 7)
    monkeypatch.setattr(devices, "MILESTONES_APART", 7)
    owner = seed.large(world, 100)
    everything = [row.id for row in device.list_devices(world, device.ListDevices(paging=Paging(1, 100)), owner).items]
    chance = random.Random(3)
    for _ in range(200):
        paging = Paging(chance.choice([1, 2, 9, 14, 33, 34, 50, 51, 999_999_999]), chance.randrange(1, 4))
        page = device.list_devices(world, device.ListDevices(paging=paging), owner)
        assert [row.id for row in page.items] == everything[paging.offset : paging.offset + paging.size]
        assert page.has_next == (len(everything) > paging.offset + paging.size)
