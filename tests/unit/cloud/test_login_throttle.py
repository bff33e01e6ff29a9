"""Failed attempts to log in are delayed, and nothing tells whether an account exists."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from imptui.cloud.api.login_throttle import LONGEST_DELAY_S, LoginThrottle
from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.fixtures import seed
from imptui.cloud.fixtures.login import DEMO_LOGIN, Login
from imptui.cloud.rules import login
from imptui.cloud.storage import secret_hashing
from imptui.cloud.storage.world import World
from imptui.domain.errors import Unauthorized


class Pulse:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pulse() -> Pulse:
    return Pulse()


@pytest.fixture
def throttle(pulse: Pulse) -> LoginThrottle:
    return LoginThrottle(pulse)


def fail(throttle: LoginThrottle, times: int, name: str = "grower", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        throttle.failed(name, address)


def test_a_few_slips_cost_nothing(throttle: LoginThrottle) -> None:
    """The first failures of a name do not delay the next attempt."""
    fail(throttle, 2)
    assert throttle.delay_s("grower", "192.0.2.1") == 0


def test_failures_of_a_name_delay_it_everywhere(throttle: LoginThrottle) -> None:
    """After several failures a name is delayed from every address, in any spelling, and other names are not."""
    fail(throttle, 4)
    assert throttle.delay_s("Grower", "198.51.100.7") > 0
    assert throttle.delay_s("other", "198.51.100.7") == 0


def test_failures_of_an_address_delay_all_names(throttle: LoginThrottle) -> None:
    """After many failures with different names an address is delayed for every name, and other addresses are not."""
    for number in range(11):
        throttle.failed(f"name {number}", "192.0.2.1")
    assert throttle.delay_s("fresh", "192.0.2.1") > 0
    assert throttle.delay_s("fresh", "198.51.100.7") == 0


def test_delays_grow(throttle: LoginThrottle) -> None:
    """Each further failure makes the delay longer, up to a limit."""
    delays = []
    for _ in range(12):
        fail(throttle, 1)
        delays.append(LoginThrottle.delay_s(throttle, "grower", "198.51.100.7"))
    assert delays == sorted(delays)
    assert delays[-1] > delays[3] > 0


def test_attempts_at_the_same_time_wait_one_after_another(throttle: LoginThrottle) -> None:
    """Attempts that come at once get their turns one after another, none later than the longest delay."""
    fail(throttle, 4)
    delays = [throttle.delay_s("grower", "198.51.100.7") for _ in range(100)]
    assert delays[0] < delays[1] < delays[2]
    assert max(delays) == LONGEST_DELAY_S


def test_nobody_is_locked_out(throttle: LoginThrottle) -> None:
    """However many attempts failed, the next one waits for some seconds at most."""
    fail(throttle, 10_000)
    assert throttle.delay_s("grower", "192.0.2.1") <= LONGEST_DELAY_S


def test_a_success_clears_the_name_only(throttle: LoginThrottle) -> None:
    """A successful attempt ends the delays of its name, not those of the address."""
    fail(throttle, 11)
    throttle.succeeded("grower")
    assert throttle.delay_s("grower", "198.51.100.7") == 0
    assert throttle.delay_s("grower", "192.0.2.1") > 0


def test_time_heals(throttle: LoginThrottle, pulse: Pulse) -> None:
    """Failures are forgotten after a while."""
    fail(throttle, 50)
    pulse.now += 900
    assert throttle.delay_s("grower", "192.0.2.1") == 0


def test_guessed_names_take_little_memory(throttle: LoginThrottle) -> None:
    """Failures of very many names are not all kept."""
    for number in range(20_000):
        throttle.failed(f"name {number}", f"address {number}")
    assert len(throttle._by_key) <= 10_000


class Work:
    """Adds up the work of scrypt."""

    def __init__(self) -> None:
        self.done = 0
        self._scrypt = hashlib.scrypt

    def scrypt(self, password: bytes, *, n: int, **more: Any) -> bytes:
        self.done += n
        return self._scrypt(password, n=n, **more)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    monkeypatch.setattr(secret_hashing.hashlib, "scrypt", work.scrypt)
    return work


@pytest.fixture
def served() -> Iterator[World]:
    world = World.open(clock=ManualClock(), chance=Chance("served"), password_cost_log2=12)
    yield world
    world.close()


@pytest.mark.parametrize("owner", [DEMO_LOGIN, Login("grower", "given")], ids=["well known", "given"])
def test_known_and_unknown_names_cost_the_same(served: World, work: Work, owner: Login) -> None:
    """A wrong password costs the same work for the account of a new world and for a name that nobody has."""
    seed.empty(served, 0, owner)
    spent = []
    for name in (owner.username, "nobody"):
        before = work.done
        with pytest.raises(Unauthorized):
            login.log_in(served, login.LogIn(name, "wrong"))
        spent.append(work.done - before)
    assert spent[0] == spent[1] == 1 << 12


def test_a_given_password_is_hashed_at_the_full_cost(served: World, work: Work) -> None:
    """A password and an unbond key that are not well known are hashed as those of other accounts."""
    seed.empty(served, 0, Login("grower", "given", unbond_key="given too"))
    assert work.done == 2 << 12


def test_a_password_still_fits(served: World) -> None:
    """The right password is taken, whatever its hash costs."""
    seed.empty(served, 0, DEMO_LOGIN)
    assert login.log_in(served, login.LogIn("demo", "demo")).access_token


@pytest.mark.parametrize(
    ("name", "address"), [("grower", "grower@example.com"), ("a@b.test", "a@b.test"), ("demo", "demo@example.com")]
)
def test_the_address_follows_the_user_name(served: World, name: str, address: str) -> None:
    """The first account's e-mail address is made from its user name."""
    assert seed.empty(served, 0, Login(name, "given")).email == address
