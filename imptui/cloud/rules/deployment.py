"""Rules of deployments. Source: primer, "Deployments"; contract 12."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.rules.visibility import deployment_for, group_for, owners_for, refuse, well_formed
from imptui.cloud.storage.deployments import pack, sha_of
from imptui.cloud.storage.paging import FIRST, ListPage, Paging
from imptui.cloud.storage.records import UNSET, DeploymentScope, Unset, WebhookEvent
from imptui.cloud.storage.world import World, WorldChange, WorldView
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import CompileMessage, Invalid, Rule
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId, GroupId
from imptui.squirrel.syntax import checker
from imptui.squirrel.syntax.errors import CompileError

Compiler = Callable[[str], CompileError | None]
"""Answers the first thing it refuses in a program, or None. Source: contract 12.4."""

_ORIGIN_LENGTH = 10_000


class CreateDeployment(Struct, frozen=True):
    """A new deployment for a device group."""

    group_id: GroupId
    agent_code: str
    device_code: str
    description: str | None = None
    origin: str | None = None
    tags: Sequence[str] = ()
    is_flagged: bool = False


class UpdateDeployment(Struct, frozen=True):
    """Changes of a deployment; omitted fields stay, and nothing else ever changes."""

    deployment_id: DeploymentId
    description: str | Unset | None = UNSET
    tags: Sequence[str] | Unset = UNSET
    is_flagged: bool | Unset = UNSET


class SupportFrom(Struct, frozen=True):
    """The oldest deployment that the devices of a group may run from now on."""

    group_id: GroupId
    deployment_id: DeploymentId


class ListDeployments(Struct, frozen=True):
    """Deployments that the caller sees, within a scope."""

    scope: DeploymentScope = DeploymentScope()
    paging: Paging = FIRST


def list_deployments(world: World, asked: ListDeployments, actor: Account) -> ListPage[Deployment]:
    """List the deployments that the caller sees, newest first, without code. Source: contract 4.2, 12.2."""
    with world.view() as view:
        scope = asked.scope
        owners = owners_for(view, actor, scope.owner_id)
        return view.deployments.page(owners, replace(scope, owner_id=None), asked.paging)


def get_deployment(world: World, deployment_id: str, actor: Account) -> tuple[Deployment, Programs]:
    """Return one deployment with its code.

    Raises:
        NotFound: There is none with that id for this account.
    """
    with world.view() as view:
        deployment = deployment_for(view, deployment_id, actor)
        programs = view.deployments.programs(deployment.id)
    return deployment, programs or Programs("", "")


def create_deployment(
    world: World,
    asked: CreateDeployment,
    actor: Account,
    compiler: Compiler = checker.check,
    *,
    check_group: Callable[[DeviceGroup], None] = lambda _: None,
) -> tuple[Deployment, Programs]:
    """Compile two programs and create the deployment that a group's devices run from their next restart.

    Compiles outside of any transaction, so no other request waits for it.

    Args:
        world: The world.
        asked: The new deployment.
        actor: The account that deploys.
        compiler: Returns the first error of a program.
        check_group: Raises `Refused` if the request contradicts the group; called before anything is compiled.

    Raises:
        Invalid: An attribute has the wrong form, code is too large, or does not compile.
        NotFound: There is no such group for this account.

    Source: primer, "Deploying Code"; contract 12.2 to 12.6.
    """
    programs = Programs(asked.agent_code, asked.device_code)
    _check(asked)
    with world.view() as view:
        check_group(group_for(view, asked.group_id, actor))
    _compile(programs, compiler)
    packed = pack(programs)
    with world.change() as tx:
        group = group_for(tx, asked.group_id, actor)
        deployment = _new_deployment(tx, asked, group, actor)
        tx.deployments.add(deployment, packed)
        tx.groups.set_deployments(group.id, deployment.id, group.min_supported_deployment_id or deployment.id)
        tx.announce(_happened(deployment))
    return deployment, programs


def update_deployment(world: World, asked: UpdateDeployment, actor: Account) -> tuple[Deployment, Programs]:
    """Describe, tag or flag a deployment.

    Raises:
        Invalid: An attribute has the wrong form.
        NotFound: There is no such deployment for this account.

    Source: primer, "Deployment Endpoints"; contract 12.2.
    """
    with world.change() as tx:
        old = deployment_for(tx, asked.deployment_id, actor)
        new = replace(
            old,
            description=old.description if isinstance(asked.description, Unset) else asked.description,
            tags=old.tags if isinstance(asked.tags, Unset) else tuple(dict.fromkeys(asked.tags)),
            is_flagged=old.is_flagged if isinstance(asked.is_flagged, Unset) else asked.is_flagged,
        )
        _check_words(new.description, new.tags)
        if new != old:
            flagger_id = actor.id if new.is_flagged != old.is_flagged else old.flagger_id
            new = replace(new, flagger_id=flagger_id, updated_at=tx.now)
            tx.deployments.annotate(new)
        programs = tx.deployments.programs(new.id)
    return new, programs or Programs("", "")


def delete_deployment(world: World, deployment_id: str, actor: Account) -> None:
    """Delete a deployment that is not flagged and older than its group's minimum supported one, or a zombie.

    Raises:
        NotFound: There is no such deployment for this account.
        Conflict: It is flagged; or it is the minimum supported one, or newer. In this order.

    Source: contract 12.7.
    """
    with world.change() as tx:
        deployment = deployment_for(tx, deployment_id, actor)
        refuse(policy.delete_deployment(is_flagged=deployment.is_flagged, is_supported=is_supported(tx, deployment)))
        tx.deployments.delete(deployment.id)


def support_from(world: World, asked: SupportFrom, actor: Account) -> Deployment:
    """Set the minimum supported deployment of a group; the same one again is harmless.

    Raises:
        NotFound: There is no such group or deployment for this account.
        Conflict: It is a deployment of another group, or older than the present minimum.

    Source: contract 12.6.
    """
    with world.change() as tx:
        group = group_for(tx, asked.group_id, actor)
        deployment = deployment_for(tx, asked.deployment_id, actor)
        present = tx.deployments.get(group.min_supported_deployment_id)
        is_older = present is not None and deployment.created_at < present.created_at
        refuse(policy.set_min_supported(is_of_group=deployment.group_id == group.id, is_older_than_minimum=is_older))
        tx.groups.set_deployments(group.id, group.current_deployment_id, deployment.id)
    return deployment


def is_supported(view: WorldView, deployment: Deployment) -> bool:
    """Return True if it is its group's minimum supported deployment or newer; never for a zombie. Source: contract 12.7."""
    group = None if deployment.group_id is None else view.groups.get(deployment.group_id)
    minimum = None if group is None else view.deployments.get(group.min_supported_deployment_id)
    return minimum is not None and deployment.created_at >= minimum.created_at


def _new_deployment(tx: WorldChange, asked: CreateDeployment, group: DeviceGroup, actor: Account) -> Deployment:
    made_at = tx.groups.next_deployment_at(group.id, tx.now)
    return Deployment(
        id=DeploymentId(tx.chance.uuid()),
        sha=sha_of(Programs(asked.agent_code, asked.device_code), group.owner_id),
        description=asked.description,
        origin=asked.origin,
        is_flagged=asked.is_flagged,
        tags=tuple(dict.fromkeys(asked.tags)),
        created_at=made_at,
        updated_at=made_at,
        group_id=group.id,
        group_type=group.type,
        product_id=group.product_id,
        creator_id=actor.id,
        owner_id=group.owner_id,
        flagger_id=actor.id if asked.is_flagged else None,
    )


def _check(asked: CreateDeployment) -> None:
    _check_words(asked.description, asked.tags)
    if asked.origin is not None and len(asked.origin) > _ORIGIN_LENGTH:
        raise Invalid(f"The origin has more than {_ORIGIN_LENGTH:,} characters.")
    well_formed(asked.origin, "origin")
    for code, program in ((asked.agent_code, "agent"), (asked.device_code, "device")):
        well_formed(code, f"{program} code")
        refuse(policy.validate_code(code, program))


def _check_words(description: str | None, tags: Sequence[str]) -> None:
    refuse(policy.validate_description(description))
    well_formed(description, "description")
    refuse(policy.validate_tags(tuple(dict.fromkeys(tags))))


def _compile(programs: Programs, compiler: Compiler) -> None:
    """Refuse what the compiler refuses, in both programs at once. Source: contract 12.4."""
    messages = []
    for program in ("device", "agent"):
        error = compiler(programs.of(program))
        if error is not None:
            messages.append(CompileMessage(program, max(error.row, 1), max(error.column, 1), "error", error.message))
    if messages:
        raise Invalid(f"{messages[0].program.capitalize()} code compilation failed.", Rule.COMPILATION, compile_messages=messages)


def _happened(deployment: Deployment) -> WebhookEvent:
    """Return the webhook event of a new deployment. Source: contract 13."""
    made_at = deployment.created_at
    fields = {
        "deployment_id": deployment.id,
        "sha": deployment.sha,
        "devicegroup_id": deployment.group_id,
        "product_id": deployment.product_id,
        "created_at": f"{made_at:%Y-%m-%dT%H:%M:%S}.{made_at.microsecond // 1000:03d}Z",
    }
    return WebhookEvent("deployment", GroupId(deployment.group_id or ""), fields)
