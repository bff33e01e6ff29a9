"""The calls of the API about device groups and their members."""

from collections.abc import AsyncIterator, Mapping, Sequence

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode, encode
from imptui.client.codec.group_types import type_word
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.secret import Secret
from imptui.client.session import Session
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

EnvVars = Mapping[str, str | int | float]


class GroupCalls:
    """Device groups. Source: primer, "Device Group Endpoints"; contract 8, 9, 10.4, 12.6."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self,
        *,
        owner_id: AccountId | None = None,
        product_id: ProductId | None = None,
        group_type: GroupType | str | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[ApiPage[DeviceGroup]]:
        """List device groups, page by page; a group has to match all filters."""
        filters = (
            ("owner.id", owner_id),
            ("product.id", product_id),
            ("type", None if group_type is None else type_word(group_type)),
        )
        listing = Listing("/devicegroups", "list device groups", decode.groups, filters)
        return self._session.pages(listing, start_page, page_size, priority)

    async def get(self, group_id: GroupId, *, priority: Priority = Priority.LOOK) -> DeviceGroup:
        """Read one device group."""
        path, attempt = path_of("devicegroups", group_id), f"read group {group_id}"
        return await self._session.read(path, attempt, decode.group, priority)

    async def create(
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
        """Create a device group; None leaves an attribute to the service. Source: contract 8.6."""
        attributes = encode.given(
            name=name,
            description=description,
            region=region,
            env_vars=env_vars,
            load_code_after_blessing=load_code_after_blessing,
        )
        call = ApiCall(
            "POST",
            "/devicegroups",
            f"create the {group_type} group '{name}'",
            body=encode.new_group(group_type, attributes, product_id, production_target, dut_target),
        )
        targets = encode.given(production_target=production_target, dut_target=dut_target)
        change = ChangeRequest(
            call,
            "create",
            "group",
            name,
            about,
            after={"type": str(group_type), **attributes, **targets},
            touches=(("product", product_id), *_targets(production_target, dut_target)),
            created_id=decode.id_of,
        )
        return await self._session.change_and_decode(change, decode.group)

    async def update(
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
        """Change attributes; None leaves one as it is. `env_vars` replaces all variables. Source: contract 8.2, 8.5, 8.6."""
        attributes = encode.given(
            name=name, description=description, env_vars=env_vars, load_code_after_blessing=load_code_after_blessing
        )
        call = ApiCall(
            "PATCH",
            path_of("devicegroups", group_id),
            f"update group {group_id}",
            body=encode.changed_group(group_id, group_type, attributes, production_target, dut_target),
        )
        after = encode.given(**attributes, production_target=production_target, dut_target=dut_target)
        touches = _targets(production_target, dut_target)
        change = ChangeRequest(call, "update", "group", group_id, about, after, touches, member_groups=(group_id,))
        return await self._session.change_and_decode(change, decode.group)

    async def delete(self, group_id: GroupId, *, about: About | None = None) -> None:
        """Delete an empty group with its unflagged deployments. Source: contract 8.7."""
        call = ApiCall("DELETE", path_of("devicegroups", group_id), f"delete group {group_id}")
        await self._session.change(ChangeRequest(call, "delete", "group", group_id, about))

    async def restart(self, group_id: GroupId, *, conditional: bool = False, about: About | None = None) -> None:
        """Restart all devices of a group; in a conditional restart they may delay it. Source: contract 10.4."""
        verb, last = ("conditional restart", "conditional_restart") if conditional else ("restart", "restart")
        call = ApiCall("POST", path_of("devicegroups", group_id, last), f"{verb} group {group_id}")
        await self._session.change(ChangeRequest(call, verb, "group", group_id, about, member_groups=(group_id,)))

    async def set_min_supported(
        self, group_id: GroupId, deployment_id: DeploymentId, *, about: About | None = None
    ) -> None:
        """Support only this deployment of the group and newer ones. It never moves back. Source: contract 12.6."""
        call = ApiCall(
            "PUT",
            path_of("devicegroups", group_id, "relationships", "min_supported_deployment"),
            f"support group {group_id} from deployment {deployment_id}",
            body=encode.identifier("deployment", deployment_id),
        )
        after = {"min_supported_deployment": deployment_id}
        change = ChangeRequest(call, "support from", "group", group_id, about, after, member_groups=(group_id,))
        await self._session.change(change)

    async def assign(self, group_id: GroupId, refs: Sequence[str], *, about: About | None = None) -> None:
        """Assign devices to a group; those in another group of the same type move.

        Not atomic: if the service refuses some, the others are in the group.

        Raises:
            Refused: `parts` holds one refusal per refused device, with its reference as `subject` where reported.

        Source: primer, "Assigning Devices To A Device Group"; contract 9.
        """
        call = ApiCall(
            "POST",
            path_of("devicegroups", group_id, "relationships", "devices"),
            f"assign {_devices(refs)} to group {group_id}",
            body=encode.identifiers("device", refs),
            refs=tuple(refs),
        )
        await self._session.change(_bulk_change(call, "assign", group_id, about))

    async def unassign(
        self, group_id: GroupId, refs: Sequence[str], *, unbond_key: Secret | None = None, about: About | None = None
    ) -> None:
        """Unassign devices from a group. A production group requires the unbond key, and its devices lose their blessing.

        Not atomic: if the service refuses some, the others are out of the group.

        Raises:
            Refused: As for `assign`.

        Source: primer, "Unassigning Devices"; contract 9.4, 9.5.
        """
        call = ApiCall(
            "DELETE",
            path_of("devicegroups", group_id, "relationships", "devices"),
            f"unassign {_devices(refs)} from group {group_id}",
            body=encode.identifiers("device", refs),
            headers={} if unbond_key is None else {"X-Electricimp-Key": unbond_key.reveal()},
            refs=tuple(refs),
            secrets=() if unbond_key is None else (unbond_key,),
        )
        await self._session.change(_bulk_change(call, "unassign", group_id, about))


def _bulk_change(call: ApiCall, verb: str, group_id: GroupId, about: About | None) -> ChangeRequest:
    touches = tuple(("device", ref) for ref in call.refs)
    return ChangeRequest(call, verb, "group", group_id, about, {"devices": call.refs}, touches)


def _targets(*targets: GroupId | None) -> tuple[tuple[str, str], ...]:
    return tuple(("group", target) for target in targets if target is not None)


def _devices(refs: Sequence[str]) -> str:
    return f"device {refs[0]}" if len(refs) == 1 else f"{len(refs)} devices"
