"""review: what the review screen shows, without a screen; and one's mark."""

import sys
from contextlib import nullcontext
from pathlib import Path

import click
from msgspec import Struct

from imptui.cli.connect import connected
from imptui.cli.exit_codes import CHANGING, ExitCode, exits
from imptui.cli.options import Options
from imptui.cli.programs import TextDifference, changes_of, print_patch, read_code
from imptui.cli.references import any_of, the_group
from imptui.cli.runner import USAGE, Trouble, as_json, flush, plain, print_json, remark, safe_text, written
from imptui.domain.deployment import Programs
from imptui.domain.errors import CompileMessage
from imptui.domain.ids import DeploymentId, GroupId
from imptui.domain.review_mark import Verdict, marks_of, verdict_of
from imptui.fleet.deployments.draft import Draft
from imptui.fleet.deployments.programs import check
from imptui.fleet.deployments.review_context import ReviewContext, facts_of
from imptui.fleet.fleet import Fleet

EXITS = exits(
    *CHANGING,
    ExitCode.AGAINST,
    words={
        ExitCode.DONE: "reviewed, nothing stands against it",
        ExitCode.AGAINST: "reviewed, and something stands against it (it does not compile, somebody objects, it is protected, or"
        " the approval that the context wants is missing)",
        ExitCode.UNWRITTEN: "reviewed and marked as asked, but the result could not be written",
    },
)


class Reviewed(Struct, frozen=True):
    """Everything that is printed."""

    draft: Draft
    facts: ReviewContext
    changes: tuple[TextDifference, ...]
    checked: tuple[CompileMessage, ...]

    @property
    def against(self) -> tuple[str, ...]:
        """What stands against deploying it, in sentences."""
        found = [each.text for each in self.draft.cautions if each.forbids or each.key == "objected"]
        return (*found, *(f"{each.program} line {each.row}: {each.text}" for each in self.checked if each.kind == "error"))


@click.command(epilog=EXITS)
@click.argument("ref", metavar="DEPLOYMENT|GROUP")
@click.option("--to", "target", metavar="GROUP", help="Review the deployment as it would be promoted to this group.")
@click.option("--agent", "agent_file", type=click.Path(path_type=Path), help="Review this agent program for the group.")
@click.option("--device", "device_file", type=click.Path(path_type=Path), help="Review this device program for the group.")
@click.option("--diff", "is_whole", is_flag=True, help="Both differences in whole, as patches, not only their counts.")
@click.option("--approve", is_flag=True, help="Put your approval on the deployment, so that colleagues see it.")
@click.option("--object", "objection", metavar="REASON", help="Put your objection on the deployment.")
@click.option("--reason", default="", metavar="REASON", help="Why you approve.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_obj
@plain
async def review(
    options: Options,
    ref: str,
    target: str | None,
    agent_file: Path | None,
    device_file: Path | None,
    is_whole: bool,  # noqa: FBT001 - click passes flags so
    approve: bool,  # noqa: FBT001 - click passes flags so
    objection: str | None,
    reason: str,
    is_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Print what a reviewer reads: origin, marks, who is affected, sizes, differences, compile check, cautions.

    A DEPLOYMENT is compared with the one before it in its group, or with --to with what that group is to run now. Of a
    GROUP its current deployment is reviewed, or with --agent and --device what these files would change; a program that is
    not given stays as it is. Nothing is deployed, and nothing but a mark is written.

    Marks are kept in the deployment's tags and description. The service knows no condition on a change, so what two people
    write in the same moment is looked at again and put right by both; a program that knows no marks may still undo one.
    """
    if approve and objection is not None:
        raise Trouble("Approve or object, not both.", USAGE)
    marked = ""
    async with connected(options) as fleet:
        draft = await _draft(fleet, ref, target, (agent_file, device_file))
        if approve or objection is not None:
            if draft.source_id is None:
                raise Trouble("Local files are in no deployment yet, so nobody can mark it.", USAGE)
            verdict = Verdict.APPROVED if approve else Verdict.OBJECTED
            await fleet.reviews.mark(draft.source_id, verdict, reason if approve else objection or "")
            marked = f"{verdict} by you; colleagues see it"
            remark(f"{marked}.")
            draft = await fleet.drafting.cautioned(draft)
        reviewed = await _reviewed(fleet, draft)
    with written(marked.capitalize()) if marked else nullcontext():
        if is_json:
            print_json(_facts(reviewed, is_whole=is_whole))
        else:
            _print(fleet, reviewed, is_whole=is_whole)
        flush()
    if reviewed.against:
        sys.exit(ExitCode.AGAINST)


async def _draft(fleet: Fleet, ref: str, target: str | None, files: tuple[Path | None, Path | None]) -> Draft:
    kind, found = await any_of(fleet, ("deployment", "group"), ref)
    if any(files):
        if kind == "deployment" or target is not None:
            raise Trouble("Files are reviewed for a group; a deployment has its own programs.", USAGE)
        return await _of_files(fleet, GroupId(found), files)
    if kind == "group":
        if target is not None:
            raise Trouble("--to takes a deployment, not a group.", USAGE)
        group = await fleet.look.group(GroupId(found))
        if group is None or group.current_deployment_id is None:
            raise Trouble(f"Nothing was deployed to {ref!r} yet.", ExitCode.NOT_FOUND)
        return await fleet.drafting.seen(group.current_deployment_id)
    if target is not None:
        return await fleet.drafting.draft_of(await the_group(fleet, target), DeploymentId(found))
    return await fleet.drafting.seen(DeploymentId(found))


async def _of_files(fleet: Fleet, group_id: GroupId, files: tuple[Path | None, Path | None]) -> Draft:
    group = await fleet.look.group(group_id)
    current = group.current_deployment_id if group is not None else None
    now = await fleet.programs.of(current) if current is not None else Programs("", "")
    texts = [
        read_code(path) if path is not None else now.of(which) for path, which in zip(files, ("agent", "device"), strict=True)
    ]
    return await fleet.drafting.draft(
        group_id, Programs(*texts), source=", ".join(str(path) for path in files if path is not None)
    )


async def _reviewed(fleet: Fleet, draft: Draft) -> Reviewed:
    changes = tuple(
        changes_of((f"a/{which}.nut", draft.base_programs.of(which)), (f"b/{which}.nut", draft.programs.of(which)))
        for which in ("agent", "device")
    )
    return Reviewed(draft, await facts_of(fleet.look, draft), changes, await check(draft.programs))


def _print(fleet: Fleet, reviewed: Reviewed, *, is_whole: bool) -> None:
    from imptui.tui.present.review import Shown, count_word, summary

    draft = reviewed.draft
    shown = Shown(draft, reviewed.facts, fleet.changes.now(), checked=reviewed.checked)
    for line in summary(shown):
        click.echo("".join(text for text, _ in line).removeprefix(" ").rstrip())
    for label, text in (("description", draft.description), ("origin", draft.origin), ("tags", " ".join(draft.tags))):
        click.echo(f"{label:<13}{safe_text(text or '-')}")
    click.echo(f"{'flag':<13}{'flagged' if draft.is_flagged else 'not flagged'}")
    for which, each in zip(("agent", "device"), reviewed.changes, strict=True):
        click.echo(f"{which + ' code':<13}{count_word((each.added, each.removed))}")
    if is_whole:
        for each in reviewed.changes:
            print_patch(each.patch)


def _facts(reviewed: Reviewed, *, is_whole: bool) -> dict[str, object]:
    draft, facts = reviewed.draft, reviewed.facts
    source, tally = facts.source, facts.affected.tally if facts.affected is not None else None
    changes = {}
    for which, each in zip(("agent", "device"), reviewed.changes, strict=True):
        changes[which] = {"added": each.added, "removed": each.removed} | ({"patch": each.patch} if is_whole else {})
    return {
        "group": draft.group,
        "product_name": facts.product_name,
        "targets": [{"role": each.role, "group": each.group.name, "type": each.group.type} for each in facts.targets],
        "source": draft.source,
        "deployment": source,
        "base": facts.base,
        "description": draft.description,
        "origin": draft.origin,
        "tags": draft.tags,
        "is_flagged": draft.is_flagged,
        "standing": verdict_of(source.deployment) if source is not None else None,
        "marks": _marks(reviewed),
        "devices": {"total": tally.devices, "online": tally.online, "offline": tally.devices - tally.online} if tally else None,
        "first_devices": [row.device.label for row in facts.affected.first] if facts.affected is not None else [],
        "sizes": facts.sizes,
        "changes": changes,
        "check": reviewed.checked,
        "cautions": draft.cautions,
        "against": reviewed.against,
    }


def _marks(reviewed: Reviewed) -> list[dict[str, object]]:
    source = reviewed.facts.source
    if source is None:
        return []
    found = []
    for mark in marks_of(source.deployment):
        facts = as_json(mark)
        assert isinstance(facts, dict)  # noqa: S101 - a Struct
        found.append({**facts, "is_stale": not mark.is_about(source.deployment.sha)})
    return found
