"""Changes on the service; each call saves what came back before it returns.

All of them raise `model.errors.Refused` kinds (the service, the guard or a rule of the field said no) and
`client.errors.NoAnswer` kinds (nobody answered). Nothing is stored that the service did not confirm.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from imptui.cache.store import Cache
from imptui.client.change import About
from imptui.domain import policy
from imptui.domain.deployment import Deployment
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.fleet.operations.device_operations import DeviceChanges
from imptui.fleet.write_through import WriteThrough, about_of, permit

if TYPE_CHECKING:
    from imptui.client.central import Central


class Change:
    """Changes products, groups and deployments; `devices` changes devices. Each method is one action of a person."""

    def __init__(self, cache: Cache, central: "Central", through: WriteThrough, devices: DeviceChanges) -> None:
        self._cache = cache
        self._central = central
        self._through = through
        self.devices = devices

    # Products

    async def create_product(self, name: str, description: str | None = None) -> Product:
        """A new product of this account."""
        permit(policy.validate_name(name), policy.validate_description(description))
        made = await self._central.products.create(name, description)
        return await self._through.save_product(made)

    async def update_product(self, product_id: ProductId, *, name: str | None = None, description: str | None = None) -> Product:
        """Rename or describe a product; None leaves as it is."""
        permit(policy.validate_name(name) if name is not None else None, policy.validate_description(description))
        before = await asyncio.to_thread(self._cache.products.one, product_id)
        about = about_of(before, name=before.name, description=before.description) if before else None
        async with self._through.unless_product_gone(product_id):
            made = await self._central.products.update(product_id, name=name, description=description, about=about)
        return await self._through.save_product(made)

    async def delete_product(self, product_id: ProductId) -> None:
        """Delete a product without groups."""
        before = await asyncio.to_thread(self._cache.products.one, product_id)
        async with self._through.unless_product_gone(product_id):
            await self._central.products.delete(product_id, about=about_of(before))
        await self._through.write(self._cache.products.forget, [product_id])

    # Groups

    async def create_group(
        self,
        product_id: ProductId,
        group_type: GroupType,
        name: str,
        description: str | None = None,
        *,
        production_target_id: GroupId | None = None,
        dut_target_id: GroupId | None = None,
        load_code_after_blessing: bool | None = None,
    ) -> DeviceGroup:
        """A new device group of a product."""
        permit(policy.validate_name(name), policy.validate_description(description))
        made = await self._central.groups.create(
            group_type,
            name,
            product_id,
            description=description,
            production_target=production_target_id,
            dut_target=dut_target_id,
            load_code_after_blessing=load_code_after_blessing,
        )
        return await self._through.save_group(made)

    async def update_group(
        self,
        group_id: GroupId,
        *,
        name: str | None = None,
        description: str | None = None,
        production_target_id: GroupId | None = None,
        dut_target_id: GroupId | None = None,
        load_code_after_blessing: bool | None = None,
    ) -> DeviceGroup:
        """Rename, describe or re-target a group; None leaves as it is."""
        permit(policy.validate_name(name) if name is not None else None, policy.validate_description(description))
        before = await self._through.group(group_id)
        async with self._through.unless_group_gone(group_id):
            made = await self._central.groups.update(
                group_id,
                before.type,
                name=name,
                description=description,
                production_target=production_target_id,
                dut_target=dut_target_id,
                load_code_after_blessing=load_code_after_blessing,
                about=about_of(before, name=before.name, description=before.description),
            )
        return await self._through.save_group(made)

    async def delete_group(self, group_id: GroupId) -> None:
        """Delete an empty group; its deployments go with it."""
        before = await self._through.group(group_id)
        async with self._through.unless_group_gone(group_id):
            await self._central.groups.delete(group_id, about=about_of(before))

        def forget() -> None:
            self._cache.deployments.forget([each.id for each in self._cache.deployments.list(group_id)])
            self._cache.groups.forget([group_id])

        await self._through.write(forget)

    async def restart_group(self, group_id: GroupId, *, conditional: bool) -> None:
        """Restart every device of a group; offline ones when they next connect."""
        before = await self._through.group(group_id)
        async with self._through.unless_group_gone(group_id):
            await self._central.groups.restart(group_id, conditional=conditional, about=about_of(before))

    async def set_minimum(self, group_id: GroupId, deployment_id: DeploymentId) -> None:
        """Support only this deployment of the group and newer ones."""
        before = await self._through.group(group_id)
        about = about_of(before, min_supported_deployment=before.min_supported_deployment_id)
        async with self._through.unless_group_gone(group_id):
            await self._central.groups.set_min_supported(group_id, deployment_id, about=about)
        await self._through.save_group(await self._central.groups.get(group_id))

    # Deployments

    async def update_deployment(
        self,
        deployment_id: DeploymentId,
        *,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        is_flagged: bool | None = None,
    ) -> Deployment:
        """Describe, tag or flag a deployment; None leaves as it is."""
        permit(policy.validate_description(description), policy.validate_tags(tags or ()))
        before = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        known = {"description": before.description, "tags": before.tags, "flagged": before.is_flagged} if before else {}
        async with self._through.unless_deployment_gone(deployment_id):
            made = await self._central.deployments.update(
                deployment_id,
                description=description,
                tags=tags,
                is_flagged=is_flagged,
                about=About(before.sha[:12], known) if before else None,
            )
        await self._through.write(self._cache.deployments.store, [made])
        return made

    async def delete_deployment(self, deployment_id: DeploymentId) -> None:
        """Delete a deployment that is neither flagged nor supported any longer."""
        async with self._through.unless_deployment_gone(deployment_id):
            await self._central.deployments.delete(deployment_id)
        await self._through.write(self._cache.deployments.forget, [deployment_id])
