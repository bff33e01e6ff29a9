"""The example product of the primer as nouns: account, product, groups, deployments and devices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.world import programs
from imptui.cloud.world.catalogue import (
    DEPLOYMENTS,
    GROUPS,
    LINE,
    PRODUCT_DESCRIPTION,
    PRODUCT_NAME,
    DeploymentPlan,
    GroupPlan,
)
from imptui.cloud.world.chance import Chance
from imptui.cloud.world.deployments import sha_of
from imptui.cloud.world.hardware import Module
from imptui.cloud.world.login import Login, account_for
from imptui.cloud.world.population import Settler, settlers
from imptui.cloud.world.presence import LIVELY, rounded
from imptui.cloud.world.records import Credentials, Imp
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.device import Device, DeviceKind, kind_in
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, AgentId, DeploymentId, DeviceId, GroupId, ProductId
from imptui.domain.product import Product

PRODUCT_AGE = timedelta(days=370)


class DemoPlan(Struct, frozen=True):
    """All that the demonstration world begins with."""

    owner: Credentials
    product: Product
    groups: tuple[DeviceGroup, ...]
    deployments: tuple[tuple[Deployment, Programs], ...]
    by_plan: Mapping[int, Deployment]
    """The deployment made of each plan, by the plan's place in the catalogue."""
    settled: tuple[tuple[Settler, Imp], ...]
    now: datetime

    @property
    def imps(self) -> list[Imp]:
        """The devices, in the order in which they are listed."""
        return [imp for _, imp in self.settled]


def plan(chance: Chance, now: datetime, login: Login, seed: int) -> DemoPlan:
    """Everything of the demonstration world; the same for equal arguments and a chance that stands where it stood."""
    created_at = rounded(now - PRODUCT_AGE)
    owner = account_for(login, chance.uuid(), created_at)
    account_id = owner.account.id
    product = Product(ProductId(chance.uuid()), PRODUCT_NAME, PRODUCT_DESCRIPTION, account_id, account_id, created_at, created_at)
    groups = _groups(chance, product, now)
    made = _deployments(chance, groups, now)
    by_plan = {place: deployment for place, (deployment, _) in made.items()}
    grouped = [_with_deployments(group, by_plan.values()) for group in groups.values()]
    ids = {done: by_plan[place].id for place, done in enumerate(DEPLOYMENTS)}
    settled = _settled(seed, now, account_id, {group.name: group for group in grouped}, ids)
    return DemoPlan(owner, product, tuple(grouped), tuple(made.values()), by_plan, settled, now)


def unassigned(
    piece: Module,
    owner_id: AccountId,
    name: str | None,
    added_at: datetime,
    *,
    is_online: bool,
    due_at: datetime | None,
) -> Imp:
    """A device as the mobile app adds it: in no group yet, without a program. Source: primer, "Devices"."""
    device = Device(
        id=DeviceId(piece.device_id),
        name=name,
        mac_address=piece.mac_address,
        ip_address=piece.ip_address,
        imp_type=piece.imp_type,
        swversion=piece.swversion,
        plan_id=piece.plan_id,
        is_online=is_online,
        state_changed_at=added_at,
        agent_id=None,
        agent_url=None,
        is_agent_running=False,
        agent_state_changed_at=None,
        last_enrolled_at=added_at,
        owner_id=owner_id,
        group_id=None,
        product_id=None,
    )
    return Imp(device, DeviceKind.DEVELOPMENT, AgentId(piece.agent_id), seed=piece.seed, presence=LIVELY, due_at=due_at)


def _groups(chance: Chance, product: Product, now: datetime) -> dict[str, DeviceGroup]:
    """The groups by name; ids are drawn first, for targets come after those that aim at them."""
    ids = {plan.name: GroupId(chance.uuid()) for plan in GROUPS}
    return {plan.name: _group(plan, ids, product, now) for plan in GROUPS}


def _group(plan: GroupPlan, ids: Mapping[str, GroupId], product: Product, now: datetime) -> DeviceGroup:
    created_at = rounded(now - timedelta(days=plan.age_days))
    return DeviceGroup(
        id=ids[plan.name],
        type=plan.type,
        name=plan.name,
        description=plan.description,
        product_id=product.id,
        owner_id=product.owner_id,
        creator_id=product.owner_id,
        created_at=created_at,
        updated_at=created_at,
        load_code_after_blessing=plan.load_code_after_blessing,
        production_target_id=None if plan.target is None else ids[plan.target],
        env_vars={"reportTo": "https://billing.example.com/meters"} if plan.type is GroupType.PRODUCTION else {},
    )


def _deployments(chance: Chance, groups: Mapping[str, DeviceGroup], now: datetime) -> dict[int, tuple[Deployment, Programs]]:
    """The deployments by their place in the catalogue, oldest first, so that a promotion finds its origin."""
    made: dict[int, tuple[Deployment, Programs]] = {}
    for place in sorted(range(len(DEPLOYMENTS)), key=lambda place: -DEPLOYMENTS[place].age_days):
        plan = DEPLOYMENTS[place]
        origin = _origin(plan, [(DEPLOYMENTS[done], made[done][0]) for done in made])
        deployment = _deployment(plan, groups[plan.group], DeploymentId(chance.uuid()), origin, now)
        made[place] = (deployment, programs.load(plan.program))
    return made


def _origin(plan: DeploymentPlan, older: list[tuple[DeploymentPlan, Deployment]]) -> str | None:
    """A promotion names the deployment whose programs it repeats. Source: primer, "Deployments"."""
    if plan.promoted_from is None:
        return plan.origin
    sources = [made for done, made in older if (done.group, done.program) == (plan.promoted_from, plan.program)]
    return f"deployment:{sources[-1].id}"


def _deployment(
    plan: DeploymentPlan, group: DeviceGroup, deployment_id: DeploymentId, origin: str | None, now: datetime
) -> Deployment:
    created_at = rounded(now - timedelta(days=plan.age_days))
    return Deployment(
        id=deployment_id,
        sha=sha_of(programs.load(plan.program), group.owner_id),
        description=plan.description,
        origin=origin,
        is_flagged=plan.is_flagged,
        tags=plan.tags,
        created_at=created_at,
        updated_at=created_at,
        group_id=group.id,
        group_type=group.type,
        product_id=group.product_id,
        creator_id=group.creator_id,
        owner_id=group.owner_id,
        flagger_id=group.owner_id if plan.is_flagged else None,
    )


def _with_deployments(group: DeviceGroup, deployments: Iterable[Deployment]) -> DeviceGroup:
    """The newest is current; the oldest stayed the minimum supported one. Source: contract 12.5, 12.6."""
    own = sorted((one for one in deployments if one.group_id == group.id), key=lambda one: one.created_at)
    return replace(
        group,
        current_deployment_id=own[-1].id if own else None,
        min_supported_deployment_id=own[0].id if own else None,
    )


@dataclass(slots=True)
class _Fixtures:
    """Who configured whom: devices of a target in turn by the fixtures that aim at it."""

    by_target: dict[GroupId, list[DeviceId]] = field(default_factory=dict)
    configured: int = 0

    def next_for(self, target: GroupId) -> DeviceId | None:
        fixtures = self.by_target.get(target)
        if not fixtures:
            return None
        self.configured += 1
        return fixtures[self.configured % len(fixtures)]


def _settled(
    seed: int,
    now: datetime,
    owner_id: AccountId,
    groups: Mapping[str, DeviceGroup],
    deployment_ids: Mapping[DeploymentPlan, DeploymentId],
) -> tuple[tuple[Settler, Imp], ...]:
    people = list(settlers(seed, now))
    fixtures = _Fixtures()
    for one in people:
        if one.group is not None and one.group.type.is_fixtures:
            group = groups[one.group.name]
            targets = [target.id for target in groups.values() if target.type is GroupType.PRODUCTION]
            # The line was switched between the markets, so its fixtures made the devices of every production group.
            for target in targets if group.name == LINE else [group.production_target_id]:
                if target is not None:
                    fixtures.by_target.setdefault(target, []).append(DeviceId(one.module.device_id))
    return tuple((one, _imp(one, owner_id, groups, deployment_ids, fixtures)) for one in people)


def _imp(
    one: Settler,
    owner_id: AccountId,
    groups: Mapping[str, DeviceGroup],
    deployment_ids: Mapping[DeploymentPlan, DeploymentId],
    fixtures: _Fixtures,
) -> Imp:
    imp = unassigned(one.module, owner_id, one.name, one.added_at, is_online=one.is_online, due_at=one.due_at)
    device = replace(imp.device, state_changed_at=one.state_changed_at, last_enrolled_at=one.enrolled_at)
    if one.group is None:
        return replace(imp, device=device)
    group = groups[one.group.name]
    is_blessed = one.group.type.is_blessed
    device = replace(
        device,
        group_id=group.id,
        group_type=group.type,
        product_id=group.product_id,
        is_agent_running=one.running is not None,
        agent_state_changed_at=one.booted_at,
    )
    needs_blinkup = is_blessed and one.enrolled_at is None and group.load_code_after_blessing is False
    running_id = None if one.running is None or needs_blinkup else deployment_ids[one.running]
    return replace(
        imp,
        device=device,
        kind=kind_in(group.type) or DeviceKind.DEVELOPMENT,
        running_deployment_id=running_id,
        is_restart_pending=not one.is_online and running_id not in (None, group.current_deployment_id),
        needs_blinkup=needs_blinkup,
        fixture_id=fixtures.next_for(group.id) if is_blessed else None,
        target_group_id=group.id if is_blessed else None,
        blessed_at=one.added_at if is_blessed else None,
    )
