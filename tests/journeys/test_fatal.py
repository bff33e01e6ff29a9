"""The end that nobody foresaw."""

import io

from rich.console import Console

from tests.journeys.conftest import Plant, sitting_at


async def test_an_unforeseen_error_shows_no_variables(plant: Plant) -> None:
    """What a console prints when it breaks holds no local variables, for they may be secrets."""
    async with sitting_at(plant) as person:
        unbond_key = "hidden-" + "in-a-variable"
        try:
            raise RuntimeError(f"broken by a key of {len(unbond_key)} letters")
        except RuntimeError:
            close = person.app._close_messages_no_wait
            person.app._close_messages_no_wait = lambda: None
            person.app._fatal_error()
            person.app._close_messages_no_wait = close
        printed = Console(file=io.StringIO(), width=120)
        for each in person.app._exit_renderables:
            printed.print(each)
        person.app._exit_renderables.clear()
        text = printed.file.getvalue()
    assert "broken by a key" in text
    assert "hidden-in-a-variable" not in text
