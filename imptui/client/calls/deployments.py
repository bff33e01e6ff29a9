"""Calls about deployments."""

from collections.abc import AsyncIterator, Sequence

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls, Listing
from imptui.client.codec import decode, encode
from imptui.client.session import Condition

from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import CompileMessage, Forbidden
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId
from imptui.domain.review_mark import lack_of_approval


class DeploymentCalls(Calls):
    """Deployments. Source: primer, "Deployment Endpoints"; contract 12."""

    def deployment_pages(
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
    ) -> AsyncIterator[Page[Deployment]]:
        """Deployments without their programs, newest first, page by page; all filters and all tags must fit."""
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
        return self._pages(
            Listing("/deployments", "list deployments", decode.deployments, filters), start_page, page_size, priority
        )

    async def deployment(
        self, deployment_id: DeploymentId, *, priority: Priority = Priority.LOOK
    ) -> tuple[Deployment, Programs]:
        """One deployment with both programs, up to 4 MB each."""
        path, attempt = path_of("deployments", deployment_id), f"read deployment {deployment_id}"
        return await self._read(path, attempt, decode.deployment_and_programs, priority)

    async def create_deployment(
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
        """Compile both programs and make them the group's current deployment; devices take it when they restart.

        Sent once, whatever happens.

        `source_id` is the deployment that the programs are copied from, if they are. Where the guard wants an approval
        before production, it is looked for there, and on every deployment of the same bytes.

        Returns:
            The deployment, and what the compiler warned of.

        Raises:
            Forbidden: With `Rule.NOT_APPROVED`; nothing was sent.
            Invalid: With `Rule.COMPILATION`, they do not compile; `compile_messages` says where. Nothing is stored.
            NoAnswer: With `sent`, it may exist all the same: look by sha and origin before trying again.

        Source: primer, "Deploying Code"; contract 12.4, 12.5, 2.6.
        """
        attributes = encode.given(
            description=description, origin=origin, tags=list(tags) or None, flagged=is_flagged or None
        )
        call = Call(
            "POST",
            "/deployments",
            f"create a deployment in group {group_id}",
            body=encode.new_deployment(group_id, group_type, programs, attributes),
        )
        sizes = {f"{name}_characters": len(programs.of(name)) for name in ("agent", "device")}
        reply = await self._change(
            call,
            "create",
            "deployment",
            group_id,
            about=about,
            after={**attributes, **sizes, "group": group_id},
            touches=[("group", group_id)],
            created=decode.id_of,
            condition=self._approval_for(group_type, programs, source_id),
        )
        return self._speaker.decoded(call.attempt, reply, decode.created_deployment)

    def _approval_for(
        self, group_type: GroupType | str, programs: Programs, source_id: DeploymentId | None
    ) -> Condition | None:
        if not self._speaker.guard.needs_approval or group_type != GroupType.PRODUCTION:
            return None
        return lambda: self.lack_of_approval(programs, source_id)

    async def lack_of_approval(self, programs: Programs, source_id: DeploymentId | None) -> Forbidden | None:
        """Why these programs may not go into production where that takes a second person; None: they may.

        The marks are those that the service tells now; between this and what is sent next somebody may still object.
        """
        same: list[Deployment] = []
        if source_id is not None:
            source, its_programs = await self.deployment(source_id)
            if its_programs == programs:  # else something was changed on the way: not the bytes that were looked at
                async for page in self.deployment_pages(sha=source.sha, priority=Priority.LOOK):
                    same += [each for each in page.items if each.sha == source.sha]
                same = same or [source]
        me = await self._read("/accounts/me", "read the own account", decode.account, Priority.LOOK)
        return lack_of_approval(same, me.id)

    async def update_deployment(
        self,
        deployment_id: DeploymentId,
        *,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        is_flagged: bool | None = None,
        verb: str = "update",
        about: About | None = None,
    ) -> Deployment:
        """Describe, tag or flag a deployment; None leaves as it is, `tags` replaces them all. Source: contract 12.2.

        `verb` is the journal's word for it.
        """
        after = encode.given(description=description, tags=None if tags is None else list(tags), flagged=is_flagged)
        call = Call(
            "PATCH",
            path_of("deployments", deployment_id),
            f"update deployment {deployment_id}",
            body=encode.changed("deployment", deployment_id, after),
        )
        reply = await self._change(call, verb, "deployment", deployment_id, about=about, after=after)
        return self._speaker.decoded(call.attempt, reply, decode.deployment)

    async def delete_deployment(self, deployment_id: DeploymentId, *, about: About | None = None) -> None:
        """Delete a deployment that is neither flagged nor supported any longer. Source: contract 12.7."""
        call = Call("DELETE", path_of("deployments", deployment_id), f"delete deployment {deployment_id}")
        await self._change(call, "delete", "deployment", deployment_id, about=about)
