"""Signing in from inside: one-time passwords, and a login that ends in the middle of the work."""

from datetime import UTC, datetime, timedelta

import pytest

from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import account
from imptui.cloud.rules import one_time_password as otp
from imptui.cloud.storage.world import World
from tests.journeys.conftest import Person, Plant, sitting_at

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def careful(world: World, plant: Plant) -> None:
    """The account asks for one-time passwords from now on; the console's clock is the engine's."""
    with world.view() as view:
        me = view.accounts.called("demo")
    account.change_account(world, account.ChangeAccount(me.id, otp_secret=SECRET))
    plant.fleet.changes.now = world.now


def code_of(clock: ManualClock) -> str:
    """The one-time password of the moment."""
    return otp.password(SECRET, otp.step_of(clock.now()))


async def gives_the_password(person: Person) -> None:
    """The first step."""
    await person.presses("down")
    await person.types("demo")
    await person.presses("ctrl+s")


async def comes_to_the_second_step(person: Person) -> None:
    """From the list to the question for the one-time password."""
    await person.commands("login")
    await person.waits_for("Sign in at")
    await gives_the_password(person)
    await person.waits_for("One-time password")


async def test_a_one_time_password_signs_in(plant: Plant, careful: None, clock: ManualClock) -> None:
    """The code of the phone signs in, and is never shown."""
    async with sitting_at(plant) as person:
        await comes_to_the_second_step(person)
        await person.types(code_of(clock))
        assert not person.sees(code_of(clock))
        await person.presses("ctrl+s")
        await person.waits_for("Signed in as demo.")


async def test_a_wrong_code_is_asked_for_again(plant: Plant, careful: None, clock: ManualClock) -> None:
    """A code that does not fit costs a try, not the password."""
    async with sitting_at(plant) as person:
        await comes_to_the_second_step(person)
        await person.types("000000")
        await person.presses("ctrl+s")
        await person.waits_for("Tries left: 4")
        await person.types(code_of(clock))
        await person.presses("ctrl+s")
        await person.waits_for("Signed in as demo.")


async def test_five_wrong_codes_lock_the_first_step(plant: Plant, careful: None) -> None:
    """After five wrong codes the password is asked for again, and the reason is said."""
    async with sitting_at(plant) as person:
        await comes_to_the_second_step(person)
        for left in range(4, -1, -1):
            await person.types("000000")
            await person.presses("ctrl+s")
            if left:
                await person.waits_for(f"Tries left: {left}")
        await person.waits_for("Too many wrong one-time passwords")
        assert person.sees("user name or email")


async def test_a_code_that_comes_too_late(plant: Plant, careful: None, clock: ManualClock) -> None:
    """After five minutes even the right code is too late, and the password is asked for again."""
    async with sitting_at(plant) as person:
        await comes_to_the_second_step(person)
        clock.advance(timedelta(minutes=6))
        await person.types(code_of(clock))
        await person.presses("ctrl+s")
        await person.waits_for("The time for the one-time password is over")
        assert person.sees("user name or email")


async def test_giving_up_the_second_step(plant: Plant, careful: None) -> None:
    """Esc in the second step signs nobody in, and says so."""
    async with sitting_at(plant) as person:
        await comes_to_the_second_step(person)
        await person.presses("escape")
        await person.waits_for("Not signed in")


async def ends_the_login(clock: ManualClock, plant: Plant) -> None:
    """Neither access token nor refresh token is taken any longer, as when somebody revoked them."""
    central = plant.fleet._central
    for page in [page async for page in central.tokens.pages()]:
        for each in page.items:
            await central.tokens.delete(each.id)
    clock.advance(timedelta(hours=2))


async def test_a_login_that_ends_asks_again_and_keeps_the_place(plant: Plant, clock: ManualClock) -> None:
    """When the login is over the console asks for it, and list, filter and cursor are where they were afterwards."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("unit-1")
        await person.presses("enter")
        await person.waits_for("1 of 10")
        await person.presses("j", "j")
        await ends_the_login(clock, plant)
        await person.waits_for("Sign in at")
        await gives_the_password(person)
        await person.waits_for("Signed in as demo.")
        await person.waits_for("3 of 10")
        assert "unit-12" in person.cursor_line
        await person.waits_for("signed out", gone=True)


async def test_who_does_not_sign_in_again_is_left_alone(plant: Plant, clock: ManualClock) -> None:
    """Esc closes the question; it does not come back by itself, and the header says what to do."""
    async with sitting_at(plant) as person:
        await ends_the_login(clock, plant)
        await person.waits_for("Sign in at")
        await person.presses("escape")
        await person.waits_for("signed out, :login")
        await person.presses("R")
        await person.pilot.pause(0.5)
        assert not person.sees("Sign in at")
        assert person.sees("unit-00")


async def test_the_question_does_not_come_while_somebody_types(plant: Plant, clock: ManualClock) -> None:
    """A filter is typed to its end before the question for the login comes."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("unit")
        await ends_the_login(clock, plant)
        await person.waits_for("signed out")
        await person.types("-2")
        await person.presses("enter")
        assert person.app.navigator.home.bar.text == "unit-2"
        await person.waits_for("Sign in at")


def test_times_are_real() -> None:
    """A time without a zone counts as UTC, and one that is none as not over."""
    from imptui.tui.commands.signing_in import _is_over

    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert _is_over("2026-01-01T11:59:59", now)
    assert not _is_over("2026-01-01T12:00:01Z", now)
    assert not _is_over("soon", now)
