"""Themes as the user sees them."""

import re
from pathlib import Path

from imptui.config.settings import Settings
from imptui.config.themes import theme_places
from tests.journeys.conftest import Plant, sitting_at


def dark_without(role: str) -> str:
    """The text of the dark theme without one of its roles."""
    text = next(path for place in theme_places() if (path := place / "dark.toml").is_file()).read_text(encoding="utf-8")
    return re.sub(rf"(?m)^{role} = .*\n", "", text)


async def test_a_theme_that_lacks_a_role_is_used_with_a_warning(plant: Plant, tmp_path: Path) -> None:
    """The console opens in a theme that lacks a role and says which one, instead of refusing the file."""
    path = tmp_path / "mine.toml"
    path.write_text(dark_without("cursor").replace('"#6cb6ff"', '"#6cb6fe"'), encoding="utf-8")
    async with sitting_at(plant, (200, 30), Settings(theme=str(path))) as person:
        await person.waits_for(lambda: any("lacks the roles cursor" in each.text for each in person.app.notifier.failures))
        style = person.app.look.styles["header-strong"]
        assert style.color is not None
        assert style.color.name == "#6cb6fe"
