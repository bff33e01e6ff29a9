"""The rules of the field: which actions are allowed on which objects, and the refusal if one is not.

Each function returns the refusal, ready to be raised or shown, or None if the action is allowed. The engine raises it; the
console shows `reason` before anything is sent. The functions look nothing up: callers pass the facts. An unknown fact is None or
left out, and never leads to a refusal.
"""

import re
from collections.abc import Mapping, Sequence

from imptui.domain.deployment import CODE_LIMIT_BYTES, TAG, TAGS_LIMIT_CHARACTERS
from imptui.domain.device import DeviceKind
from imptui.domain.errors import Conflict, Forbidden, Invalid, Refused, Rule
from imptui.domain.group import GroupType
from imptui.domain.product import DESCRIPTION_LENGTH, NAME_LENGTH

_VAR_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")
ENV_VARS_LIMIT_CHARACTERS = 16_000


def validate_name(name: str, what: str = "name") -> Refused | None:
    """Validate a name: 1 to 80 characters. Source: primer, the data structures of products, groups and devices."""
    if len(name) not in NAME_LENGTH:
        return Invalid(f"The {what} has {len(name)} characters; it takes {NAME_LENGTH.start} to {NAME_LENGTH.stop - 1}.")
    return None


def validate_description(description: str | None) -> Refused | None:
    """Validate a description: at most 255 characters. Source: primer, the data structures."""
    if description is not None and len(description) not in DESCRIPTION_LENGTH:
        return Invalid(f"The description has {len(description)} characters; it takes at most {DESCRIPTION_LENGTH.stop - 1}.")
    return None


def validate_tags(tags: Sequence[str]) -> Refused | None:
    """Validate tags: letters, digits, `_ - * .`, at most 500 characters together. Source: contract 12.2."""
    for tag in tags:
        if TAG.fullmatch(tag) is None:
            return Invalid(f"The tag {tag!r} has characters other than letters, digits, '_', '-', '*' and '.'.")
    if sum(map(len, tags)) > TAGS_LIMIT_CHARACTERS:
        return Invalid(f"All tags together have more than {TAGS_LIMIT_CHARACTERS} characters.")
    return None


def validate_code(code: str, program: str) -> Refused | None:
    """Validate the size of a program: at most 4 MB. Source: primer, "Deployment Endpoints"; contract 12.2."""
    if len(code) * 4 <= CODE_LIMIT_BYTES:
        return None
    size = len(code.encode("utf-8", "surrogatepass"))
    if size > CODE_LIMIT_BYTES:
        return Invalid(
            f"The {program} code has {size:,} bytes; a program takes at most {CODE_LIMIT_BYTES:,}.", Rule.CODE_TOO_LARGE
        )
    return None


def validate_env_vars(env_vars: Mapping[str, object]) -> Refused | None:
    """Validate environment variables: names of letters and digits, values that are strings or numbers. Source: contract 8.5."""
    for key, value in env_vars.items():
        if _VAR_NAME.fullmatch(key) is None:
            return Invalid(f"The environment variable {key!r} needs a name of letters and digits that begins with a letter.")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return Invalid(f"The environment variable {key!r} must be a string or a number.")
    if sum(len(key) + len(str(value)) for key, value in env_vars.items()) > ENV_VARS_LIMIT_CHARACTERS:
        return Invalid(f"The environment variables together have more than {ENV_VARS_LIMIT_CHARACTERS:,} characters.")
    return None


def delete_product(group_count: int) -> Refused | None:
    """A product can be deleted only if no device group belongs to it. Source: contract 7.2."""
    if group_count:
        return Conflict("Cannot delete a product with associated devicegroups.", Rule.PRODUCT_HAS_GROUPS)
    return None


def delete_group(device_count: int, flagged_count: int = 0, targeted_by: Sequence[str] = ()) -> Refused | None:
    """A group can be deleted only if it is empty, holds no flagged deployment and is no group's target.

    Args:
        device_count: Number of devices assigned to the group.
        flagged_count: Number of flagged deployments made for it.
        targeted_by: Names of the groups whose target it is.

    Source: primer, "Device Groups"; contract 8.7, which gives the order.
    """
    if device_count:
        return Conflict("Cannot delete a devicegroup with assigned devices.", Rule.GROUP_HAS_DEVICES)
    if flagged_count:
        return Conflict("Cannot delete a devicegroup with flagged deployments; delete those first.", Rule.GROUP_HAS_FLAGGED)
    if targeted_by:
        return Conflict("Cannot delete a devicegroup that is the target of another devicegroup.", Rule.GROUP_IS_TARGET)
    return None


def validate_targets(
    group_type: GroupType,
    production_target: GroupType | str | None,
    dut_target: GroupType | str | None,
    *,
    needs_dut_target: bool,
) -> Refused | None:
    """Fixture groups need targets of the right type; other groups may have none.

    Args:
        group_type: Type of the group that is created or changed.
        production_target: Type of its production target; None for none.
        dut_target: Type of its DUT target; None for none.
        needs_dut_target: True to refuse a fixture group without a DUT target, as the live service does.

    Source: primer, "Assigning Production Devices"; contract 8.3, 8.4.
    """
    wanted, wanted_dut = group_type.production_target_type, group_type.dut_target_type
    if wanted is None:
        for name, target in (("production_target", production_target), ("dut_target", dut_target)):
            if target is not None:
                return Invalid(f"A {group_type} group takes no {name}.", Rule.ATTRIBUTE_NOT_FOR_TYPE)
        return None
    if production_target is None:
        return Invalid(f"A {group_type} group needs a production_target: a {wanted} group of the same product.")
    if production_target != wanted:
        return Invalid(
            f"The production_target of a {group_type} group must be a {wanted} group, not a {production_target} group.",
            Rule.ATTRIBUTE_NOT_FOR_TYPE,
        )
    if dut_target is None and needs_dut_target:
        return Invalid(f"A {group_type} group needs a dut_target: a {wanted_dut} group of the same product.")
    if dut_target is not None and dut_target != wanted_dut:
        return Invalid(
            f"The dut_target of a {group_type} group must be a {wanted_dut} group, not a {dut_target} group.",
            Rule.ATTRIBUTE_NOT_FOR_TYPE,
        )
    return None


def load_code_after_blessing(group_type: GroupType) -> Refused | None:
    """Only groups of blessed devices have `load_code_after_blessing`.

    Source: primer, "The Device Group Data Structure"; contract 8.2.
    """
    if not group_type.is_blessed:
        return Invalid(f"A {group_type} group has no load_code_after_blessing.", Rule.ATTRIBUTE_NOT_FOR_TYPE)
    return None


def assign(
    kind: DeviceKind,
    assigned_to: GroupType | str | None,
    target: GroupType | str,
    *,
    label: str,
    imp_type: str | None = None,
) -> Refused | None:
    """A device can be assigned only to groups of its kind; an assigned device only to groups of the same type.

    Args:
        kind: Kind of the device. An unassigned fixture and an unassigned development device are the same kind.
        assigned_to: Type of its present group; None if it is unassigned.
        target: Type of the group to assign it to.
        label: Name of the device in the refusal.
        imp_type: Type of its imp, if known. An imp001 cannot be a fixture.

    Source: primer, "Device Groups", "Assigning Devices To A Device Group", "Devices"; contract 9.3.
    """
    if not isinstance(target, GroupType):
        return None
    if assigned_to is not None:
        if assigned_to == target:
            return None
        return Conflict(
            f"Device {label} is in a {assigned_to} group and can move only to another {assigned_to} group;"
            f" unassign it first to use it in a {target} group.",
            Rule.WRONG_KIND_FOR_GROUP,
            subject=label,
        )
    if kind is DeviceKind.DUT or target.is_dut:
        return Conflict(
            f"Device {label} cannot be assigned to a {target} group by hand: devices under test are placed by their fixture.",
            Rule.WRONG_KIND_FOR_GROUP,
            subject=label,
        )
    if target.is_blessed:
        return Conflict(
            f"Device {label} ({kind}) cannot be assigned to a {target} group by hand: devices arrive there by blessing.",
            Rule.WRONG_KIND_FOR_GROUP,
            subject=label,
        )
    if target.is_fixtures and imp_type == "imp001":
        return Conflict(
            f"Device {label} is an imp001, which cannot be a BlinkUp fixture.", Rule.WRONG_KIND_FOR_GROUP, subject=label
        )
    return None


def unassign(group_type: GroupType | str, *, key_fits: bool | None) -> Refused | None:
    """Unassigning a device from a production group requires the account's unbond key.

    Args:
        group_type: Type of the device's present group.
        key_fits: True if the right key was given; None if only the service can tell.

    Source: primer, "Unassigning Devices"; contract 9.5, 19 ("pre" groups ask for no key).
    """
    if group_type is GroupType.PRODUCTION and key_fits is False:
        return Forbidden("Leaving a production group takes the account's unbond key: it is missing or wrong.", Rule.UNBOND_KEY)
    return None


def delete_device(*, is_assigned: bool) -> Refused | None:
    """Only an unassigned device can be removed from the account. Source: contract 10.4."""
    if is_assigned:
        return Conflict("Unassign the device before removing it.", Rule.DEVICE_ASSIGNED)
    return None


def restart(*, is_assigned: bool) -> Refused | None:
    """Only an assigned device can be restarted. Source: contract 10.4."""
    if not is_assigned:
        return Conflict("An unassigned device cannot be restarted.", Rule.DEVICE_UNASSIGNED)
    return None


def delete_deployment(*, is_flagged: bool, is_supported: bool) -> Refused | None:
    """A deployment can be deleted only if it is not flagged and is older than its group's minimum supported deployment.

    Args:
        is_flagged: True if the flag is set. This rule is checked first.
        is_supported: True if it is the group's minimum supported deployment or newer. False for a zombie.

    Source: primer, "Deployment Data Structure" (flagged); contract 12.7.
    """
    if is_flagged:
        return Conflict(
            "You cannot delete flagged deployments; set the flagged attribute to false and try again.",
            Rule.DEPLOYMENT_FLAGGED,
        )
    if is_supported:
        return Conflict("Cannot delete the minimum supported deployment or a newer one.", Rule.DEPLOYMENT_IN_USE)
    return None


def set_min_supported(*, is_of_group: bool, is_older_than_minimum: bool) -> Refused | None:
    """The minimum supported deployment belongs to the group and only moves forward. Source: contract 12.6."""
    if not is_of_group:
        return Conflict("The minimum supported deployment must be a deployment of this devicegroup.", Rule.WRONG_MINIMUM)
    if is_older_than_minimum:
        return Conflict("The minimum supported deployment cannot be older than the present one.", Rule.WRONG_MINIMUM)
    return None
