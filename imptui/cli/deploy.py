"""deploy, promote, rollback, rollout: changing without a screen."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click
from msgspec.structs import replace

from imptui.cli.connect import connected
from imptui.cli.exit_codes import CHANGING, READING, ExitCode, exits
from imptui.cli.options import Options
from imptui.cli.programs import read_code
from imptui.cli.references import the_deployment, the_group
from imptui.cli.runner import USAGE, Trouble, plain, print_json, remark, written
from imptui.client.errors import NoAnswer
from imptui.domain.deployment import Programs
from imptui.domain.errors import Refused
from imptui.fleet.deployments.deploy import Deployed
from imptui.fleet.deployments.draft import Draft, RestartMode
from imptui.fleet.deployments.group_lock import DeployRequest
from imptui.fleet.fleet import Fleet

EXITS = exits(
    *CHANGING,
    ExitCode.PARTLY,
    words={
        ExitCode.DONE: "deployed, and restarted as asked",
        ExitCode.USAGE: "wrong command line, or nothing was done because --yes is missing",
        ExitCode.UNWRITTEN: "deployed, but the result could not be written: the id is on stderr, do not repeat it",
        ExitCode.UNKNOWN: "it is unknown whether it was deployed: the same command looks first",
        ExitCode.PARTLY: "deployed, not restarted",
    },
)

_restart = click.option(
    "--restart",
    type=click.Choice([each.value for each in RestartMode]),
    default=RestartMode.NONE.value,
    show_default=True,
    help="What the devices do afterwards.",
)
_yes = click.option("--yes", is_flag=True, help="Do it; without this, says what would be done and does nothing.")
_json = click.option(
    "--json", "is_json", is_flag=True, help="As JSON: the deployment with what came of it, or the plan without --yes."
)


@click.command(epilog=EXITS)
@click.argument("group")
@click.option("--agent", "agent_file", required=True, type=click.Path(path_type=Path), help="The agent's program.")
@click.option("--device", "device_file", required=True, type=click.Path(path_type=Path), help="The device's program.")
@click.option("--description", default="", metavar="D")
@click.option("--origin", metavar="O", help="Where the programs come from, for other tools: a commit, a deployment's sha.")
@click.option("--tag", "tags", multiple=True, metavar="T", help="May be given several times.")
@_restart
@_yes
@_json
@click.pass_obj
@plain
async def deploy(
    options: Options,
    group: str,
    agent_file: Path,
    device_file: Path,
    description: str,
    origin: str | None,
    tags: tuple[str, ...],
    restart: str,
    yes: bool,  # noqa: FBT001 - click passes flags so
    is_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Deploy two programs to a group; prints the new deployment's id."""
    programs = Programs(read_code(agent_file), read_code(device_file))
    async with connected(options) as fleet:
        group_id = await the_group(fleet, group)
        draft = await fleet.drafting.draft(
            group_id,
            programs,
            source=f"{agent_file}, {device_file}",
            description=description,
            origin=origin,
            tags=tags,
        )
        request = _request(options, "deploy", group_id, draft.key, description, origin, tags, restart)
        await _carry_out(fleet, replace(draft, restart=RestartMode(restart)), request, is_sure=yes, is_json=is_json)


def _request(options: Options, *words: object) -> DeployRequest:
    """Return the request of a command; `words` are all that distinguishes it from others."""
    digest = sha256(json.dumps(words).encode("utf-8", "surrogatepass"))
    return DeployRequest(digest.hexdigest(), datetime.fromtimestamp(options.started_s, UTC))


@click.command(epilog=EXITS)
@click.argument("deployment")
@click.argument("group")
@_restart
@_yes
@_json
@click.pass_obj
@plain
async def promote(
    options: Options,
    deployment: str,
    group: str,
    restart: str,
    yes: bool,  # noqa: FBT001 - click passes flags so
    is_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Deploy the exact programs of DEPLOYMENT to another GROUP; prints the new deployment's id.

    Where the context wants it, a production group takes only what somebody else than its author, and than you, has
    approved: imptui review DEPLOYMENT --approve.
    """
    async with connected(options) as fleet:
        group_id, deployment_id = await the_group(fleet, group), await the_deployment(fleet, deployment)
        draft = await fleet.drafting.draft_of(group_id, deployment_id)
        request = _request(options, "promote", group_id, deployment_id, restart)
        await _carry_out(fleet, replace(draft, restart=RestartMode(restart)), request, is_sure=yes, is_json=is_json)


@click.command(epilog=EXITS)
@click.argument("group")
@click.option("--to", "target", metavar="DEPLOYMENT", help="Which one; left out: the one before the current.")
@_restart
@_yes
@_json
@click.pass_obj
@plain
async def rollback(
    options: Options,
    group: str,
    target: str | None,
    restart: str,
    yes: bool,  # noqa: FBT001 - click passes flags so
    is_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Go back: a new deployment with the programs of an earlier one; prints its id."""
    async with connected(options) as fleet:
        group_id = await the_group(fleet, group)
        if target is not None:
            deployment_id = await the_deployment(fleet, target)
        else:
            earlier = [row for row in await fleet.look.deployments(group_id) if not row.is_current]
            if not earlier:
                raise Trouble(f"The group {group!r} has no earlier deployment to go back to.", ExitCode.NOT_FOUND)
            deployment_id = earlier[0].deployment.id
        draft = await fleet.drafting.draft_of(group_id, deployment_id)
        request = _request(options, "rollback", group_id, target, restart)
        await _carry_out(fleet, replace(draft, restart=RestartMode(restart)), request, is_sure=yes, is_json=is_json)


async def _carry_out(fleet: Fleet, draft: Draft, request: DeployRequest, *, is_sure: bool, is_json: bool) -> None:
    for caution in draft.cautions:
        remark(f"note: {caution.text}")
    affected = await fleet.look.affected(draft.group.id)
    devices = affected.tally.devices if affected else 0
    if not is_sure:
        if is_json:
            print_json(_plan(draft, devices))
        raise Trouble(
            f"This would deploy {draft.source} to '{draft.group.name}' ({draft.group.type}, {devices:,} devices);"
            " nothing was done. Add --yes to do it.",
            USAGE,
        )
    was_kept = await fleet.drafts.is_saved(draft)
    try:
        done = await fleet.deploys.deploy(draft, request)
    except Refused:
        if not was_kept:  # the programs are in files or deployments, the words on the command line
            await fleet.drafts.drop(draft.key)
        raise
    except NoAnswer:
        if await fleet.drafts.is_saved(draft):
            remark("note: the review is kept: the same command goes on with it, or :drafts.")
        raise
    _told(done, draft, is_json=is_json)


def _plan(draft: Draft, devices: int) -> dict[str, object]:
    return {
        "deployment": None,
        "group": draft.group,
        "base": draft.base,
        "source": draft.source,
        "source_id": draft.source_id,
        "description": draft.description,
        "origin": draft.origin,
        "tags": draft.tags,
        "restart": draft.restart,
        "devices": devices,
        "cautions": draft.cautions,
    }


def _told(done: Deployed, draft: Draft, *, is_json: bool) -> None:
    for warning in done.warnings:
        remark(f"note: {warning.program}_code:{warning.row}: {warning.text}")
    if done.was_looked_up:
        remark(f"note: {done.deployment.id} was there already, from an earlier attempt or the same command; none was created.")
    if done.twins.found:
        others = ", ".join(each.id for each in done.twins.found)
        remark(
            f"note: the network delivered the creation more than once: besides {done.deployment.id} there is {others} with the"
            " same programs. Delete what is not wanted."
        )
    if done.twins.unknown_because is not None:
        remark(f"note: nobody could look whether the network created it twice: {done.twins.unknown_because}")
    failure = str(done.restart_failure) if done.restart_failure is not None else None
    outcome = f"Deployed {done.deployment.id}" + ("" if failure is None else f" (the devices were not restarted: {failure})")
    with written(outcome):
        _print_result(done, draft, failure, is_json=is_json)
    if failure is not None:
        raise Trouble(f"Deployed, but the devices were not restarted: {failure}", ExitCode.PARTLY)


def _print_result(done: Deployed, draft: Draft, failure: str | None, *, is_json: bool) -> None:
    if not is_json:
        click.echo(done.deployment.id)
        return
    print_json(
        {
            "deployment": done.deployment,
            "before": draft.base,
            "restart": draft.restart,
            "restart_failure": failure,
            "was_looked_up": done.was_looked_up,
            "twins": [each.id for each in done.twins.found],
            "warnings": done.warnings,
            "cautions": draft.cautions,
        }
    )


ROLLOUT_EXITS = exits(
    *READING,
    ExitCode.DIFFERS,
    words={
        ExitCode.DONE: "told; with --watch, every online device has restarted",
        ExitCode.DIFFERS: "another deployment has replaced it while it was watched",
    },
)


@click.command(epilog=ROLLOUT_EXITS)
@click.argument("deployment")
@click.option("--watch", is_flag=True, help="Go on until every online device has restarted.")
@click.option("--json", "is_json", is_flag=True, help="As JSON; with --watch one document after the other.")
@click.pass_obj
@plain
async def rollout(options: Options, deployment: str, watch: bool, is_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """How many devices run a deployment, as far as can be inferred from their restarts."""
    async with connected(options) as fleet:
        deployment_id = await the_deployment(fleet, deployment)
        while True:
            now = await fleet.deploys.rollout(deployment_id)
            if is_json:
                print_json(now)
            else:
                click.echo(
                    f"{now.restarted} of {now.total} restarted since, {now.waiting} online and waiting, {now.offline} offline"
                )
            sys.stdout.flush()
            if watch and not now.is_current:
                sentence = f"Another deployment has replaced {now.deployment.sha[:12]} in '{now.group.name}'."
                raise Trouble(sentence, ExitCode.DIFFERS)
            if not watch or now.waiting == 0:
                return
            await asyncio.sleep(2)
