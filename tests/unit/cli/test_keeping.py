"""clean, grep, logs: keeping things tidy, finding them, listening."""

import json
import subprocess
import sys

from imptui.domain.group import GroupType
from imptui.domain.ids import DeviceId
from imptui.fleet.fleet import Fleet
from imptui.query.expression import Claim, Is
from imptui.query.query import Query, Scope
from tests.unit.cli.conftest import Served, Shell

LINE = "Line Fixtures"


async def _minimum_is_current(fleet: Fleet) -> None:
    (group_id,) = await fleet.look.find("group", LINE)
    group = await fleet.look.group(group_id)
    assert group is not None
    assert group.current_deployment_id is not None
    await fleet.change.set_minimum(group.id, group.current_deployment_id)


async def _left(fleet: Fleet) -> int:
    (group_id,) = await fleet.look.find("group", LINE)
    return len(await fleet.look.deployments(group_id))


def test_a_dry_run_names_all_and_deletes_nothing(shell: Shell) -> None:
    """Every deployment has its verdict, and all are there afterwards."""
    shell.fleet(_minimum_is_current)
    answer = shell("clean", LINE, "--keep", "1", "--dry-run")
    assert answer.exit_code == 0
    verdicts = [row.split("  ") for row in answer.rows]
    assert len(verdicts) == 5
    assert sum("delete" in cells for cells in verdicts) == 3
    assert "stays: current" in answer.out
    assert "stays: flagged" in answer.out
    assert shell.fleet(_left) == 5


def test_nothing_is_cleaned_without_yes(shell: Shell) -> None:
    """Without --yes it says how many would go, deletes none, and ends as a mistake in the command line does."""
    shell.fleet(_minimum_is_current)
    answer = shell("clean", LINE, "--keep", "1")
    assert answer.exit_code == 2
    assert "3 deployments" in answer.err
    assert shell.fleet(_left) == 5


def test_cleaning_deletes_and_is_journaled(shell: Shell) -> None:
    """With --yes the old ones go; what the service protects stays; every deletion is in the journal."""
    shell.fleet(_minimum_is_current)
    answer = shell("clean", LINE, "--keep", "1", "--yes", "--json")
    assert answer.exit_code == 0
    assert [each["failure"] for each in answer.json] == [None, None, None]
    assert shell.fleet(_left) == 2
    assert sum("delete deployment" in row for row in shell("journal").rows) == 3


def test_a_group_whose_minimum_never_moved_keeps_all(shell: Shell) -> None:
    """While the oldest is the minimum supported one nothing can go, and the verdicts say so."""
    answer = shell("clean", LINE, "--keep", "1", "--json")
    assert answer.exit_code == 0
    assert not any(each["goes"] for each in answer.json)
    assert "supported: the minimum or newer" in {each["stays_because"] for each in answer.json}


def test_read_only_cleans_nothing(shell: Shell) -> None:
    """--readonly refuses each, and says so."""
    shell.fleet(_minimum_is_current)
    answer = shell("--readonly", "clean", LINE, "--keep", "1", "--yes")
    assert answer.exit_code == 5
    assert "3 of 3 deployments were not deleted" in answer.err
    assert shell.fleet(_left) == 5


def test_grep_finds_what_was_read(shell: Shell) -> None:
    """Code that was never read from here is told on stderr; with --fetch it is found, as grep prints it."""
    answer = shell("grep", "server.log")
    assert (answer.exit_code, answer.raw) == (1, b"")
    assert "never read from here" in answer.err
    answer = shell("grep", "--fetch", r"class \w+")
    assert answer.exit_code == 0
    group, sha, program, line, text = answer.out.splitlines()[0].split(":", 4)
    assert group
    assert len(sha) == 12
    assert program in ("agent", "device")
    assert line.isdigit()
    assert "class " in text


def test_grep_ends_as_grep_does(shell: Shell) -> None:
    """0 found, 1 not found, 2 trouble."""

    async def read_one(fleet: Fleet) -> None:
        rows = await fleet.look.deployments(limit=1)
        await fleet.programs.of(rows[0].deployment.id)

    shell.fleet(read_one)
    assert shell("grep", "server.log").exit_code == 0
    assert shell("grep", "SERVER.LOG").exit_code == 1
    assert shell("grep", "-i", "SERVER.LOG").exit_code == 0
    assert shell("grep", "-F", "server.lo[g]").exit_code == 1
    shell("grep", "(").says("no regular expression", exit_code=2)
    found = shell("grep", "--json", "server.log").json
    assert {"deployment", "sha", "group", "product", "is_current", "program", "line", "text"} == set(found[0])


def test_logs_print_history(shell: Shell) -> None:
    """Oldest first, so many lines of each device, as text or as one JSON object a line."""

    async def talkative(fleet: Fleet) -> DeviceId:
        (group_id,) = await fleet.look.find("group", LINE)
        window = await fleet.look.window(Query(Scope(group_id=group_id), Is(Claim.ONLINE)), 0, 1)
        assert window.rows[0] is not None
        return window.rows[0].device.id

    device_id = shell.fleet(talkative)
    answer = shell("logs", device_id, "-n", "3")
    assert answer.exit_code == 0
    lines = answer.out.splitlines()
    assert [line[:24] for line in lines] == sorted(line[:24] for line in lines)
    assert all(device_id in line for line in lines)
    as_json = [json.loads(line) for line in shell("logs", device_id, "-n", "3", "--json").out.splitlines()]
    assert {each["device_id"] for each in as_json} == {device_id}
    shell("logs").says("either devices or --group", exit_code=2)


def test_following_prints_what_comes(farm: Served, grower: Shell) -> None:
    """A line that a device says while somebody follows is printed at once."""

    async def assigned(fleet: Fleet) -> DeviceId:
        window = await fleet.look.window(Query(), 0, 1)
        assert window.rows[0] is not None
        device_id = window.rows[0].device.id
        product = await fleet.change.create_product("Followed")
        group = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "followed")
        await fleet.change.devices.assign(group.id, [device_id])
        return device_id

    async def restart(fleet: Fleet) -> None:
        await fleet.change.devices.restart(device_id, conditional=False)

    grower("ls", "devices")
    device_id = grower.fleet(assigned)
    process = subprocess.Popen(
        [sys.executable, "-m", "imptui", "--data-dir", str(grower.home), "logs", device_id, "--follow", "--json"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        before = json.loads(process.stdout.readline())["at"]
        grower.fleet(restart)
        line = before
        while line == before:
            line = json.loads(process.stdout.readline())["at"]
        assert line > before
    finally:
        process.terminate()
        process.communicate(timeout=60)
