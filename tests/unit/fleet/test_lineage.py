"""Which code came from where, what came of it, and what may go: pure functions of what is known."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from imptui.domain.deployment import Deployment
from imptui.domain.device import Device
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, DeviceId, GroupId, ProductId
from imptui.fleet.deployments.clean_up import judge
from imptui.fleet.deployments.history import pasts
from imptui.fleet.deployments.lineage import Behind, lineage
from imptui.fleet.read_model import DeploymentRow

START = datetime(2026, 3, 1, tzinfo=UTC)
ME, PRODUCT = AccountId("me"), ProductId("product")


def group(
    name: str, kind: GroupType = GroupType.DEVELOPMENT, current: str | None = None, minimum: str | None = None
) -> DeviceGroup:
    return DeviceGroup(
        GroupId(name), kind, name, None, PRODUCT, ME, ME, START,
        current_deployment_id=DeploymentId(current) if current else None,
        min_supported_deployment_id=DeploymentId(minimum) if minimum else None,
    )  # fmt: skip


def made(where: str, day: int, sha: str, origin: str | None = None, flagged: bool = False) -> Deployment:
    return Deployment(
        DeploymentId(f"{where}-{day}"), sha * 64, None, origin, flagged, (), START + timedelta(days=day), None,
        GroupId(where), None, PRODUCT, ME, ME,
    )  # fmt: skip


BENCH = group("bench", current="bench-3")
TRIAL = group("trial", GroupType.PRE_PRODUCTION, current="trial-4")
FIELD = group("field", GroupType.PRODUCTION, current="field-6")


def test_an_origin_tells_where_code_came_from() -> None:
    """A promotion that names its source by id or sha is a path that is told."""
    for origin in ("deployment:bench-1", "bench-1", "a" * 64, "aaaaaaaa"):
        found = lineage([BENCH, TRIAL], [made("bench", 1, "a"), made("trial", 4, "a", origin)], {})
        (path,) = found.paths
        assert (path.source_id, path.target_id, path.count, path.is_told) == ("bench", "trial", 1, True)


def test_the_same_bytes_are_an_inferred_path() -> None:
    """Without an origin the same sha, made earlier elsewhere, is the likely source, and said to be an inference."""
    (path,) = lineage([BENCH, TRIAL], [made("bench", 1, "a"), made("trial", 4, "a", "git:123")], {}).paths
    assert (path.source_id, path.target_id, path.is_told) == ("bench", "trial", False)


def test_the_nearest_stage_is_the_source() -> None:
    """Code that was on the bench and in the trial before it went to the field came from the trial."""
    every = [made("bench", 1, "a"), made("trial", 4, "a", "a" * 64), made("field", 6, "a", "a" * 64)]
    paths = {(path.source_id, path.target_id) for path in lineage([BENCH, TRIAL, FIELD], every, {}).paths}
    assert paths == {("bench", "trial"), ("trial", "field")}


def test_code_never_flows_up() -> None:
    """A bench that repeats what the field ran earlier, without saying so, did not get it from the field."""
    assert lineage([BENCH, FIELD], [made("field", 1, "a"), made("bench", 3, "a")], {}).paths == ()


def test_a_way_back_is_no_promotion() -> None:
    """A roll back repeats the group's own code; no path is drawn, even though the bench had it too."""
    every = [made("bench", 1, "a"), made("field", 2, "a", "bench-1"), made("field", 4, "b"), made("field", 6, "a", "a" * 64)]
    (path,) = lineage([BENCH, FIELD], every, {}).paths
    assert path.count == 1


def test_how_far_behind() -> None:
    """A group is as many deployments behind as its source made since; none: the same bytes."""
    every = [made("bench", 1, "a"), made("bench", 2, "b"), made("bench", 3, "c"), made("trial", 4, "a", "bench-1")]
    found = lineage([BENCH, TRIAL], every, {}).node(TRIAL.id)
    assert found is not None
    assert found.behind == Behind(BENCH.id, 2)
    same = lineage([BENCH, TRIAL], [made("bench", 3, "c"), made("trial", 4, "c", "bench-3")], {}).node(TRIAL.id)
    assert same is not None
    assert same.behind == Behind(BENCH.id, 0)


def test_code_that_the_source_never_had() -> None:
    """A group that went its own way after a promotion is not behind, but apart."""
    every = [made("bench", 1, "a"), made("trial", 2, "a", "bench-1"), made("trial", 4, "z")]
    found = lineage([BENCH, TRIAL], every, {}).node(TRIAL.id)
    assert found is not None
    assert found.behind == Behind(BENCH.id, None)


def test_nodes_stand_by_stage() -> None:
    """Development first, then what rehearses, then what is in the field."""
    found = lineage([FIELD, TRIAL, BENCH], [], {})
    assert [(node.group.name, node.stage) for node in found.nodes] == [("bench", 0), ("trial", 1), ("field", 2)]


# What came of deployments


def rows(*deployments: Deployment, minimum: str = "") -> list[DeploymentRow]:
    newest = sorted(deployments, key=lambda each: each.created_at, reverse=True)
    return [DeploymentRow(each, None, None, None, place == 0, each.id == minimum) for place, each in enumerate(newest)]


def device(number: int, day: float, agent_day: float | None = None) -> Device:
    at = START + timedelta(days=day)
    agent_at = START + timedelta(days=agent_day) if agent_day is not None else None
    return Device(
        DeviceId(f"d{number}"), None, None, None, None, None, None, True, at, None, None, True, agent_at, None, ME,
        GroupId("bench"), PRODUCT,
    )  # fmt: skip


def test_how_long_each_ran_and_who_runs_it() -> None:
    """A deployment ran until the next one; a device runs what was current when it last started."""
    listed = rows(made("bench", 1, "a"), made("bench", 3, "b"), made("bench", 10, "c"), minimum="bench-3")
    devices = [device(1, 2), device(2, 4), device(3, 4, agent_day=11), device(4, 0)]
    found = pasts(listed, devices, START + timedelta(days=12))
    days = {key: round(past.ran_s / 86400) for key, past in found.items()}
    assert days == {"bench-10": 2, "bench-3": 7, "bench-1": 2}
    assert {key: past.running for key, past in found.items()} == {"bench-10": 1, "bench-3": 1, "bench-1": 1}
    assert {key: past.is_below_minimum for key, past in found.items()} == {"bench-10": False, "bench-3": False, "bench-1": True}


# What may go


def test_what_the_service_refuses_stays() -> None:
    """The current one, flagged ones, the minimum and newer ones stay, whatever is asked for."""
    every = [made("bench", day, "a", flagged=day == 2) for day in range(1, 7)]
    plan = judge(group("bench", current="bench-6", minimum="bench-4"), every, START + timedelta(days=30), keep=0)
    assert [each.id for each in plan.goes] == ["bench-1", "bench-3"]
    reasons = {verdict.deployment.id: verdict.stays_because for verdict in plan.verdicts}
    assert reasons["bench-6"] == "current"
    assert reasons["bench-2"] == "flagged"
    assert reasons["bench-4"] == "the minimum"
    assert plan.held_by_minimum == 1


def test_the_newest_and_the_young_stay() -> None:
    """So many of the newest are kept, and what is younger than wanted."""
    every = [made("bench", day, "a") for day in range(1, 11)]
    here = group("bench", current="bench-10", minimum="bench-10")
    now = START + timedelta(days=11)
    assert [each.id for each in judge(here, every, now, keep=8).goes] == ["bench-1", "bench-2"]
    assert [each.id for each in judge(here, every, now, keep=0, older_than=timedelta(days=9)).goes] == ["bench-1", "bench-2"]


def test_an_unknown_minimum_holds_everything() -> None:
    """Where the minimum is not among the known deployments, nothing is deleted on a guess."""
    every = [made("bench", day, "a") for day in range(1, 5)]
    assert judge(group("bench", current="bench-4", minimum="bench-9"), every, START, keep=0).goes == ()
    assert judge(replace(BENCH, current_deployment_id=None), every, START, keep=0).goes == ()
