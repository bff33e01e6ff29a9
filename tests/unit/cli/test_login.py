"""login, contexts, logout on an engine that answers on a port; and where the secrets are."""

import json
import os
import stat
from pathlib import Path

import httpx
import pytest

from imptui.config.contexts import load_contexts
from imptui.config.locations import Locations

PASSWORD = "open-sesame-3141"


def secrets_of(home: Path, context: str) -> dict[str, str]:
    return json.loads(Locations(home).secrets(context).read_text(encoding="utf-8"))


def files_with(home: Path, text: str) -> list[str]:
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def logged_in(shell, farm, *words, password=PASSWORD):
    return shell("login", "--endpoint", farm.endpoint, "--username", "grower", *words, stdin=password + "\n")


def test_the_password_is_read_from_standard_input(bare, farm):
    """Logging in works in a script: nothing is printed but one sentence on stderr."""
    answer = logged_in(bare, farm, "--name", "farm")
    assert (answer.exit_code, answer.raw) == (0, b"")
    assert answer.err == f"Logged in as grower at {farm.endpoint}; the context is called farm.\n"


def test_after_a_login_its_context_is_the_last(grower, farm):
    """What follows works at the farm, and the list of contexts says so."""
    assert len(grower("ls", "devices").rows) == 12
    shown = grower("contexts", "--json").json
    assert [(each["name"], each["endpoint"], each["last"]) for each in shown] == [
        ("demo", "embedded", False),
        ("farm", farm.endpoint, True),
    ]
    assert next(row for row in grower("contexts").rows if "farm" in row).startswith("*")


def test_the_demonstration_can_be_named(grower):
    """A login does not hide the demonstration."""
    assert "Connected Meter 400" in grower("--context", "demo", "ls", "products").out


def test_an_endpoint_finds_its_context(grower, farm):
    """With --endpoint, the context that is logged in there is used."""
    assert len(grower("--endpoint", farm.endpoint + "/", "ls", "devices").rows) == 12


def test_a_context_is_not_taken_to_another_endpoint(grower):
    """Tokens of one service are not shown to another."""
    grower("--context", "farm", "--endpoint", "https://elsewhere.test/v5", "ls", "devices").says("farm", "elsewhere.test", exit_code=2)


def test_a_wrong_password_leaves_nothing_behind(bare, farm):
    """The refusal is one sentence; no context and no file come of it."""
    logged_in(bare, farm, password="wrong-password-99").says("grower", "do not fit", exit_code=5)
    assert not bare.home.exists()


def test_a_wrong_password_is_not_repeated(bare, farm):
    """What was typed wrongly is no business of the terminal's."""
    assert "wrong-password-99" not in logged_in(bare, farm, password="wrong-password-99").err


def test_a_failed_login_keeps_the_old_one(grower, farm):
    """A wrong password does not cost the login that was there."""
    logged_in(grower, farm, "--name", "farm", password="wrong").says("do not fit", exit_code=5)
    assert len(grower("ls", "devices", "--refresh").rows) == 12


def test_no_password_at_all_is_said(bare, farm):
    """Standard input that ends at once holds no password."""
    bare("login", "--endpoint", farm.endpoint, "--username", "grower").says("Password wanted", exit_code=2)


def test_the_demonstration_needs_no_login(bare):
    """Nobody logs in to the engine in this process."""
    bare("login", "--endpoint", "embedded", "--username", "demo", stdin="demo\n").says("needs no login", exit_code=2)


def test_the_demonstrations_name_is_taken(bare, farm):
    """A context that hides the demonstration would mix its devices with others."""
    logged_in(bare, farm, "--name", "demo").says("demonstration", "--name", exit_code=2)


def test_without_a_name_the_context_is_called_by_the_user(bare, farm):
    """The user's name will do."""
    logged_in(bare, farm)
    assert [each["name"] for each in bare("contexts", "--json").json] == ["demo", "grower"]


def test_logging_out_forgets_tokens_and_context(grower):
    """After logout no token is left, and the demonstration is back."""
    token = secrets_of(grower.home, "farm")["access_token"]
    answer = grower("logout")
    assert answer.exit_code == 0
    assert answer.err.startswith("Logged out of farm: forgotten here and by the service")
    assert files_with(grower.home, token) == []
    assert [each["name"] for each in grower("contexts", "--json").json] == ["demo"]


def renews(farm, token):
    """Whether the service takes a refresh token."""
    return httpx.post(f"{farm.endpoint}/auth/token", json={"token": token}).status_code == 200


def test_logging_out_ends_the_login_at_the_service(bare, farm):
    """The refresh token of this login is renewed no more; other logins of the account go on."""
    logged_in(bare, farm, "--name", "one")
    logged_in(bare, farm, "--name", "other")
    mine, theirs = (secrets_of(bare.home, name)["refresh_token"] for name in ("one", "other"))
    assert renews(farm, mine) and renews(farm, theirs)
    bare("--context", "one", "logout")
    assert not renews(farm, mine)
    assert renews(farm, theirs)


def test_logging_out_of_a_locked_context(bare, farm):
    """A context that changes nothing can be logged out of, for that changes nothing of the fleet."""
    logged_in(bare, farm, "--name", "farm", "--locked")
    assert "by the service" in bare("logout").err


def test_logging_out_twice_at_the_service(grower, farm):
    """A login that the service forgot meanwhile is forgotten here, and that is said."""
    known = secrets_of(grower.home, "farm")
    headers = {"Authorization": f"Bearer {known['access_token']}"}
    listed = httpx.get(f"{farm.endpoint}/accounts/me/refresh_tokens", headers=headers).json()["data"]
    for each in listed:
        httpx.delete(f"{farm.endpoint}/accounts/me/refresh_tokens/{each['id']}", headers=headers)
    assert "the service knew this login no longer" in grower("logout").err
    assert [each["name"] for each in grower("contexts", "--json").json] == ["demo"]


@pytest.fixture
def login_key(farm):
    """A login key of the farm's owner."""
    tokens = httpx.post(f"{farm.endpoint}/auth", json={"id": "grower", "password": PASSWORD}).json()
    headers = {
        "Authorization": f"Bearer {tokens['access_token']}",
        "X-Electricimp-Password": PASSWORD,
        "Content-Type": "application/vnd.api+json",
    }
    asked = {"data": {"type": "login_key", "attributes": {"description": "line PC"}}}
    made = httpx.post(f"{farm.endpoint}/accounts/me/login_keys", headers=headers, content=json.dumps(asked)).json()["data"]
    yield made["id"]
    httpx.delete(f"{farm.endpoint}/accounts/me/login_keys/{made['id']}", headers=headers)


def test_logging_in_with_a_login_key(bare, farm, login_key):
    """A login key takes the place of name and password, is kept privately, and renews the login."""
    answer = bare("login", "--endpoint", farm.endpoint, "--login-key", "--name", "line", stdin=login_key + "\n")
    assert answer.err == f"Logged in as grower at {farm.endpoint}; the context is called line.\n"
    assert len(bare("ls", "devices").rows) == 12
    known = secrets_of(bare.home, "line")
    assert known["login_key"] == login_key
    assert "refresh_token" not in known
    assert login_key not in answer.err + bare("contexts").out


def test_logging_out_of_a_login_key(bare, farm, login_key):
    """The key itself is not deleted, for others may use it, and that is said."""
    bare("login", "--endpoint", farm.endpoint, "--login-key", "--name", "line", stdin=login_key + "\n")
    assert "the login key itself stays valid" in bare("logout").err
    assert files_with(bare.home, login_key) == []


def test_a_wrong_login_key(bare, farm):
    """A key that the service does not know leaves nothing behind."""
    bare("login", "--endpoint", farm.endpoint, "--login-key", stdin="0123456789abcdef\n").says("Could not", exit_code=5)
    assert not bare.home.exists()


def test_neither_name_nor_key(bare, farm):
    """A login without either says what it takes."""
    bare("login", "--endpoint", farm.endpoint).says("--username", "--login-key", exit_code=2)


def test_logging_out_without_a_service(bare, serving):
    """Where nobody answers, the login is forgotten here, and it is said that the service was not told."""
    served = serving("--fleet", "empty", "--username", "grower", "--password", PASSWORD)
    logged_in(bare, served, "--name", "gone")
    served.ends()
    answer = bare("logout")
    assert answer.exit_code == 0
    assert "the service was not told" in answer.err
    assert [each["name"] for each in bare("contexts", "--json").json] == ["demo"]


def test_logging_out_of_the_demonstration_is_refused(bare):
    """There is nothing to log out of."""
    bare("logout").says("needs no login", exit_code=2)


def test_a_locked_login_stays_read_only(bare, farm, programs):
    """With --locked, the context refuses changes from then on, and the list says so."""
    logged_in(bare, farm, "--name", "farm", "--locked")
    assert next(row for row in bare("contexts").rows if "farm" in row).endswith("read-only")
    assert load_contexts(Locations(bare.home).contexts).get("farm").is_locked
    assert "the context 'farm' is locked" in bare("doctor").out


def test_a_context_that_needs_approval_says_so_and_keeps_it(bare, farm):
    """With --needs-approval production takes a second person, and another login does not change that."""
    logged_in(bare, farm, "--name", "farm", "--needs-approval")
    logged_in(bare, farm, "--name", "farm")
    assert next(row for row in bare("contexts").rows if "farm" in row).endswith("production needs approval")
    assert next(each for each in bare("contexts", "--json").json if each["name"] == "farm")["needs_approval"] is True


def test_logging_in_again_unlocks_nothing(bare, farm):
    """A context that is locked stays so when its tokens are renewed by a login; what it protects stays, too."""
    logged_in(bare, farm, "--name", "farm", "--locked")
    path = Locations(bare.home).contexts
    path.write_text(path.read_text(encoding="utf-8").replace('"protected": []', '"protected": ["*live*"]'), encoding="utf-8")
    logged_in(bare, farm, "--name", "farm")
    context = load_contexts(path).get("farm")
    assert (context.is_locked, context.protected) == (True, ("*live*",))


def test_contexts_that_make_no_sense_are_said_before_the_password(bare, farm):
    """Nobody logs in only to learn that the login cannot be kept."""
    bare.home.mkdir(parents=True)
    Locations(bare.home).contexts.write_text("{", encoding="utf-8")
    logged_in(bare, farm, "--name", "farm").says("contexts.json")
    assert not Locations(bare.home).secrets("farm").exists()


def test_the_demonstrations_user_gets_a_context_of_another_name(serving, bare):
    """A login as "demo" elsewhere does not hide the demonstration: the context is called by user and place."""
    served = serving("--fleet", "empty")
    answer = bare("login", "--endpoint", served.endpoint, "--username", "demo", stdin="demo\n")
    served.ends()
    assert answer.exit_code == 0
    place = served.endpoint.removeprefix("http://").removesuffix("/v5")
    assert [each["name"] for each in bare("contexts", "--json").json] == ["demo", f"demo@{place}"]


def test_another_accounts_cache_is_set_aside(grower, farm):
    """A context that changes hands does not show the devices of the account before; that cache is kept."""
    grower("ls", "devices")
    cache = Locations(grower.home).cache("farm")
    grower("logout")
    with_other_owner(cache)
    answer = logged_in(grower, farm, "--name", "farm")
    assert "another account" in answer.err
    assert grower("journal").rows == []
    assert [path.name for path in cache.parent.glob("farm.sqlite.before-*")] != []
    assert len(grower("ls", "devices").rows) == 12


def with_other_owner(path: Path) -> None:
    from imptui.cache.store import Cache

    cache = Cache.open(path).cache
    cache.set_note("account", "somebody at https://elsewhere.test/v5")
    cache.close()


def test_the_same_account_keeps_its_cache(grower, farm):
    """Logging in again does not cost what was read."""
    grower("ls", "devices")
    assert "another account" not in logged_in(grower, farm, "--name", "farm").err
    assert list(Locations(grower.home).cache("farm").parent.glob("*.before-*")) == []


def test_tokens_are_in_the_files_of_secrets_alone(grower):
    """After a login and a pass, tokens are in secrets/ and nowhere else; the password is nowhere."""
    grower("ls", "devices")
    kept = secrets_of(grower.home, "farm")
    assert {"access_token", "refresh_token"} <= set(kept)
    for name in ("access_token", "refresh_token"):
        assert files_with(grower.home, kept[name]) == ["secrets/farm.json"]
    assert files_with(grower.home, PASSWORD) == []


def test_files_and_folders_are_their_owners(grower):
    """Nobody else can read what imptui keeps: files 0600, folders 0700."""
    grower("ls", "devices")
    umask = os.umask(0)
    os.umask(umask)
    for path in [grower.home, *grower.home.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_no_answer_shows_a_token(grower):
    """Whatever a plain command prints, tokens are not in it."""
    kept = secrets_of(grower.home, "farm")
    said = "".join(
        answer.out + answer.err
        for answer in (grower(*words) for words in (["doctor"], ["contexts", "--json"], ["journal", "--json"], ["ls", "devices"]))
    )
    assert not any(kept[name] in said for name in ("access_token", "refresh_token"))


def test_a_refusal_does_not_show_the_token(grower):
    """A token that is not taken any longer is not repeated in the sentence about it."""
    secrets = Locations(grower.home).secrets("farm")
    secrets.write_text(json.dumps({"access_token": "tell-nobody-1", "refresh_token": "tell-nobody-2"}), encoding="utf-8")
    answer = grower("ls", "devices", "--refresh")
    answer.says("og in", exit_code=5)
    assert "tell-nobody" not in answer.err


def test_an_expired_token_is_renewed_and_kept(grower):
    """An access token that is over is replaced with the help of the refresh token, and the new one is kept."""
    kept = secrets_of(grower.home, "farm")
    stale = {**kept, "access_token": "stale", "expires_at": "2020-01-01T00:00:00+00:00"}
    Locations(grower.home).secrets("farm").write_text(json.dumps(stale), encoding="utf-8")
    assert len(grower("ls", "devices", "--refresh").rows) == 12
    assert secrets_of(grower.home, "farm")["access_token"] not in ("stale", "")


@pytest.mark.parametrize("expires_at", ["soon", "2020-01-01T00:00:00", ""])
def test_an_expiry_that_makes_no_sense_is_renewed(grower, expires_at):
    """A time that cannot be read, or is of no zone, costs a renewal at most."""
    kept = secrets_of(grower.home, "farm")
    Locations(grower.home).secrets("farm").write_text(json.dumps({**kept, "expires_at": expires_at}), encoding="utf-8")
    assert len(grower("ls", "devices", "--refresh").rows) == 12


@pytest.mark.parametrize("text", ["{broken", "[]", "\udcff"])
def test_a_file_of_tokens_that_is_broken_is_said(grower, text):
    """The sentence names the file and the way out; nothing of its content is shown."""
    Locations(grower.home).secrets("farm").write_text(text, encoding="utf-8", errors="surrogateescape")
    grower("ls", "devices").says("secrets/farm.json", "imptui login")


def test_logging_in_again_mends_broken_tokens(grower, farm):
    """The way out that the sentence names works."""
    Locations(grower.home).secrets("farm").write_text("{broken", encoding="utf-8")
    assert logged_in(grower, farm, "--name", "farm").exit_code == 0
    assert len(grower("ls", "devices", "--refresh").rows) == 12


def test_not_logged_in_is_said(grower):
    """Without any token the service refuses, and the sentence says what to do."""
    Locations(grower.home).secrets("farm").unlink()
    grower("ls", "devices", "--refresh").says("Log in", exit_code=5)


def test_the_engine_answers_others_too(farm):
    """What is served is the API, whoever asks."""
    login = httpx.post(f"{farm.endpoint}/auth", json={"id": "grower", "password": PASSWORD})
    assert login.status_code == 200
