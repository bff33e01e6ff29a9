"""Rules of device groups. Source: primer, "Device Groups"; contract 8."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.rules.visibility import group_for, owners_for, product_for, refuse, well_formed
from imptui.cloud.storage.paging import FIRST, ListPage, Paging
from imptui.cloud.storage.records import UNSET, GroupScope, Unset
from imptui.cloud.storage.world import World, WorldChange, WorldView
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Rule
from imptui.domain.group import NO_VARS, DeviceGroup, GroupType
from imptui.domain.ids import GroupId, ProductId
from imptui.domain.product import Product

_REGION_LENGTH = 80


class CreateGroup(Struct, frozen=True):
    """A new device group."""

    type: GroupType
    name: str
    product_id: ProductId
    description: str | None = None
    region: str | None = None
    env_vars: Mapping[str, object] = NO_VARS
    load_code_after_blessing: bool | None = None
    """The requested value; None: the request omits it."""
    production_target_id: GroupId | None = None
    dut_target_id: GroupId | None = None
    needs_dut_target: bool = True
    """True if a fixture group without one is refused, as the live service does. Source: contract 8.3."""


class UpdateGroup(Struct, frozen=True):
    """Changes of a group; omitted fields stay."""

    group_id: GroupId
    name: str | Unset = UNSET
    description: str | Unset | None = UNSET
    env_vars: Mapping[str, object] | Unset = UNSET
    load_code_after_blessing: bool | Unset = UNSET
    production_target_id: GroupId | Unset | None = UNSET
    dut_target_id: GroupId | Unset | None = UNSET
    needs_dut_target: bool = True


class ListGroups(Struct, frozen=True):
    """Groups that the caller sees, within a scope."""

    scope: GroupScope = GroupScope()
    paging: Paging = FIRST


def list_groups(world: World, asked: ListGroups, actor: Account) -> ListPage[DeviceGroup]:
    """List the groups that the caller sees, oldest first."""
    with world.view() as view:
        owners = owners_for(view, actor, asked.scope.owner_id)
        return view.groups.page(owners, asked.scope, asked.paging)


def get_group(world: World, group_id: str, actor: Account) -> DeviceGroup:
    """Return one device group.

    Raises:
        NotFound: There is none with that id for this account.
    """
    with world.view() as view:
        return group_for(view, group_id, actor)


def create_group(world: World, asked: CreateGroup, actor: Account) -> DeviceGroup:
    """Create a group in a product; the product's owner owns it too.

    Raises:
        Invalid: An attribute has the wrong form or is not for this type, or a target is missing or of the wrong type.
        NotFound: There is no such product, or no such target, for this account.
        Forbidden: The caller may make development groups only.
        Conflict: The product has a group of that name.

    Source: contract 6.1, 8.2 to 8.6.
    """
    _check(asked.name, asked.description, asked.env_vars)
    _check_region(asked)
    if asked.load_code_after_blessing is not None:
        refuse(policy.load_code_after_blessing(asked.type))
    with world.change() as tx:
        product = product_for(tx, asked.product_id, actor)
        _check_permission(tx, asked.type, actor)
        group = _new_group(tx, asked, product, actor)
        _check_targets(tx, group, actor, needs_dut_target=asked.needs_dut_target)
        _check_name_is_free(tx, group)
        tx.groups.put(group)
    return group


def update_group(world: World, asked: UpdateGroup, actor: Account) -> DeviceGroup:
    """Change a group; its type, product and region stay for ever.

    Raises:
        Invalid: An attribute has the wrong form or is not for this type, or a target is of the wrong type or taken
        away. NotFound: There is no such group, or no such target, for this account.
        Conflict: Another group of the product has that name.
        Forbidden: Somebody else than the owner changes the environment variables.

    Source: contract 1.3, 8.2 to 8.6.
    """
    with world.change() as tx:
        old = group_for(tx, asked.group_id, actor)
        group = _changed(old, asked)
        _check(group.name, group.description, group.env_vars)
        if group.env_vars != old.env_vars and actor.id != old.owner_id:
            raise Forbidden("Only the account that owns the device group may change its environment variables.")
        if not isinstance(asked.load_code_after_blessing, Unset) and isinstance(old.type, GroupType):
            refuse(policy.load_code_after_blessing(old.type))
        if not (isinstance(asked.production_target_id, Unset) and isinstance(asked.dut_target_id, Unset)):
            _check_targets(tx, group, actor, needs_dut_target=asked.needs_dut_target)
        _check_name_is_free(tx, group)
        if group == old:
            return old
        group = replace(group, updated_at=tx.now)
        tx.groups.put(group)
    return group


def delete_group(world: World, group_id: str, actor: Account) -> None:
    """Delete an empty group that is no group's target, with its unflagged deployments and its webhooks.

    Raises:
        NotFound: There is no such group for this account.
        Conflict: Devices are assigned to it; or it has flagged deployments; or it is a target. In this order.

    Source: primer, "Device Groups"; contract 8.7.
    """
    with world.change() as tx:
        group = group_for(tx, group_id, actor)
        refuse(
            policy.delete_group(
                int(tx.devices.has_any_in(group.id)),
                int(tx.deployments.has_flagged(group.id)),
                tx.groups.targeting(group.id),
            )
        )
        tx.deployments.delete_of_group(group.id)
        tx.webhooks.delete_of_group(group.id)
        tx.groups.delete(group.id)


def _new_group(tx: WorldChange, asked: CreateGroup, product: Product, actor: Account) -> DeviceGroup:
    loads = asked.load_code_after_blessing
    return DeviceGroup(
        id=GroupId(tx.chance.uuid()),
        type=asked.type,
        name=asked.name,
        description=asked.description,
        product_id=product.id,
        owner_id=product.owner_id,
        creator_id=actor.id,
        created_at=tx.now,
        updated_at=tx.now,
        load_code_after_blessing=(loads is not False) if asked.type.is_blessed else None,
        production_target_id=asked.production_target_id,
        dut_target_id=asked.dut_target_id,
        region=asked.region,
        env_vars=_vars(asked.env_vars),
    )


def _changed(old: DeviceGroup, asked: UpdateGroup) -> DeviceGroup:
    given: dict[str, object] = {
        "name": asked.name,
        "description": asked.description,
        "env_vars": asked.env_vars if isinstance(asked.env_vars, Unset) else dict(asked.env_vars),
        "load_code_after_blessing": asked.load_code_after_blessing,
        "production_target_id": asked.production_target_id,
        "dut_target_id": asked.dut_target_id,
    }
    changes: dict[str, object] = {name: value for name, value in given.items() if not isinstance(value, Unset)}
    return replace(old, **changes)


def _check(name: str, description: str | None, env_vars: Mapping[str, object]) -> None:
    if not isinstance(name, str):
        raise Invalid("A device group needs a name.")
    refuse(policy.validate_name(name))
    refuse(policy.validate_description(description))
    refuse(policy.validate_env_vars(env_vars))
    well_formed(name, "name")
    well_formed(description, "description")
    for value in env_vars.values():
        if isinstance(value, float) and value - value != 0:
            raise Invalid("An environment variable must be a finite number.")
        well_formed(value if isinstance(value, str) else None, "environment variable")


def _check_region(asked: CreateGroup) -> None:
    """Only groups of blessed devices have a region, of up to 80 characters. Source: contract 8.2."""
    if asked.region is None:
        return
    if not asked.type.is_blessed:
        raise Invalid(f"A {asked.type} group has no region.", Rule.ATTRIBUTE_NOT_FOR_TYPE)
    if len(asked.region) > _REGION_LENGTH:
        raise Invalid(f"The region has {len(asked.region)} characters; it takes at most {_REGION_LENGTH}.")
    well_formed(asked.region, "region")


def _check_permission(view: WorldView, group_type: GroupType, actor: Account) -> None:
    """An account without the production permission makes development groups only. Source: contract 6.1."""
    credentials = view.accounts.credentials(actor.id)
    if group_type is not GroupType.DEVELOPMENT and not (credentials and credentials.may_do_production):
        raise Forbidden("You do not have permission to create this resource.", Rule.NO_PRODUCTION_PERMISSION)


def _check_targets(view: WorldView, group: DeviceGroup, actor: Account, *, needs_dut_target: bool) -> None:
    """Targets exist, are of the right type, and belong to the same product. Source: contract 8.4."""
    if not isinstance(group.type, GroupType):
        return
    targets = [
        None if target_id is None else _target(view, target_id, actor)
        for target_id in (group.production_target_id, group.dut_target_id)
    ]
    production, dut = (None if target is None else target.type for target in targets)
    refuse(policy.validate_targets(group.type, production, dut, needs_dut_target=needs_dut_target))
    for name, target in zip(("production_target", "dut_target"), targets, strict=True):
        if target is not None and target.product_id != group.product_id:
            raise Invalid(f"The {name} must be a device group of the same product.", Rule.ATTRIBUTE_NOT_FOR_TYPE)


def _target(view: WorldView, target_id: GroupId, actor: Account) -> DeviceGroup:
    try:
        return group_for(view, target_id, actor)
    except NotFound as missing:
        raise NotFound(f"The target group does not exist. {missing.reason}", subject=target_id) from None


def _check_name_is_free(view: WorldView, group: DeviceGroup) -> None:
    found = view.groups.named(group.product_id, group.name)
    if found is not None and found.id != group.id:
        raise Conflict("Devicegroups must have unique names.", Rule.DUPLICATE_GROUP_NAME)


def _vars(env_vars: Mapping[str, object]) -> dict[str, str | int | float]:
    return {key: value for key, value in env_vars.items() if isinstance(value, str | int | float)}
