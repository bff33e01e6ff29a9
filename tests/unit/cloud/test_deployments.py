"""Deployments, and restarts which bring them. Source: primer, "Deployments", "Restarting Devices"; contract 10.4, 12."""

import hashlib
import threading
from datetime import timedelta

import pytest

from imptui.cloud.rules import assignment, boot, device
from imptui.cloud.rules import deployment as deployments
from imptui.cloud.rules import group as groups
from imptui.cloud.storage.records import DeploymentScope, Imp, WebhookEvent
from imptui.domain.deployment import CODE_LIMIT_BYTES, Deployment, Programs
from imptui.domain.errors import Invalid, NotFound, Refused, Rule
from imptui.domain.group import DeviceGroup, GroupType
from imptui.squirrel.syntax.errors import CompileError

from .conftest import START, Bench


def refusal_to_delete(bench: Bench, deployment: Deployment) -> Refused:
    with pytest.raises(Refused) as caught:
        deployments.delete_deployment(bench.world, deployment.id, bench.grower)
    return caught.value


def described(bench: Bench, **scope: object) -> list[str]:
    asked = deployments.ListDeployments(DeploymentScope(**scope))  # type: ignore[arg-type]  # tests name fields
    return [one.description or "" for one in deployments.list_deployments(bench.world, asked, bench.grower).items]


def in_group(bench: Bench, group: DeviceGroup, *, is_online: bool = True) -> Imp:
    imp = bench.imp(is_online=is_online)
    assignment.assign(bench.world, assignment.AssignDevices(group.id, [imp.device.id]), bench.grower)
    return bench.look_at(imp)


def test_sha_is_of_both_programs_and_the_owner(bench: Bench) -> None:
    """The SHA is of the agent code, device code and owner account id. Primer, "Deployment Data Structure"; contract 12.3."""
    made = bench.deploy(bench.group(), "server.log(1);")
    expected = hashlib.sha256(b"server.log(1);\0\0" + bench.grower.id.encode()).hexdigest()
    assert made.sha == expected


def test_unchanged_code_has_the_same_sha_but_a_new_id(bench: Bench) -> None:
    """Unchanged code: same SHA; the Deployment ID and timestamp will be different. Primer, "Deployments"."""
    group = bench.group()
    first, second = bench.deploy(group), bench.deploy(group)
    assert first.sha == second.sha
    assert first.id != second.id
    assert first.created_at < second.created_at


def test_times_increase_though_the_clock_stands(bench: Bench) -> None:
    """`created_at` of the deployments of one group is strictly increasing, also past deleted ones. Contract 4.4."""
    group = bench.group()
    times = [bench.deploy(group).created_at for _ in range(3)]
    newest = bench.deploy(group)
    asked = deployments.SupportFrom(group.id, newest.id)
    deployments.support_from(bench.world, asked, bench.grower)
    assert times == sorted(set(times))
    assert bench.deploy(group).created_at > newest.created_at > times[-1]


def test_new_deployment_is_current(bench: Bench) -> None:
    """The new deployment becomes the group's current deployment at once. Contract 12.5."""
    group = bench.group()
    bench.deploy(group)
    newest = bench.deploy(group)
    assert bench.group_now(group).current_deployment_id == newest.id


def test_first_deployment_is_the_minimum(bench: Bench) -> None:
    """The first deployment becomes the minimum supported one; later ones do not change it. Contract 12.6."""
    group = bench.group()
    first = bench.deploy(group)
    bench.deploy(group)
    assert bench.group_now(group).min_supported_deployment_id == first.id


def test_nothing_restarts_by_itself(bench: Bench) -> None:
    """Devices receive the code when they next restart. Primer, "Deployments"."""
    group = bench.group()
    first = bench.deploy(group)
    imp = in_group(bench, group)
    bench.deploy(group)
    assert bench.look_at(imp).running_deployment_id == first.id


def test_code_comes_back(bench: Bench) -> None:
    """A deployment keeps its code, to the character. Primer, "Deployments"."""
    code = '// наш код\r\n\tserver.log("é\\x00");\n'
    made = bench.deploy(bench.group(), code)
    assert deployments.get_deployment(bench.world, made.id, bench.grower)[1] == Programs("", code)


@pytest.mark.parametrize(("size", "is_fine"), [(CODE_LIMIT_BYTES, True), (CODE_LIMIT_BYTES + 1, False)])
def test_code_of_4_mb(bench: Bench, size: int, is_fine: bool) -> None:
    """Deployments take up to 4MB of device code. Primer, "Deployment Endpoints"."""
    group = bench.group()
    if is_fine:
        assert bench.deploy(group, " " * size).group_id == group.id
    else:
        with pytest.raises(Invalid) as caught:
            bench.deploy(group, " " * size)
        assert caught.value.rule is Rule.CODE_TOO_LARGE


def test_code_that_does_not_compile(bench: Bench) -> None:
    """If either program fails nothing is stored, and every message says where. Contract 12.4."""
    group = bench.group()
    asked = deployments.CreateDeployment(group.id, "bad", "worse")
    with pytest.raises(Invalid) as caught:
        deployments.create_deployment(bench.world, asked, bench.grower, lambda code: CompileError(3, len(code), "no"))
    messages = [(one.program, one.row, one.column) for one in caught.value.compile_messages]
    assert caught.value.rule is Rule.COMPILATION
    assert messages == [("device", 3, 5), ("agent", 3, 3)]
    assert bench.group_now(group).current_deployment_id is None


def test_the_compiler_is_the_platforms(bench: Bench) -> None:
    """Without another compiler, the platform's judges. Contract 12.4."""
    asked = deployments.CreateDeployment(bench.group().id, "", "local x = ;")
    with pytest.raises(Invalid) as caught:
        deployments.create_deployment(bench.world, asked, bench.grower)
    assert caught.value.rule is Rule.COMPILATION


def test_compiling_keeps_nobody_waiting(bench: Bench) -> None:
    """The world can be changed while a program compiles. Contract 12.4."""
    group = bench.group()
    product_made = []

    def compiler(code: str) -> None:
        other = threading.Thread(target=lambda: product_made.append(bench.product(f"while {code}")))
        other.start()
        other.join(5)

    deployments.create_deployment(bench.world, deployments.CreateDeployment(group.id, "a", "d"), bench.grower, compiler)
    assert len(product_made) == 2


def test_flagged_deployment_stays(bench: Bench) -> None:
    """`flagged` says whether the Deployment can be deleted. Primer, "Deployment Data Structure"."""
    made = bench.deploy(bench.group(), is_flagged=True)
    assert refusal_to_delete(bench, made).rule is Rule.DEPLOYMENT_FLAGGED


def test_minimum_and_newer_stay(bench: Bench) -> None:
    """The minimum supported deployment, and newer ones, cannot be deleted. Contract 12.7."""
    group = bench.group()
    for made in (bench.deploy(group), bench.deploy(group)):
        assert refusal_to_delete(bench, made).rule is Rule.DEPLOYMENT_IN_USE


def test_older_than_the_minimum_goes(bench: Bench) -> None:
    """A deployment older than the minimum supported one can be deleted, and then is not found. Contract 12.7."""
    group = bench.group()
    old, new = bench.deploy(group), bench.deploy(group)
    deployments.support_from(bench.world, deployments.SupportFrom(group.id, new.id), bench.grower)
    deployments.delete_deployment(bench.world, old.id, bench.grower)
    assert isinstance(refusal_to_delete(bench, old), NotFound)


def test_minimum_only_moves_forward(bench: Bench) -> None:
    """A new minimum older than the present one is refused; the same again is harmless. Contract 12.6."""
    group = bench.group()
    old, new = bench.deploy(group), bench.deploy(group)
    for _ in range(2):
        deployments.support_from(bench.world, deployments.SupportFrom(group.id, new.id), bench.grower)
    with pytest.raises(Refused) as caught:
        deployments.support_from(bench.world, deployments.SupportFrom(group.id, old.id), bench.grower)
    assert caught.value.rule is Rule.WRONG_MINIMUM


def test_minimum_belongs_to_the_group(bench: Bench) -> None:
    """The minimum is a deployment of the group itself. Contract 12.6."""
    foreign = bench.deploy(bench.group(name="other"))
    with pytest.raises(Refused) as caught:
        deployments.support_from(bench.world, deployments.SupportFrom(bench.group().id, foreign.id), bench.grower)
    assert caught.value.rule is Rule.WRONG_MINIMUM


def test_description_tags_and_flag_change(bench: Bench) -> None:
    """Only the description, tags and flag of a deployment can change. Primer, "Deployment Endpoints"."""
    made = bench.deploy(bench.group(), tags=["old"])
    asked = deployments.UpdateDeployment(made.id, "text", ["v2", "lab", "v2"], True)
    changed, _ = deployments.update_deployment(bench.world, asked, bench.grower)
    assert (changed.description, changed.tags, changed.is_flagged) == ("text", ("v2", "lab"), True)
    assert changed.flagger_id == bench.grower.id
    assert deployments.get_deployment(bench.world, made.id, bench.grower)[0] == changed


def test_nobody_flagged_it(bench: Bench) -> None:
    """`flagger` is absent until somebody changed the flag. Contract 12.2."""
    assert bench.deploy(bench.group()).flagger_id is None


@pytest.mark.parametrize("tags", [["two words"], ["a,b"], [""], ["x" * 501]])
def test_tags_have_their_form(bench: Bench, tags: list[str]) -> None:
    """Tags are of letters, digits, `_ - * .`, at most 500 characters together. Contract 12.2."""
    with pytest.raises(Invalid):
        bench.deploy(bench.group(), tags=tags)


def test_list_is_newest_first(bench: Bench) -> None:
    """Lists of deployments are newest first. Contract 4.2."""
    group = bench.group()
    for name in "abc":
        bench.deploy(group, description=name)
    assert described(bench) == ["c", "b", "a"]


def test_filters(bench: Bench) -> None:
    """A deployment must carry all tags asked for; filters combine with "and". Contract 4.6."""
    one, two = bench.group(name="one"), bench.group(name="two")
    both = bench.deploy(one, "1", description="both", tags=["x", "y"], is_flagged=True)
    bench.deploy(one, "2", description="x", tags=["x"])
    bench.clock.advance(timedelta(seconds=1))
    bench.deploy(two, "3", description="two", tags=["x", "y"])
    assert described(bench, tags=("x", "y")) == ["two", "both"]
    assert described(bench, tags=("x", "y"), group_id=one.id) == ["both"]
    assert described(bench, is_flagged=True) == ["both"]
    assert described(bench, is_flagged=False) == ["two", "x"]
    assert described(bench, sha=both.sha) == ["both"]
    assert described(bench, flagger_id=bench.grower.id) == ["both"]
    assert described(bench, creator_id=bench.greenhouse.id) == []


def test_tags_are_replaced_in_filters_too(bench: Bench) -> None:
    """A tag that was taken away finds nothing. Contract 12.2."""
    made = bench.deploy(bench.group(), tags=["old"])
    deployments.update_deployment(bench.world, deployments.UpdateDeployment(made.id, tags=["new"]), bench.grower)
    assert (described(bench, tags=("old",)), described(bench, tags=("new",))) == ([], [""])


def test_webhooks_may_hear_of_it(bench: Bench) -> None:
    """A new deployment is announced, after it was kept. Contract 13."""
    heard: list[object] = []
    bench.world.subscribe(heard.extend)
    made = bench.deploy(bench.group())
    assert [(one.event, one.fields["deployment_id"]) for one in heard if isinstance(one, WebhookEvent)] == [("deployment", made.id)]


def test_restart_loads_the_current_deployment(bench: Bench) -> None:
    """Restarting causes devices to receive the Deployment's code. Primer, "Deploying Code"."""
    group = bench.group()
    imp = in_group(bench, group)
    newest = bench.deploy(group)
    bench.clock.advance(timedelta(seconds=5))
    device.restart_device(bench.world, imp.device.mac_address or "", bench.grower)
    after = bench.look_at(imp)
    assert (after.running_deployment_id, after.device.agent_state_changed_at) == (
        newest.id,
        START + timedelta(seconds=5),
    )


def test_group_restart_reaches_every_device(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """All devices of a group are restarted, however many transactions that takes. Primer, "Restarting Devices"."""
    monkeypatch.setattr(device, "_RESTARTED_AT_ONCE", 2)
    group = bench.group()
    imps = [in_group(bench, group) for _ in range(5)]
    newest = bench.deploy(group)
    device.restart_group(bench.world, group.id, bench.grower)
    assert {bench.look_at(imp).running_deployment_id for imp in imps} == {newest.id}


def test_group_without_devices_or_deployment(bench: Bench) -> None:
    """Restarting a group with no deployment or no devices succeeds. Contract 10.4."""
    group = bench.group()
    device.restart_group(bench.world, group.id, bench.grower)
    in_group(bench, group)
    device.restart_group(bench.world, group.id, bench.grower)


def test_unassigned_device_is_not_restarted(bench: Bench) -> None:
    """An unassigned device cannot be restarted. Contract 10.4."""
    with pytest.raises(Refused) as caught:
        device.restart_device(bench.world, bench.imp().device.id, bench.grower)
    assert caught.value.rule is Rule.DEVICE_UNASSIGNED


def test_offline_device_restarts_when_it_connects(bench: Bench) -> None:
    """An offline device picks the code up when it next connects. Contract 10.4."""
    group = bench.group()
    imp = in_group(bench, group, is_online=False)
    newest = bench.deploy(group)
    device.restart_device(bench.world, imp.device.id, bench.grower)
    waiting = bench.look_at(imp)
    assert (waiting.running_deployment_id, waiting.is_restart_pending) == (None, True)
    with bench.world.change() as tx:
        boot.connect(tx, waiting)
    after = bench.look_at(imp)
    assert (after.running_deployment_id, after.is_restart_pending, after.device.is_online) == (newest.id, False, True)


def test_agent_of_an_offline_device_restarts_at_once(bench: Bench) -> None:
    """An agent runs in the cloud even when its device is offline. Contract 16."""
    group = bench.group()
    imp = in_group(bench, group, is_online=False)
    bench.deploy(group)
    bench.clock.advance(timedelta(seconds=5))
    device.restart_device(bench.world, imp.device.id, bench.grower)
    after = bench.look_at(imp).device
    assert (after.is_agent_running, after.agent_state_changed_at) == (True, START + timedelta(seconds=5))


def test_connecting_alone_brings_no_code(bench: Bench) -> None:
    """A device that was merely out of reach goes on with what it ran. Primer, "Deployments"."""
    group = bench.group()
    first = bench.deploy(group)
    imp = in_group(bench, group)
    bench.deploy(group)
    with bench.world.change() as tx:
        boot.connect(tx, boot.disconnect(tx, imp))
    assert bench.look_at(imp).running_deployment_id == first.id


def test_no_code_before_the_first_blinkup(bench: Bench) -> None:
    """Where `load_code_after_blessing` is false, a restart brings no code before the first BlinkUp. Primer, "Devices"."""
    group = bench.group(GroupType.PRODUCTION)
    bench.deploy(group)
    imp = bench.imp(group)
    with bench.world.change() as tx:
        tx.devices.put([type(imp)(imp.device, imp.kind, imp.agent_id, needs_blinkup=True)])
    device.restart_group(bench.world, group.id, bench.grower)
    assert bench.look_at(imp).running_deployment_id is None


def test_zombie_goes(bench: Bench) -> None:
    """An unflagged deployment whose group is gone can be deleted. Contract 12.7."""
    group = bench.group()
    made = bench.deploy(group)
    with bench.world.change() as tx:
        tx.groups.delete(group.id)
    deployments.delete_deployment(bench.world, made.id, bench.grower)
    assert described(bench) == []


def test_group_of_somebody_else(bench: Bench) -> None:
    """Nobody deploys to a group that is not theirs. Contract 4.5."""
    asked = deployments.CreateDeployment(bench.group().id, "", "")
    with pytest.raises(NotFound):
        deployments.create_deployment(bench.world, asked, bench.account("stranger"))


def test_collaborator_deploys_in_the_owners_name(bench: Bench) -> None:
    """A collaborator's deployment has the collaborator as creator and the group's owner as owner. Contract 12.2."""
    friend = bench.account("friend")
    with bench.world.change() as tx:
        tx.accounts.collaborate(bench.grower.id, friend.id)
    asked = deployments.CreateDeployment(bench.group().id, "", "")
    made, _ = deployments.create_deployment(bench.world, asked, friend)
    assert (made.creator_id, made.owner_id) == (friend.id, bench.grower.id)
    assert groups.get_group(bench.world, made.group_id or "", friend).current_deployment_id == made.id
