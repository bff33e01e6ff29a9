"""Calls about device groups and who is in them."""

from collections.abc import AsyncIterator, Mapping, Sequence

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls, Listing
from imptui.client.codec import decode, encode
from imptui.client.codec.group_types import type_word

from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.client.secret import Secret
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

EnvVars = Mapping[str, str | int | float]


class GroupCalls(Calls):
    """Device groups. Source: primer, "Device Group Endpoints"; contract 8, 9, 10.4, 12.6."""

    def group_pages(
        self,
        *,
        owner_id: AccountId | None = None,
        product_id: ProductId | None = None,
        group_type: GroupType | str | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[Page[DeviceGroup]]:
        """Device groups, page by page; several filters must all fit."""
        filters = (
            ("owner.id", owner_id),
            ("product.id", product_id),
            ("type", None if group_type is None else type_word(group_type)),
        )
        return self._pages(
            Listing("/devicegroups", "list device groups", decode.groups, filters), start_page, page_size, priority
        )

    async def group(self, group_id: GroupId, *, priority: Priority = Priority.LOOK) -> DeviceGroup:
        """One device group."""
        return await self._read(path_of("devicegroups", group_id), f"read group {group_id}", decode.group, priority)

    async def create_group(
        self,
        group_type: GroupType,
        name: str,
        product_id: ProductId,
        *,
        description: str | None = None,
        production_target: GroupId | None = None,
        dut_target: GroupId | None = None,
        region: str | None = None,
        env_vars: EnvVars | None = None,
        load_code_after_blessing: bool | None = None,
        about: About | None = None,
    ) -> DeviceGroup:
        """A new device group; None leaves an attribute to the service. Source: contract 8.6."""
        attributes = encode.given(
            name=name,
            description=description,
            region=region,
            env_vars=env_vars,
            load_code_after_blessing=load_code_after_blessing,
        )
        call = Call(
            "POST",
            "/devicegroups",
            f"create the {group_type} group '{name}'",
            body=encode.new_group(group_type, attributes, product_id, production_target, dut_target),
        )
        after = encode.given(
            type=str(group_type), **attributes, production_target=production_target, dut_target=dut_target
        )
        reply = await self._change(
            call,
            "create",
            "group",
            name,
            about=about,
            after=after,
            touches=[("product", product_id), *_targets(production_target, dut_target)],
            created=decode.id_of,
        )
        return self._speaker.decoded(call.attempt, reply, decode.group)

    async def update_group(
        self,
        group_id: GroupId,
        group_type: GroupType | str,
        *,
        name: str | None = None,
        description: str | None = None,
        production_target: GroupId | None = None,
        dut_target: GroupId | None = None,
        env_vars: EnvVars | None = None,
        load_code_after_blessing: bool | None = None,
        about: About | None = None,
    ) -> DeviceGroup:
        """Change what is given; None leaves as it is. `env_vars` replaces them all. Source: contract 8.2, 8.5, 8.6."""
        attributes = encode.given(
            name=name, description=description, env_vars=env_vars, load_code_after_blessing=load_code_after_blessing
        )
        call = Call(
            "PATCH",
            path_of("devicegroups", group_id),
            f"update group {group_id}",
            body=encode.changed_group(group_id, group_type, attributes, production_target, dut_target),
        )
        after = encode.given(**attributes, production_target=production_target, dut_target=dut_target)
        reply = await self._change(
            call, "update", "group", group_id, about=about, after=after, touches=_targets(production_target, dut_target)
        )
        return self._speaker.decoded(call.attempt, reply, decode.group)

    async def delete_group(self, group_id: GroupId, *, about: About | None = None) -> None:
        """Delete an empty group; its unflagged deployments go with it. Source: contract 8.7."""
        call = Call("DELETE", path_of("devicegroups", group_id), f"delete group {group_id}")
        await self._change(call, "delete", "group", group_id, about=about)

    async def restart_group(self, group_id: GroupId, *, conditional: bool = False, about: About | None = None) -> None:
        """Restart all devices of a group; conditionally, so that they may delay it. Source: contract 10.4."""
        verb, last = ("conditional restart", "conditional_restart") if conditional else ("restart", "restart")
        call = Call("POST", path_of("devicegroups", group_id, last), f"{verb} group {group_id}")
        await self._change(call, verb, "group", group_id, about=about)

    async def set_min_supported(
        self, group_id: GroupId, deployment_id: DeploymentId, *, about: About | None = None
    ) -> None:
        """Support only this deployment of the group and newer ones. It never moves back. Source: contract 12.6."""
        call = Call(
            "PUT",
            path_of("devicegroups", group_id, "relationships", "min_supported_deployment"),
            f"support group {group_id} from deployment {deployment_id}",
            body=encode.identifier("deployment", deployment_id),
        )
        after = {"min_supported_deployment": deployment_id}
        await self._change(call, "support from", "group", group_id, about=about, after=after)

    async def assign(self, group_id: GroupId, refs: Sequence[str], *, about: About | None = None) -> None:
        """Put devices into a group; those that are in another group of the same type move.

        Not atomic: when some are refused, the others are in the group.

        Raises:
            Refused: `parts` holds one refusal per refused device, with its reference as `subject` where told.

        Source: primer, "Assigning Devices To A Device Group"; contract 9.
        """
        call = Call(
            "POST",
            path_of("devicegroups", group_id, "relationships", "devices"),
            f"assign {_devices(refs)} to group {group_id}",
            body=encode.identifiers("device", refs),
            refs=tuple(refs),
        )
        await self._bulk(call, "assign", group_id, refs, about)

    async def unassign(
        self, group_id: GroupId, refs: Sequence[str], *, unbond_key: Secret | None = None, about: About | None = None
    ) -> None:
        """Take devices out of a group; out of a production group it takes the unbond key, and unblesses them.

        Not atomic: when some are refused, the others are out.

        Raises:
            Refused: As for `assign`.

        Source: primer, "Unassigning Devices"; contract 9.4, 9.5.
        """
        call = Call(
            "DELETE",
            path_of("devicegroups", group_id, "relationships", "devices"),
            f"unassign {_devices(refs)} from group {group_id}",
            body=encode.identifiers("device", refs),
            headers={} if unbond_key is None else {"X-Electricimp-Key": unbond_key.reveal()},
            refs=tuple(refs),
            secrets=() if unbond_key is None else (unbond_key,),
        )
        await self._bulk(call, "unassign", group_id, refs, about)

    async def _bulk(self, call: Call, verb: str, group_id: GroupId, refs: Sequence[str], about: About | None) -> None:
        await self._change(
            call,
            verb,
            "group",
            group_id,
            about=about,
            after={"devices": tuple(refs)},
            touches=[("device", ref) for ref in refs],
        )


def _targets(*targets: GroupId | None) -> list[tuple[str, str]]:
    return [("group", target) for target in targets if target is not None]


def _devices(refs: Sequence[str]) -> str:
    return f"device {refs[0]}" if len(refs) == 1 else f"{len(refs)} devices"
