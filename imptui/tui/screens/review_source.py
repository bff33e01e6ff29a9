"""Ask which programs to review: a saved draft, another deployment, or local files."""

from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.draft import Draft
from imptui.fleet.fleet import Fleet
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Menu, Option
from imptui.tui.present.age import ago
from imptui.tui.present.deployment import name_of, place_of
from imptui.tui.present.marks import mark_word
from imptui.tui.screens.local_programs import UnusableFile, read_pair


async def ask_source(console: Console, group_id: GroupId) -> Draft | None:
    """Ask for the programs; return None if the user cancels.

    Raises:
        Refused, NoAnswer: The draft cannot be made.
    """
    fleet = console.fleet
    kept = await fleet.drafts.unfinished(group_id)
    group = await fleet.look.group(group_id)
    rows = await fleet.look.deployments(None, group.product_id if group is not None else None)
    now = fleet.changes.now()
    options = [
        Option(f"kept {number}", "go on with the draft that was kept", f"{each.source}, {ago(each.saved_at, now)}")
        for number, each in enumerate(kept)
    ]
    options.append(Option("local", "local files", "two paths"))
    for row in rows:
        back = "back to " if row.deployment.group_id == group_id else ""
        words = ", ".join(each for each in (f"{back}{place_of(row)}", mark_word(row.deployment)) if each)
        options.append(Option(row.deployment.id, name_of(row), words))
    title = f"Deploy what to {group.name if group is not None else group_id}?"
    chosen = await console.choose(Menu(title, tuple(options), can_filter=True))
    if chosen is None:
        return None
    if chosen.startswith("kept "):
        return await fleet.drafting.resume(kept[int(chosen.removeprefix("kept "))])
    if chosen == "local":
        return await _from_files(console, fleet, group_id)
    return await fleet.drafting.remembered(await fleet.drafting.draft_of(group_id, DeploymentId(chosen)))


async def _from_files(console: Console, fleet: Fleet, group_id: GroupId) -> Draft | None:
    from imptui.tui.screens.deployments import local_form

    group = await fleet.look.group(group_id)
    current = group.current_deployment_id if group is not None else None
    form = local_form("Deploy local files", "Review", "empty: as it is now")
    while True:
        answers = await console.fill(form)
        if answers is None:
            return None
        try:
            now = await fleet.programs.of(current) if current is not None else None
            programs = await read_pair(answers["agent"], answers["device"], now)
        except UnusableFile as error:
            form = form.again(answers, str(error))
            continue
        names = " and ".join(answers[each].strip() for each in ("agent", "device") if answers[each].strip())
        return await fleet.drafting.remembered(await fleet.drafting.draft(group_id, programs, source=names))
