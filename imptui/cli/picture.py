"""screenshot: the console's own picture of the demonstration fleet."""

import asyncio
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from imptui.cli.options import Options
from imptui.cli.plain import Trouble, plain
from imptui.config.themes import find_theme

SCREENS = ("fleet", "device", "code", "compare", "deploy", "deployments", "logs", "help")


@click.command()
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
        raise Trouble(f"{size!r} is no size; write it as 120x40.", 2)
    wish = theme or options.settings().theme
    if wish is not None:
        find_theme(wish)
    with tempfile.TemporaryDirectory(prefix="imptui-") as folder:
        staged = replace(options, data_dir=Path(folder), context=None, endpoint=None, theme=wish)
        picture = await drawn(staged, (int(found[1]), int(found[2])), screen)
    await asyncio.to_thread(out.write_text, picture, encoding="utf-8")


async def drawn(options: Options, size: tuple[int, int], screen: str) -> str:
    """The picture of a screen, as SVG."""
    from imptui.cli.connect import open_fleet
    from imptui.tui.app import ImptuiApp

    settings = options.settings()
    fleet, _ = open_fleet(options, options.named_context(), settings)
    await fleet.sync.run()
    app = ImptuiApp(fleet, settings, locations=options.locations)
    async with app.run_test(size=size) as pilot:
        await app.show_for_picture(screen)
        for _ in range(30):
            await pilot.pause(0.1)
            if app.is_settled:
                break
        return app.export_screenshot(title="imptui")
