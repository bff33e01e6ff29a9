"""What changes something on the service; each call stores what came back before it answers.

All of them raise `model.errors.Refused` kinds (the service, the guard or a rule of the field said no) and
`client.errors.Failure` kinds (nobody answered). Nothing is stored that the service did not confirm.
"""

from dataclasses import dataclass

from imptui.model.errors import Refused
from imptui.model.ids import DeviceId


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one device of a bulk call."""

    device_id: DeviceId
    refusal: Refused | None
    """None: done."""


class Change:
    """
    async create_product(name, description) -> Product
    async update_product(product_id, *, name=None, description=None) -> Product
    async delete_product(product_id) -> None
    async create_group(product_id, type: GroupType, name, description=None, *, production_target_id=None, dut_target_id=None,
                       load_code_after_blessing=None) -> DeviceGroup
    async update_group(group_id, *, name=None, description=None, production_target_id=None, dut_target_id=None,
                       load_code_after_blessing=None) -> DeviceGroup
    async delete_group(group_id) -> None
    async restart_group(group_id, *, conditional: bool) -> None
    async set_minimum(group_id, deployment_id) -> None
    async assign(group_id, device_ids) -> tuple[Outcome, ...]      (moves devices of another group of the same type directly)
    async unassign(device_ids, *, unbond_key=None) -> tuple[Outcome, ...]
    async rename_device(device_id, name: str | None) -> Device
    async remove_device(device_id) -> None
    async restart_device(device_id, *, conditional: bool) -> None
    async restart_devices(device_ids, *, conditional) -> tuple[Outcome, ...]
    async update_deployment(deployment_id, *, description=None, tags=None, is_flagged=None) -> Deployment
    async delete_deployment(deployment_id) -> None
    """
