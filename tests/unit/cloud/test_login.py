"""Logging in and staying logged in. Source: contract 5, 6."""

from datetime import timedelta

import pytest

from imptui.cloud.rules import account as accounts
from imptui.cloud.rules import login
from imptui.cloud.rules import login_key as keys
from imptui.cloud.rules import one_time_password as otp
from imptui.cloud.rules import product as products
from imptui.cloud.storage.paging import FIRST
from imptui.domain.errors import Conflict, Forbidden, NotFound, OtpRequired, Rule, Unauthorized

from .conftest import PASSWORD, Bench

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of the published examples, `12345678901234567890`. Source: RFC 6238, appendix B."""


def log_in(bench: Bench, name: str = "grower") -> login.LoginTokens:
    return login.log_in(bench.world, login.LogIn(name, PASSWORD))


def login_token(bench: Bench, name: str = "careful") -> str:
    with pytest.raises(OtpRequired) as caught:
        log_in(bench, name)
    return caught.value.login_token


@pytest.mark.parametrize("name", ["grower", "grower@example.test", "Grower@Example.test"])
def test_by_name_or_address(bench: Bench, name: str) -> None:
    """One logs in with the user name or the e-mail address. Contract 5.1."""
    tokens = log_in(bench, name)
    assert accounts.account_of_token(bench.world, tokens.access_token) == bench.grower


@pytest.mark.parametrize(("name", "password"), [("grower", "wrong"), ("nobody", PASSWORD), ("grower", ""), ("\0", "")])
def test_wrong_credentials(bench: Bench, name: str, password: str) -> None:
    """A wrong user name or password is refused, and it is not told which. Contract 5.1."""
    with pytest.raises(Unauthorized) as caught:
        login.log_in(bench.world, login.LogIn(name, password))
    assert caught.value.rule is Rule.CREDENTIALS


def test_form_of_tokens(bench: Bench) -> None:
    """Access tokens are longer than 40 characters, refresh tokens 64 hexadecimal digits. Contract 4.3."""
    tokens = log_in(bench)
    assert len(tokens.access_token) > 40
    assert len(tokens.refresh_token or "") == 64
    assert int(tokens.refresh_token or "", 16)


def test_secrets_are_not_printed(bench: Bench) -> None:
    """Nobody finds a token in a log of ours."""
    tokens = log_in(bench)
    assert tokens.access_token not in repr(tokens)
    assert PASSWORD not in repr(login.LogIn("grower", PASSWORD))


def test_access_token_lives_one_hour(bench: Bench) -> None:
    """An access token lives one hour. Contract 5.4."""
    tokens = log_in(bench)
    bench.clock.advance(timedelta(hours=1) - timedelta(milliseconds=1))
    accounts.account_of_token(bench.world, tokens.access_token)
    bench.clock.advance(timedelta(milliseconds=1))
    with pytest.raises(Unauthorized):
        accounts.account_of_token(bench.world, tokens.access_token)


def test_refresh_token_gives_access_only(bench: Bench) -> None:
    """The exchange gives an access token and no refresh token, again and again. Contract 5.3."""
    refresh_token = log_in(bench).refresh_token or ""
    for _ in range(2):
        tokens = login.exchange_refresh_token(bench.world, refresh_token)
        assert tokens.refresh_token is None
        assert accounts.account_of_token(bench.world, tokens.access_token) == bench.grower


def test_sixth_refresh_token_drops_the_oldest(bench: Bench) -> None:
    """An account holds at most five refresh tokens; a sixth log-in drops the oldest. Contract 6.2."""
    made = [log_in(bench).refresh_token or "" for _ in range(6)]
    assert len(login.list_refresh_tokens(bench.world, FIRST, bench.grower).items) == 5
    with pytest.raises(NotFound):
        login.exchange_refresh_token(bench.world, made[0])
    login.exchange_refresh_token(bench.world, made[1])


def test_deleted_refresh_token(bench: Bench) -> None:
    """A deleted refresh token can no longer be exchanged; access tokens stay valid. Contract 6.2."""
    tokens = log_in(bench)
    (listed,) = login.list_refresh_tokens(bench.world, FIRST, bench.grower).items
    assert listed.id != tokens.refresh_token
    login.delete_refresh_token(bench.world, listed.id, bench.grower)
    with pytest.raises(NotFound):
        login.exchange_refresh_token(bench.world, tokens.refresh_token or "")
    assert accounts.account_of_token(bench.world, tokens.access_token) == bench.grower


def test_refresh_tokens_of_others(bench: Bench) -> None:
    """Nobody deletes the refresh token of somebody else."""
    log_in(bench)
    (listed,) = login.list_refresh_tokens(bench.world, FIRST, bench.grower).items
    with pytest.raises(NotFound):
        login.delete_refresh_token(bench.world, listed.id, bench.account("stranger"))


@pytest.mark.parametrize(
    ("at_s", "expected"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_one_time_passwords(at_s: int, expected: str) -> None:
    """One-time passwords are those of RFC 6238, appendix B, in six digits."""
    assert otp.password(SECRET, at_s // otp.STEP_S) == expected


def test_two_steps(bench: Bench) -> None:
    """With one-time passwords on, the first call gives a login token, the second the tokens. Contract 5.2."""
    careful = bench.account("careful", otp_secret=SECRET)
    code = otp.password(SECRET, otp.step_of(bench.clock.now()))
    tokens = login.log_in_with_otp(bench.world, login.LogInWithOtp(login_token(bench), code))
    assert accounts.account_of_token(bench.world, tokens.access_token) == careful


def test_one_time_means_once(bench: Bench) -> None:
    """A one-time password is not taken twice. RFC 6238, 5.2."""
    bench.account("careful", otp_secret=SECRET)
    code = otp.password(SECRET, otp.step_of(bench.clock.now()))
    login.log_in_with_otp(bench.world, login.LogInWithOtp(login_token(bench), code))
    with pytest.raises(Unauthorized):
        login.log_in_with_otp(bench.world, login.LogInWithOtp(login_token(bench), code))


def test_login_token_lives_five_minutes(bench: Bench) -> None:
    """The login token is good for five minutes. Contract 5.2."""
    bench.account("careful", otp_secret=SECRET)
    token = login_token(bench)
    bench.clock.advance(timedelta(minutes=5))
    code = otp.password(SECRET, otp.step_of(bench.clock.now()))
    with pytest.raises(Unauthorized):
        login.log_in_with_otp(bench.world, login.LogInWithOtp(token, code))


@pytest.mark.parametrize(("wrong_tries", "is_taken"), [(4, True), (5, False)])
def test_login_token_takes_five_tries(bench: Bench, wrong_tries: int, is_taken: bool) -> None:
    """The login token is good for five tries. Contract 5.2."""
    bench.account("careful", otp_secret=SECRET)
    token = login_token(bench)
    for _ in range(wrong_tries):
        with pytest.raises(Unauthorized):
            login.log_in_with_otp(bench.world, login.LogInWithOtp(token, "000000"))
    asked = login.LogInWithOtp(token, otp.password(SECRET, otp.step_of(bench.clock.now())))
    if is_taken:
        login.log_in_with_otp(bench.world, asked)
    else:
        with pytest.raises(Unauthorized):
            login.log_in_with_otp(bench.world, asked)


def make_key(bench: Bench) -> str:
    return keys.create_login_key(bench.world, keys.CreateLoginKey("ci", PASSWORD), bench.grower).id


def test_form_of_login_keys(bench: Bench) -> None:
    """A login key has 16 characters from `0-9a-z` and is its own id. Contract 6.3."""
    key = make_key(bench)
    assert len(key) == 16
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


def test_login_key_counts_its_uses(bench: Bench) -> None:
    """Using a login key raises its usages by one. Contract 5.3."""
    key = make_key(bench)
    tokens = login.exchange_login_key(bench.world, key)
    assert accounts.account_of_token(bench.world, tokens.access_token) == bench.grower
    assert keys.get_login_key(bench.world, key, bench.grower).usages == 1


@pytest.mark.parametrize("password", [None, "wrong"])
def test_login_keys_take_the_password(bench: Bench, password: str | None) -> None:
    """A wrong or missing password is forbidden, not unauthorised. Contract 6.3."""
    with pytest.raises(Forbidden) as caught:
        keys.create_login_key(bench.world, keys.CreateLoginKey("ci", password), bench.grower)
    assert caught.value.rule is Rule.WRONG_PASSWORD_HEADER


def test_eleventh_login_key(bench: Bench) -> None:
    """An account has at most ten login keys. Contract 6.3."""
    for _ in range(10):
        make_key(bench)
    with pytest.raises(Conflict) as caught:
        make_key(bench)
    assert caught.value.rule is Rule.LOGIN_KEY_LIMIT


def test_deleted_login_key(bench: Bench) -> None:
    """A deleted login key is unknown: not found, at the exchange too. Contract 5.3."""
    key = make_key(bench)
    keys.delete_login_key(bench.world, keys.DeleteLoginKey(key, PASSWORD), bench.grower)
    with pytest.raises(NotFound):
        login.exchange_login_key(bench.world, key)
    with pytest.raises(NotFound):
        keys.get_login_key(bench.world, key, bench.grower)


def test_accounts_one_works_with(bench: Bench) -> None:
    """One sees one's own account and those one collaborates on, not those that collaborate on one's own. Contract 4.5."""
    friend = bench.account("friend")
    bench.account("stranger")
    accounts.collaborate(bench.world, bench.grower, friend)
    assert list(accounts.list_accounts(bench.world, FIRST, friend).items) == [bench.grower, friend]
    assert list(accounts.list_accounts(bench.world, FIRST, bench.grower).items) == [bench.grower]


def test_collaborator_sees_products(bench: Bench) -> None:
    """Lists return what the caller owns plus what accounts that it collaborates with own. Contract 4.5."""
    friend = bench.account("friend")
    accounts.collaborate(bench.world, bench.grower, friend)
    assert list(products.list_products(bench.world, products.ListProducts(), friend).items) == [bench.greenhouse]


def test_me(bench: Bench) -> None:
    """`me` is an alias of the caller. Contract 6.1."""
    assert accounts.get_account(bench.world, "me", bench.grower) == bench.grower


@pytest.mark.parametrize("name", ["grower", "grower@example.test"])
def test_names_are_no_ids(bench: Bench, name: str) -> None:
    """An account's name or address is not its id. Contract 6.1."""
    with pytest.raises(NotFound):
        accounts.get_account(bench.world, name, bench.grower)


def test_two_accounts_of_one_name(bench: Bench) -> None:
    """User names and addresses are unique."""
    with pytest.raises(Conflict):
        bench.account("grower")
