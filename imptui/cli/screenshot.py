"""screenshot: the console's own picture of the demonstration fleet."""

import asyncio
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from imptui.cli.exit_codes import LOCAL, ExitCode, exits
from imptui.cli.options import Options
from imptui.cli.runner import Trouble, plain
from imptui.domain.ids import DeploymentId, DeviceId, GroupId

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet
    from imptui.fleet.read_model import DeploymentRow
    from imptui.tui.app import ImptuiApp

SCREENS = ("fleet", "device", "code", "compare", "deploy", "deployments", "logs", "help")

PATIENCE_S = 10.0
"""How long a screen may take to have read everything."""

SHOWN_GROUP = "400 2.0 Field Test"
"""The group of the demonstration that the pictures are about: it has a history, and devices of every state."""

SOURCE_GROUP = "Connected Meter 400 2.0 Development"
"""Where its next program comes from."""


@click.command(epilog=exits(*LOCAL))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--size", default="120x40", show_default=True, metavar="WxH")
@click.option("--screen", type=click.Choice(SCREENS), default="fleet", show_default=True)
@click.option("--theme", metavar="NAME", help="Colours: the name of a theme, or a theme file.")
@click.pass_obj
@plain
async def screenshot(options: Options, out: Path, size: str, screen: str, theme: str | None) -> None:
    """Draw one screen of the demonstration fleet into OUT.svg; needs no terminal and touches no data of yours."""
    found = re.fullmatch(r"(\d{2,3})x(\d{1,3})", size)
    if found is None:
        raise Trouble(f"{size!r} is no size; write it as 120x40.", ExitCode.USAGE)
    with tempfile.TemporaryDirectory(prefix="imptui-") as folder:
        theme = theme or options.theme or "dark"
        staged = replace(options, data_dir=Path(folder), context=None, endpoint=None, theme=theme, ascii=bool(options.ascii))
        picture = await drawn(staged, (int(found[1]), int(found[2])), screen)
    await asyncio.to_thread(out.write_text, picture, encoding="utf-8")


async def drawn(options: Options, size: tuple[int, int], screen: str) -> str:
    """The picture of a screen, as SVG."""
    from imptui.cli.connect import open_fleet
    from imptui.config.themes import find_theme
    from imptui.tui.app import ImptuiApp

    settings = options.settings()
    if settings.theme is not None:
        find_theme(settings.theme)
    fleet, _ = open_fleet(options, options.named_context(), settings)
    await fleet.sync.run()
    app = ImptuiApp(fleet, settings, locations=options.locations, environ={"TERM": "xterm-256color", "COLORTERM": "truecolor"})
    async with app.run_test(size=size) as pilot:
        await pose(app, pilot, fleet, screen)
        return app.export_screenshot(title="imptui")


async def pose(app: "ImptuiApp", pilot: Any, fleet: "Fleet", screen: str) -> None:
    """Open one of `SCREENS`, and wait until all that it shows was read."""
    await _settle(app, pilot)
    await _stage(app, fleet, screen)
    await _settle(app, pilot)
    await fleet.watch.refresh_now()
    await _settle(app, pilot)


async def _settle(app: "ImptuiApp", pilot: Any) -> None:
    """Wait until nothing was being read for a while."""
    quiet = 0
    for _ in range(int(PATIENCE_S / 0.1)):
        await pilot.pause(0.1)
        quiet = quiet + 1 if app.is_settled else 0
        if quiet == 4:
            return


async def _stage(app: "ImptuiApp", fleet: "Fleet", screen: str) -> None:
    """Open a screen with something worth seeing on it."""
    from imptui.tui.commands.routes import CodeRoute, DeploymentsRoute, DeviceRoute, LogsRoute, ReviewRoute

    group_id = await _group(fleet, SHOWN_GROUP)
    rows = await fleet.look.deployments(group_id)
    if screen == "device":
        app.navigator.open(DeviceRoute(await _device(fleet, group_id)))
    elif screen == "logs":
        device_id = await _device(fleet, group_id)
        app.navigator.open(LogsRoute((device_id,), device_id))
    elif screen == "code":
        app.navigator.open(CodeRoute(rows[0].deployment.id))
    elif screen == "deployments":
        app.navigator.open(DeploymentsRoute(group_id))
    elif screen == "compare":
        _compare(app, fleet, *(await fleet.look.deployments(await _group(fleet, SOURCE_GROUP)))[1::-1])
    elif screen == "deploy":
        source = (await fleet.look.deployments(await _group(fleet, "Connected Meter 400 1.0 Development")))[0]
        app.navigator.open(ReviewRoute(await _group(fleet, "400 RoW SKU"), source.deployment.id))
    elif screen == "help":
        app.everywhere.action_help()


def _compare(app: "ImptuiApp", fleet: "Fleet", old: "DeploymentRow", new: "DeploymentRow") -> None:
    from imptui.tui.screens.compare import ComparedSide, ComparePage

    def side(row: "DeploymentRow") -> ComparedSide:
        found = row.deployment
        name = f"{found.sha[:12]} {found.description or ''} ({row.group_name})"
        return ComparedSide(name, partial(fleet.programs.of, DeploymentId(found.id)))

    app.navigator.show(ComparePage(side(old), side(new)))


async def _group(fleet: "Fleet", name: str) -> GroupId:
    return GroupId((await fleet.look.find("group", name))[0])


async def _device(fleet: "Fleet", group_id: GroupId) -> DeviceId:
    """An online device of a group, with a reading or two to show."""
    from imptui.query.expression import Claim, Is
    from imptui.query.query import Query, Scope

    window = await fleet.look.window(Query(Scope(group_id=group_id), Is(Claim.ONLINE)), 0, 1)
    found = next(row.device.id for row in window.rows if row is not None)
    fleet.watch.look_at([found])
    for _ in range(3):
        await fleet.watch.refresh_now()
        await asyncio.sleep(0.2)
    return found
