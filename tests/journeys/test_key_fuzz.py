"""Random keys in bursts, on every screen and dialog: the console lives, and closes no screen that was not asked to.

`IMPTUI_FUZZ_KEYS` says how many keys (3,000 if unset), `IMPTUI_FUZZ_SEED` which; the seed is printed.
"""

import os
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.await_complete import AwaitComplete

from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.query.query import Scope
from imptui.tui.app import ImptuiApp
from imptui.tui.commands.catalogue import all_commands
from imptui.tui.screens.fleet import FleetPage
from tests.journeys.conftest import NAMED, PLAIN, Person, Plant

KEYS = int(os.environ.get("IMPTUI_FUZZ_KEYS", "3000"))
ROUND = 250
"""Keys between two returns to the fleet screen."""

SIZES = ((80, 24), (120, 40), (200, 50), (40, 12))
NEVER = {"f3"}
"""$PAGER would take the terminal that a test has not got."""

TEXTS = ("live", "bench", "unit-0", "rssi<-40", "5000d8c46a5711aa\r", "*ABC-123456*\t", ":sort\r", ":goto bench\rb", ":columns\r",
         ":drafts\r", ":grep agent\r", "looks good", "\r\r", "\x1b\x1b", "q\r\r", "c\r\r", "a\r", ":12\r", ":nonsense\r")  # fmt: skip
"""What people type in one go."""

SPECIAL = {"\r": "enter", "\x1b": "escape", "\t": "tab"}


class Unending(ImptuiApp):
    """A console that goes on when it is told to quit, and notes who closes screens."""

    CSS_PATH = Path(sys.modules[ImptuiApp.__module__].__file__ or "").with_name("imptui.tcss")
    quits = 0
    closed: Counter[str]

    def exit(self, *args: Any, **named: Any) -> None:
        """Only the end of the test ends it."""
        self.quits += 1

    def pop_screen(self) -> AwaitComplete:
        """Screens are closed in one place."""
        self.closed[sys._getframe(1).f_code.co_name] += 1
        return super().pop_screen()


def pool() -> list[str]:
    """Every key that is bound on any screen, more often those that move, answer and leave."""
    bound = sorted({key for commands in all_commands().values() for each in commands for key in each.keys} - NEVER)
    return [*bound, *("enter", "escape", "tab", "right", "down", "space", "q") * 6, *"abcdefghijklmnopqrstuvwxyz0123456789"]


def key_event(name: str) -> events.Key:
    """A key as the driver makes it."""
    letters = {value: key for key, value in NAMED.items()}
    return events.Key(name, name if len(name) == 1 else letters.get(name, "\r" if name == "enter" else None))


def burst(rng: random.Random, keys: list[str]) -> list[events.Key]:
    """Some keys that are read together: a text, or anything."""
    if rng.random() < 0.3:
        text = rng.choice(TEXTS)
        return [events.Key(SPECIAL.get(letter) or NAMED.get(letter, letter), letter) for letter in text]
    return [key_event(rng.choice(keys)) for _ in range(rng.choice((1, 1, 2, 3, 8)))]


@pytest.mark.parametrize("slow", [False, True])
async def test_random_keys_in_bursts(plant: Plant, slow: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Bursts with pauses of which 95 % are under 50 ms, at four sizes: the console lives and answers afterwards."""
    seed = int(os.environ.get("IMPTUI_FUZZ_SEED", random.SystemRandom().randrange(10**9)))
    print(f"IMPTUI_FUZZ_SEED={seed}")
    rng, keys, left = random.Random(seed), pool(), KEYS // 2
    app = Unending(plant.fleet, Settings(slow=slow), locations=Locations(Path(plant.exports)), environ=PLAIN)
    app.closed = Counter()
    async with app.run_test(size=rng.choice(SIZES)) as pilot:
        person = Person(app, pilot)
        await person.waits_for(lambda: app.navigator.page is not None and app.navigator.page.is_ready)
        while left > 0:
            for _ in range(ROUND):
                made = burst(rng, keys)
                left -= len(made)
                for each in made:
                    app.post_message(each)
                await pilot.pause(rng.random() * 0.04 if rng.random() < 0.95 else rng.random())
                assert app._exception is None, f"seed {seed}"
                assert isinstance(app.screen_stack[0], FleetPage), f"seed {seed}"
                if left <= 0:
                    break
            await comes_home(person)
            await pilot.resize_terminal(*rng.choice(SIZES))
        assert set(app.closed) <= {"close_screen"}
        await pilot.resize_terminal(120, 40)
        await comes_home(person)
        home = app.navigator.home
        assert home is not None
        app.navigator.show_scope(Scope())
        await person.waits_for("All devices")
        ImptuiApp.exit(app)


async def comes_home(person: Person) -> None:
    """Esc closes everything, one after the other, until the fleet screen is in front."""
    app = person.app

    def is_home() -> bool:
        return len(app.screen_stack) == 1

    for _ in range(100):
        if is_home():
            return
        await person.presses("escape")
        await person.pilot.pause(0.05)
    raise AssertionError(f"Esc does not lead home: {app.screen_stack}\n{person.screen()}")
