"""A small impCloud in memory, whose clock stands and whose chance is known."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from imptui.cloud.environment.chance import Chance, device_id_for
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.rules.deployment import CreateDeployment, create_deployment
from imptui.cloud.rules.group import CreateGroup, create_group
from imptui.cloud.rules.product import CreateProduct, create_product
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import World
from imptui.domain.account import Account
from imptui.domain.deployment import Deployment
from imptui.domain.device import Device, DeviceKind
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AgentId, DeviceId
from imptui.domain.product import Product

START = datetime(2023, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)
PASSWORD = "correct horse"
UNBOND_KEY = "battery staple"


class Bench:
    """A world with one account, and words to bring things about in it."""

    def __init__(self, world: World, clock: ManualClock) -> None:
        self.world = world
        self.clock = clock
        self.grower = self.account("grower")
        self.greenhouse = self.product("Greenhouse")

    def account(self, name: str, *, may_do_production: bool = True, otp_secret: str | None = None) -> Account:
        asked = OpenAccount(
            name,
            f"{name}@example.test",
            PASSWORD,
            unbond_key=UNBOND_KEY,
            otp_secret=otp_secret,
            may_do_production=may_do_production,
        )
        return open_account(self.world, asked)

    def product(self, name: str, owner: Account | None = None) -> Product:
        return create_product(self.world, CreateProduct(name), owner or self.grower)

    def group(
        self,
        kind: GroupType = GroupType.DEVELOPMENT,
        name: str = "beds",
        product: Product | None = None,
        **more: object,
    ) -> DeviceGroup:
        home = product or self.greenhouse
        asked = CreateGroup(kind, name, home.id, **more)  # type: ignore[arg-type]  # tests name fields
        with self.world.view() as view:
            owner = view.accounts.get(home.owner_id)
        assert owner is not None
        return create_group(self.world, asked, owner)

    def fixtures(self, name: str = "line", kind: GroupType = GroupType.FACTORY) -> DeviceGroup:
        assert kind.production_target_type is not None
        assert kind.dut_target_type is not None
        target = self.group(kind.production_target_type, f"{name} blessed")
        dut = self.group(kind.dut_target_type, f"{name} under test")
        return self.group(kind, name, production_target_id=target.id, dut_target_id=dut.id)

    def imp(
        self,
        group: DeviceGroup | None = None,
        *,
        owner: Account | None = None,
        kind: DeviceKind = DeviceKind.DEVELOPMENT,
        is_online: bool = True,
        imp_type: str = "imp005",
        blessed_at: datetime | None = None,
    ) -> Imp:
        with self.world.change() as tx:
            mac = tx.chance.mac_address()
            agent_id = AgentId(tx.chance.agent_id())
            device = Device(
                id=DeviceId(device_id_for(mac)),
                name=None,
                mac_address=mac,
                ip_address=None,
                imp_type=imp_type,
                swversion=None,
                plan_id=None,
                is_online=is_online,
                state_changed_at=tx.now,
                agent_id=None if group is None else agent_id,
                agent_url=None,
                is_agent_running=False,
                agent_state_changed_at=None,
                last_enrolled_at=None,
                owner_id=(owner or self.grower).id,
                group_id=None if group is None else group.id,
                product_id=None if group is None else group.product_id,
                group_type=None if group is None else group.type,
            )
            imp = Imp(device, kind, agent_id, blessed_at=blessed_at)
            tx.devices.add(imp)
        return self.look_at(imp)

    def deploy(self, group: DeviceGroup, code: str = "server.log(1);", **more: object) -> Deployment:
        asked = CreateDeployment(group.id, "", code, **more)  # type: ignore[arg-type]  # tests name fields
        with self.world.view() as view:
            owner = view.accounts.get(group.owner_id)
        assert owner is not None
        return create_deployment(self.world, asked, owner, compiler=lambda _: None)[0]

    def look_at(self, imp: Imp) -> Imp:
        with self.world.view() as view:
            found = view.devices.get(imp.device.id)
        assert found is not None
        return found

    def group_now(self, group: DeviceGroup) -> DeviceGroup:
        with self.world.view() as view:
            found = view.groups.get(group.id)
        assert found is not None
        return found


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def bench(clock: ManualClock) -> Iterator[Bench]:
    chance = Chance("bench", has_predictable_secrets=True)
    world = World.open(clock=clock, chance=chance, password_cost_log2=2, replay=ProgramReplay())
    yield Bench(world, clock)
    world.close()
