"""The calls of the API about deployments."""

from collections.abc import AsyncIterator, Sequence

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest, Condition
from imptui.client.codec import decode, encode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import CompileMessage, Forbidden
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId
from imptui.domain.review_mark import lack_of_approval


class DeploymentCalls:
    """Deployments. Source: primer, "Deployment Endpoints"; contract 12."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self,
        *,
        owner_id: AccountId | None = None,
        creator_id: AccountId | None = None,
        product_id: ProductId | None = None,
        group_id: GroupId | None = None,
        sha: str | None = None,
        is_flagged: bool | None = None,
        flagger_id: AccountId | None = None,
        tags: Sequence[str] = (),
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[ApiPage[Deployment]]:
        """List deployments without their programs, newest first; a deployment has to match all filters and all tags."""
        filters = (
            ("owner.id", owner_id),
            ("creator.id", creator_id),
            ("product.id", product_id),
            ("devicegroup.id", group_id),
            ("sha", sha),
            ("flagged", None if is_flagged is None else str(is_flagged).lower()),
            ("flagger.id", flagger_id),
            ("tags", ",".join(tags) or None),
        )
        listing = Listing("/deployments", "list deployments", decode.deployments, filters)
        return self._session.pages(listing, start_page, page_size, priority)

    async def get(
        self, deployment_id: DeploymentId, *, priority: Priority = Priority.LOOK
    ) -> tuple[Deployment, Programs]:
        """Read one deployment with both programs, up to 4 MB each."""
        path, attempt = path_of("deployments", deployment_id), f"read deployment {deployment_id}"
        return await self._session.read(path, attempt, decode.deployment_and_programs, priority)

    async def create(
        self,
        group_id: GroupId,
        group_type: GroupType | str,
        programs: Programs,
        *,
        description: str | None = None,
        origin: str | None = None,
        tags: Sequence[str] = (),
        is_flagged: bool = False,
        source_id: DeploymentId | None = None,
        about: About | None = None,
    ) -> tuple[Deployment, tuple[CompileMessage, ...]]:
        """Create a deployment, which becomes the group's current one; devices load it when they restart.

        Sent once, whatever happens. `source_id` is the deployment that the programs are copied from, if any. If the guard
        requires an approval before production, it is looked for there, and on every deployment of the same bytes.

        Returns:
            The deployment, and the compiler's warnings.

        Raises:
            Forbidden: With `Rule.NOT_APPROVED`; nothing was sent.
            Invalid: With `Rule.COMPILATION`, the programs do not compile; `compile_messages` says where. Nothing is stored.
            NoAnswer: With `sent`, the deployment may exist all the same: look by sha and origin before trying again.

        Source: primer, "Deploying Code"; contract 12.4, 12.5, 2.6.
        """
        attributes = encode.given(
            description=description, origin=origin, tags=list(tags) or None, flagged=is_flagged or None
        )
        call = ApiCall(
            "POST",
            "/deployments",
            f"create a deployment in group {group_id}",
            body=encode.new_deployment(group_id, group_type, programs, attributes),
        )
        sizes = {f"{name}_characters": len(programs.of(name)) for name in ("agent", "device")}
        change = ChangeRequest(
            call,
            "create",
            "deployment",
            group_id,
            about,
            after={**attributes, **sizes, "group": group_id},
            touches=(("group", group_id),),
            member_groups=(group_id,),
            created_id=decode.id_of,
            condition=self._approval_for(group_type, programs, source_id),
        )
        return await self._session.change_and_decode(change, decode.created_deployment)

    def _approval_for(
        self, group_type: GroupType | str, programs: Programs, source_id: DeploymentId | None
    ) -> Condition | None:
        if not self._session.settings.guard().needs_approval or group_type != GroupType.PRODUCTION:
            return None
        return lambda: self.lack_of_approval(programs, source_id)

    async def lack_of_approval(self, programs: Programs, source_id: DeploymentId | None) -> Forbidden | None:
        """Return the refusal if these programs lack the approval of a second person for production, else None.

        It reads the marks of the moment; somebody may still withdraw one before the next call arrives.
        """
        same: list[Deployment] = []
        if source_id is not None:
            source, its_programs = await self.get(source_id)
            if its_programs == programs:  # else they are not the bytes that somebody approved
                async for page in self.pages(sha=source.sha, priority=Priority.LOOK):
                    same += [each for each in page.items if each.sha == source.sha]
                same = same or [source]
        me = await self._session.read("/accounts/me", "read the own account", decode.account)
        return lack_of_approval(same, me.id)

    async def update(
        self,
        deployment_id: DeploymentId,
        *,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        is_flagged: bool | None = None,
        verb: str = "update",
        about: About | None = None,
    ) -> Deployment:
        """Describe, tag or flag a deployment; None leaves an attribute as it is, `tags` replaces all tags.

        `verb` is the journal's word for the change. Source: contract 12.2.
        """
        after = encode.given(description=description, tags=None if tags is None else list(tags), flagged=is_flagged)
        call = ApiCall(
            "PATCH",
            path_of("deployments", deployment_id),
            f"update deployment {deployment_id}",
            body=encode.changed("deployment", deployment_id, after),
        )
        change = ChangeRequest(call, verb, "deployment", deployment_id, about, after)
        return await self._session.change_and_decode(change, decode.deployment)

    async def delete(self, deployment_id: DeploymentId, *, about: About | None = None) -> None:
        """Delete a deployment that is neither flagged nor supported any longer. Source: contract 12.7."""
        call = ApiCall("DELETE", path_of("deployments", deployment_id), f"delete deployment {deployment_id}")
        await self._session.change(ChangeRequest(call, "delete", "deployment", deployment_id, about))
