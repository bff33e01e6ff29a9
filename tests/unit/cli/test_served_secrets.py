"""Secrets of served worlds: where they come from, whom they let in, and who may reach the engine."""

import socket

import httpx
import pytest

from imptui.cloud import admin
from imptui.cloud.admin import open_world

from .conftest import PASSWORD, PATIENCE_S, _serve

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what the tests are about


def enters(endpoint, username, password):
    """Return True if a name and a password log in."""
    answer = httpx.post(f"{endpoint}/auth", json={"id": username, "password": password}, trust_env=False)
    return answer.status_code == 200


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "password.txt"
    path.write_text(f"{PASSWORD}\nanother line\n", encoding="utf-8")
    return path


def test_the_password_comes_from_a_file(serving, secret_file):
    """With --password-file the first line of a file is the password, and nothing is said about it."""
    served = serving("--fleet", "empty", "--username", "grower", "--password-file", secret_file)
    assert enters(served.endpoint, "grower", PASSWORD)
    assert served.process.stdout.readline() == "log in as grower with the password that was given\n"
    served.process.terminate()
    assert served.process.communicate(timeout=PATIENCE_S)[1] == ""


def test_the_password_comes_from_the_environment(serving, monkeypatch):
    """Password and unbond key may be in variables of the environment."""
    monkeypatch.setenv("IMPTUI_WORLD_PASSWORD", PASSWORD)
    monkeypatch.setenv("IMPTUI_WORLD_UNBOND_KEY", "k-1")
    served = serving("--fleet", "empty", "--username", "grower")
    assert enters(served.endpoint, "grower", PASSWORD)
    assert served.ends() == 0


def test_a_password_on_the_command_line_is_warned_of(serving):
    """The options stay, and standard error says that they show in the list of processes and what to use instead."""
    served = serving("--fleet", "empty", "--password", "p-1", "--unbond-key", "k-1")
    assert enters(served.endpoint, "demo", "p-1")
    served.process.terminate()
    _, errors = served.process.communicate(timeout=PATIENCE_S)
    assert [line.split(" shows in the list of processes")[0] for line in errors.splitlines()] == [
        "imptui: --password",
        "imptui: --unbond-key",
    ]
    assert "--password-file" in errors
    assert "IMPTUI_WORLD_PASSWORD" in errors
    assert "p-1" not in errors
    assert "k-1" not in errors


def test_a_secret_is_given_once(bare, secret_file):
    """The option and its file together are a usage error."""
    answer = bare("serve", "--port", "0", "--password", "p-1", "--password-file", secret_file)
    answer.says("--password or --password-file, not both", exit_code=2)


@pytest.mark.parametrize("content", ["", "\n", "\nsecond"])
def test_an_empty_secret_is_refused(bare, tmp_path, content):
    """A file without a secret in its first line opens nothing."""
    path = tmp_path / "empty.txt"
    path.write_text(content, encoding="utf-8")
    bare("serve", "--port", "0", "--password-file", path).says("--password-file holds no password", exit_code=2)


def test_a_missing_secret_file_is_named(bare, tmp_path):
    """A file that is not there is named."""
    bare("serve", "--port", "0", "--password-file", tmp_path / "nowhere").says(str(tmp_path / "nowhere"))


@pytest.fixture
def farm_file(tmp_path):
    """The file of a world whose owner is the grower."""
    path = tmp_path / "farm.sqlite"
    open_world(path, fleet="empty", login=admin.Login("grower", PASSWORD, unbond_key="k-1")).close()
    return path


def test_secrets_of_accounts_come_from_standard_input(bare, farm_file):
    """`world account` and `world colleague` read a password from standard input."""
    words = ("world", "--database", farm_file)
    changed = bare(*words, "account", "grower", "--password-file", "-", "--unbond-key-file", "-", stdin="new\nk-2\n")
    assert (changed.exit_code, changed.err) == (0, "")
    made = bare(*words, "colleague", "vera", "--of", "grower", "--password-file", "-", stdin="p-2\n")
    assert (made.exit_code, made.err) == (0, "")
    world = open_world(farm_file)
    grower, vera = admin.find_account(world, "grower"), admin.find_account(world, "vera")
    assert admin.secrets_fit(world, grower, password="new", unbond_key="k-2")
    assert admin.secrets_fit(world, vera, password="p-2")
    world.close()


def test_a_colleague_needs_a_password(bare, farm_file):
    """Nobody is let in without a password."""
    bare("world", "--database", farm_file, "colleague", "vera").says("--password-file", exit_code=2)


def test_an_existing_world_names_its_account(serving, farm_file):
    """Served again without options, a world says whose it is, not whose a new one would be."""
    served = serving("--database", farm_file)
    assert served.process.stdout.readline() == "log in as grower with the password of that account\n"
    assert served.ends() == 0


@pytest.mark.parametrize(
    ("words", "phrases"),
    [
        (("--username", "atlantis"), ("Nobody is called atlantis", "Its account is grower")),
        (("--username", "demo"), ("Nobody is called demo", "Its account is grower")),
        (("--password-file", "-"), ("The password of grower", "account grower --password-file -")),
        (("--unbond-key-file", "-"), ("The unbond key of grower", "account grower --unbond-key-file -")),
    ],
)
def test_options_that_do_not_fit_an_existing_world(bare, farm_file, words, phrases):
    """An account, a password or an unbond key that an existing world does not have is refused, and nothing is served."""
    answer = bare("serve", "--port", "0", "--database", farm_file, *words, stdin="wrong\n")
    answer.says(str(farm_file), *phrases, exit_code=2)
    assert "wrong" not in answer.err


@pytest.mark.parametrize("host", [EVERY_ADDRESS, "::"])
def test_the_well_known_login_stays_on_this_machine(bare, host, tmp_path):
    """A new world with the well-known login is not served to other machines without --yes, and is not made."""
    path = tmp_path / "new.sqlite"
    answer = bare("serve", "--port", "0", "--host", host, "--fleet", "empty", "--database", path)
    answer.says("well-known password", "--password-file", "--yes", exit_code=2)
    assert not path.exists()


def test_the_well_known_login_of_an_existing_world_stays_on_this_machine(bare, tmp_path):
    """An existing world with the well-known login is not served to other machines without --yes either."""
    path = tmp_path / "old.sqlite"
    open_world(path, fleet="empty").close()
    answer = bare("serve", "--port", "0", "--host", EVERY_ADDRESS, "--database", path)
    answer.says("well-known password", "--yes", exit_code=2)


def test_with_yes_the_well_known_login_is_served_with_a_warning(serving):
    """With --yes the engine is served beyond this machine, and says what that means."""
    served = serving("--fleet", "empty", "--host", EVERY_ADDRESS, "--yes")
    assert served.first_line.startswith("imptui serving ")
    served.process.terminate()
    assert "well-known password" in served.process.communicate(timeout=PATIENCE_S)[1]


def test_a_password_of_its_own_needs_no_yes(serving, secret_file):
    """An engine with a password of its own is served beyond this machine without a question."""
    served = serving("--fleet", "empty", "--host", EVERY_ADDRESS, "--password-file", secret_file)
    assert served.first_line.startswith("imptui serving ")
    assert served.ends() == 0


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        ("evil.example:8765", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("192.0.2.1", 421),
        ("a:b:c", 421),
        ("", 421),
        ("localhost", 401),
        ("LOCALHOST.:1", 401),
        ("engine.localhost", 401),
        ("127.9.9.9:80", 401),
        ("[::1]:80", 401),
        ("farm.example", 401),
        ("Farm.Example:8765", 401),
    ],
)
def test_the_host_header_is_checked(allowing, host, status):
    """A request that names another host than this machine's loopback, --host or --allow-host is 421."""
    answer = httpx.get(f"{allowing.endpoint}/products", headers={"Host": host}, trust_env=False)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["status"] == str(status)


def test_pages_of_an_origin_may_read_answers(allowing):
    """With --cors a page of that origin may read answers and send the API's headers; others may not."""
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "DELETE"}
    asked["Access-Control-Request-Headers"] = "authorization,x-electricimp-key,content-type"
    preflight = httpx.options(f"{allowing.endpoint}/products", headers=asked, trust_env=False)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://page.example"
    for origin, allowed in (("https://page.example", "https://page.example"), ("https://evil.example", None)):
        answer = httpx.get(f"{allowing.endpoint}/products", headers={"Origin": origin}, trust_env=False)
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_without_cors_no_page_reads_answers(farm):
    """Without --cors no answer says that a page may read it."""
    answer = httpx.get(f"{farm.endpoint}/products", headers={"Origin": "https://page.example"}, trust_env=False)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["page.example", "https://", "https://a/b", "https://a b", ""])
def test_an_origin_that_is_none_is_refused(bare, origin):
    """What is no origin is a usage error."""
    answer = bare("serve", "--port", "0", "--fleet", "empty", "--cors", origin)
    assert answer.exit_code == 2
    assert "--cors" in answer.err


@pytest.fixture(scope="module")
def allowing():
    """An engine that allows a further host and the pages of an origin."""
    served = _serve("--fleet", "empty", "--allow-host", "farm.example", "--cors", "https://page.example")
    yield served
    served.ends()


def test_the_address_that_was_dialled_is_a_name_of_the_engine(serving, secret_file):
    """Bound to every address, the engine is called by the address on which a request comes in."""
    served = serving("--fleet", "empty", "--host", EVERY_ADDRESS, "--password-file", secret_file)
    port = int(served.endpoint.removesuffix("/v5").rpartition(":")[2])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; tells this machine's own address
        own = probe.getsockname()[0]
    answer = httpx.get(f"http://{own}:{port}/v5/products", trust_env=False)
    assert answer.status_code == 401
    assert served.ends() == 0
