"""deploy, promote, rollback, rollout, and what forbids them."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from imptui.cli.known_fleet import CachedFleet
from imptui.config.contexts import EMBEDDED, Contexts, NamedContext, save_contexts
from imptui.config.locations import Locations
from imptui.fleet.sync.account_sync import SYNCED_AT

DEVELOPMENT = "Connected Meter 400 2.0 Development"
PRODUCTION = "400 2.0 Field Test"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def deploy(shell, programs):
    """Deploy the two programs to the development group."""

    def run(*words, group=DEVELOPMENT, before=(), **environ):
        return shell(*before, "deploy", group, "--agent", programs[0], "--device", programs[1], *words, **environ)

    return run


def current(shell, group=DEVELOPMENT):
    return shell("show", "group", group, "--json").json["group"]["current_deployment_id"]


def counted(shell):
    return len(shell("ls", "deployments", "--refresh").rows)


def test_without_yes_nothing_is_deployed(shell, deploy):
    """The command says what it would do, to how many devices, and does nothing."""
    before = counted(shell)
    deploy().says(DEVELOPMENT, "26 devices", "--yes", exit_code=2)
    assert counted(shell) == before


def test_a_deployment_prints_its_id_alone(shell, deploy):
    """Standard output is the new deployment's id, which the group has as its current one."""
    answer = deploy("--description", "For the bench", "--tag", "v9", "--tag", "bench", "--origin", "git:1", "--yes")
    assert answer.exit_code == 0
    assert ID.fullmatch(answer.out.strip())
    assert current(shell) == answer.out.strip()
    shown = shell("show", "deployment", "v9", "--json").json["deployment"]
    assert (shown["description"], set(shown["tags"]), shown["origin"]) == ("For the bench", {"v9", "bench"}, "git:1")


def test_a_restart_is_part_of_the_deployment(shell, deploy):
    """With --restart the devices that are online run it afterwards."""
    deployed = deploy("--restart", "conditional", "--yes").out.strip()
    rollout = shell("rollout", deployed, "--json").json
    assert rollout["waiting"] == 0
    assert rollout["restarted"] + rollout["offline"] == rollout["total"] == 26


def test_without_restart_the_devices_wait(shell, deploy):
    """A rollout counts those that are online and have not restarted since."""
    rollout = shell("rollout", deploy("--yes").out.strip()).out
    assert re.fullmatch(r"\d+ of 26 restarted since, (?!0)\d+ online and waiting, \d+ offline\n", rollout)


def test_deploying_the_same_again_is_noted(deploy):
    """Somebody who deploys what is already there is told so."""
    deploy("--yes")
    assert "same as those of the current deployment" in deploy("--yes").err


def test_what_does_not_compile_is_not_deployed(shell, deploy, programs):
    """The compiler's refusal names program, line and column; the group keeps what it had."""
    before = current(shell)
    programs[1].write_text("local a = 1;\nlocal b = ;\n", encoding="utf-8")
    answer = deploy("--yes")
    assert (answer.exit_code, answer.raw) == (5, b"")
    assert "device_code:2:12: " in answer.err
    assert current(shell) == before


def test_a_refused_deployment_leaves_no_review(shell, deploy, programs):
    """What was refused without a screen is in files and on the command line; no console finds it unfinished."""
    programs[1].write_text("local x = ;\n", encoding="utf-8")
    assert deploy("--yes").exit_code == 5
    cache = Locations(shell.home).cache("demo")
    with closing(sqlite3.connect(cache)) as connection:
        assert connection.execute("SELECT count(*) FROM draft").fetchone() == (0,)


def test_promoting_carries_the_exact_programs(shell, deploy):
    """A promotion is a new deployment elsewhere with the same bytes."""
    one = deploy("--yes").out.strip()
    answer = shell("promote", one, PRODUCTION, "--yes")
    other = answer.out.strip()
    assert "production group" in answer.err
    assert other != one
    assert current(shell, PRODUCTION) == other
    assert shell("diff", one, other).exit_code == 0


def test_rolling_back_is_a_new_deployment_with_the_old_programs(shell, deploy):
    """Going back takes the programs of the deployment before the current one."""
    before = current(shell)
    deploy("--yes")
    back = shell("rollback", DEVELOPMENT, "--yes").out.strip()
    assert back != before
    assert current(shell) == back
    assert shell("diff", before, back).exit_code == 0


def test_rolling_back_to_a_deployment_that_is_named(shell, deploy):
    """With --to, any earlier deployment is gone back to, also by its tag."""
    one = deploy("--tag", "good", "--yes").out.strip()
    shell("rollback", DEVELOPMENT, "--yes")
    shell("rollback", DEVELOPMENT, "--yes", "--to", "good")
    assert shell("diff", one, current(shell)).exit_code == 0


@pytest.mark.parametrize("words", [["rollback", DEVELOPMENT], ["promote", "CURRENT", PRODUCTION]])
def test_without_yes_nothing_is_promoted_or_rolled_back(shell, words):
    """They too say what they would do, and do nothing."""
    before = counted(shell)
    answer = shell(*[current(shell) if word == "CURRENT" else word for word in words])
    assert answer.exit_code == 2
    assert answer.raw == b""
    assert "nothing was done" in answer.err
    assert counted(shell) == before


def test_the_journal_has_what_was_changed(shell, deploy):
    """Who, what, which and how the service answered, newest first."""
    deployed = deploy("--restart", "hard", "--yes").out.strip()
    restart, creation = shell("journal", "--json").json
    assert (creation["who"], creation["verb"], creation["answer"]) == ("demo", "create deployment", "201")
    assert creation["subject"].startswith(deployed)
    assert "restart" in restart["verb"]
    assert len(shell("journal").rows) == 2


def test_an_unknown_group_gets_nothing(shell, deploy):
    """A group that does not exist is said; nothing is sent."""
    deploy("--yes", group="Atlantis").says("There is no group 'Atlantis'", exit_code=4)
    assert shell("journal").rows == []


def test_readonly_refuses_by_flag(shell, deploy):
    """With --readonly the refusal says why; nothing is created."""
    before = counted(shell)
    deploy("--yes", before=["--readonly"]).says("started with --readonly", "Nothing was sent", exit_code=5)
    assert counted(shell) == before


def test_readonly_refuses_by_environment(shell, deploy):
    """IMPTUI_READONLY forbids too, and is named."""
    deploy("--yes", IMPTUI_READONLY="1").says("IMPTUI_READONLY is set", exit_code=5)


def test_readonly_by_environment_can_be_off(deploy):
    """A zero is no wish to be careful."""
    assert deploy("--yes", IMPTUI_READONLY="0").exit_code == 0


def test_a_locked_context_refuses(shell, deploy):
    """What was locked at login stays read-only; the context is named."""
    save_contexts(
        Locations(shell.home).contexts, Contexts().with_context(NamedContext("museum", EMBEDDED, "demo", is_locked=True))
    )
    deploy("--yes").says("the context 'museum' is locked", exit_code=5)


@pytest.mark.parametrize("pattern", ["type:production", "*Field Test*", "Connected Meter 400"])
def test_what_is_protected_is_not_changed(shell, deploy, pattern):
    """Protected by kind of group, by the group's name or by its product's: refused, with the pattern."""
    (shell.home / "settings.toml").write_text(f'protected = ["{pattern}"]\n', encoding="utf-8")
    answer = deploy("--yes", group=PRODUCTION)
    assert (answer.exit_code, answer.raw) == (5, b"")
    assert pattern in answer.err
    assert shell("journal").exit_code == 0


def protect(shell, pattern):
    (shell.home / "settings.toml").write_text(f'protected = ["{pattern}"]\n', encoding="utf-8")


def test_a_protected_device_protects_its_group(shell, deploy):
    """A deployment that would reach a protected device is refused with the name of the device."""
    device = shell("ls", "devices", "--filter", f'group="{DEVELOPMENT}"', "--json").json[0]["device"]
    protect(shell, device["id"])
    answer = deploy("--yes")
    assert answer.exit_code == 5
    assert device["id"] in answer.err
    assert deploy("--yes", group=PRODUCTION).exit_code == 0


def test_members_of_a_group_come_from_a_cache_that_is_new_enough(shell):
    """The cache counts for the members of a group for ten minutes after a complete pass; later they are read again."""

    async def asked(fleet):
        (group,) = await fleet.look.find("group", DEVELOPMENT)
        known = CachedFleet(fleet._cache)
        fleet._cache.set_note(SYNCED_AT, datetime.now(UTC).isoformat())
        fresh = await known.members_of(group)
        fleet._cache.set_note(SYNCED_AT, (datetime.now(UTC) - timedelta(minutes=11)).isoformat())
        old = await known.members_of(group)
        fleet._cache.set_note(SYNCED_AT, (datetime.now(UTC) + timedelta(hours=1)).isoformat())
        return fresh, old, await known.members_of(group)

    fresh, old, ahead = shell.fleet(asked)
    assert (len(fresh), old, ahead) == (26, None, None)
