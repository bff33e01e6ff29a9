"""Device groups. Source: primer, "Device Groups"; contract 8."""

from datetime import timedelta

import pytest

from imptui.cloud.rules import deployment as deployments
from imptui.cloud.rules import group as groups
from imptui.cloud.rules import webhook as webhooks
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import GroupScope
from imptui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Rule
from imptui.domain.group import GroupType

from .conftest import Bench


def refusal(call: object, *args: object, **named: object) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **named)  # type: ignore[operator]
    return caught.value


def test_owner_is_the_products(bench: Bench) -> None:
    """A group's owner is its product's owner. Contract 8.3."""
    assert bench.group().owner_id == bench.greenhouse.owner_id


def test_name_is_unique_in_product(bench: Bench) -> None:
    """Two groups of one product cannot bear one name. Contract 2.5."""
    bench.group(name="beds")
    assert refusal(bench.group, name="beds").rule is Rule.DUPLICATE_GROUP_NAME


def test_name_may_repeat_in_another_product(bench: Bench) -> None:
    """Groups of two products may bear one name. Contract 8.2."""
    bench.group(name="beds")
    assert bench.group(name="beds", product=bench.product("Orchard")).name == "beds"


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_name_has_1_to_80_characters(bench: Bench, name: str) -> None:
    """A name has 1 to 80 characters. Primer, "The Device Group Data Structure"."""
    assert isinstance(refusal(bench.group, name=name), Invalid)


def test_half_a_surrogate_pair_is_no_name(bench: Bench) -> None:
    """A name that is no text is refused, not stored and not a crash."""
    assert isinstance(refusal(bench.group, name="bed \ud83d"), Invalid)


def test_unknown_product(bench: Bench) -> None:
    """A group in a product that does not exist is refused with "not found". Contract 8.6."""
    asked = groups.CreateGroup(GroupType.DEVELOPMENT, "beds", bench.grower.id)  # type: ignore[arg-type]
    assert isinstance(refusal(groups.create_group, bench.world, asked, bench.grower), NotFound)


def test_foreign_product(bench: Bench) -> None:
    """What belongs to somebody else is not found. Contract 4.5."""
    asked = groups.CreateGroup(GroupType.DEVELOPMENT, "beds", bench.greenhouse.id)
    assert isinstance(refusal(groups.create_group, bench.world, asked, bench.account("stranger")), NotFound)


def test_factory_group_needs_production_target(bench: Bench) -> None:
    """`production_target` is a required property of Pre-Factory and Factory Device Groups. Primer."""
    assert isinstance(refusal(bench.group, GroupType.FACTORY, needs_dut_target=False), Invalid)


def test_factory_group_needs_dut_target_live(bench: Bench) -> None:
    """The live service refuses a factory group without DUT target. Contract 8.3."""
    target = bench.group(GroupType.PRODUCTION, "field")
    assert isinstance(refusal(bench.group, GroupType.FACTORY, production_target_id=target.id), Invalid)


def test_factory_group_without_dut_target_primer(bench: Bench) -> None:
    """In the primer a factory group with a production target alone is complete. Contract 8.3."""
    target = bench.group(GroupType.PRODUCTION, "field")
    made = bench.group(GroupType.FACTORY, production_target_id=target.id, needs_dut_target=False)
    assert made.production_target_id == target.id


def test_target_of_other_product(bench: Bench) -> None:
    """Targets are groups of the same product. Contract 8.4."""
    target = bench.group(GroupType.PRODUCTION, "field", product=bench.product("Orchard"))
    asked = {"production_target_id": target.id, "needs_dut_target": False}
    assert refusal(bench.group, GroupType.FACTORY, **asked).rule is Rule.ATTRIBUTE_NOT_FOR_TYPE


def test_target_of_wrong_type(bench: Bench) -> None:
    """A factory group leads to production, not to pre-production. Contract 8.4."""
    target = bench.group(GroupType.PRE_PRODUCTION, "trial")
    asked = {"production_target_id": target.id, "needs_dut_target": False}
    assert isinstance(refusal(bench.group, GroupType.FACTORY, **asked), Invalid)


def test_target_alone_can_be_updated(bench: Bench) -> None:
    """On update each target may be given alone; the other keeps its value. Contract 8.4."""
    line = bench.fixtures()
    other = bench.group(GroupType.PRODUCTION, "elsewhere")
    asked = groups.UpdateGroup(line.id, production_target_id=other.id)
    changed = groups.update_group(bench.world, asked, bench.grower)
    assert (changed.production_target_id, changed.dut_target_id) == (other.id, line.dut_target_id)


def test_mandatory_target_cannot_be_taken_away(bench: Bench) -> None:
    """A factory group keeps a production target. Primer, "Assigning Production Devices"."""
    asked = groups.UpdateGroup(bench.fixtures().id, production_target_id=None)
    assert isinstance(refusal(groups.update_group, bench.world, asked, bench.grower), Invalid)


def test_production_group_loads_code_after_blessing_by_default(bench: Bench) -> None:
    """`load_code_after_blessing` is true by default. Primer, "Devices"."""
    assert bench.group(GroupType.PRODUCTION).load_code_after_blessing is True


def test_development_group_has_no_load_code_after_blessing(bench: Bench) -> None:
    """`load_code_after_blessing` is for production groups. Primer, "The Device Group Data Structure"."""
    assert bench.group().load_code_after_blessing is None
    assert refusal(bench.group, name="b", load_code_after_blessing=True).rule is Rule.ATTRIBUTE_NOT_FOR_TYPE


def test_region_is_for_blessed_groups(bench: Bench) -> None:
    """Only production and pre-production groups have a region. Contract 8.2."""
    assert refusal(bench.group, region="EU").rule is Rule.ATTRIBUTE_NOT_FOR_TYPE
    assert bench.group(GroupType.PRODUCTION, region="EU").region == "EU"


def test_env_vars_come_back_as_they_were(bench: Bench) -> None:
    """Numbers stay numbers. Contract 8.5."""
    env_vars = {"feedURL": "https://feed.example.test", "feedVersion": 2, "gain": 0.5}
    assert bench.group_now(bench.group(env_vars=env_vars)).env_vars == env_vars


def test_env_vars_are_replaced_whole(bench: Bench) -> None:
    """An update replaces the whole object. Contract 8.5."""
    group = bench.group(env_vars={"a": 1, "b": 2})
    groups.update_group(bench.world, groups.UpdateGroup(group.id, env_vars={"c": 3}), bench.grower)
    assert bench.group_now(group).env_vars == {"c": 3}


def test_empty_update_changes_nothing(bench: Bench) -> None:
    """An update with no attributes succeeds and leaves the group as it was. Contract 1.3."""
    group = bench.group()
    bench.clock.advance(timedelta(hours=1))
    assert groups.update_group(bench.world, groups.UpdateGroup(group.id), bench.grower) == group


def test_update_says_when(bench: Bench) -> None:
    """A changed group says when it was changed. Contract 8.2."""
    group = bench.group()
    bench.clock.advance(timedelta(hours=1))
    changed = groups.update_group(bench.world, groups.UpdateGroup(group.id, name="other"), bench.grower)
    assert changed.updated_at == group.created_at + timedelta(hours=1)


def test_without_permission_development_groups_only(bench: Bench) -> None:
    """An account without the production permission creates development groups only. Contract 6.1."""
    apprentice = bench.account("apprentice", may_do_production=False)
    product = bench.product("Orchard", apprentice)
    assert bench.group(product=product).type is GroupType.DEVELOPMENT
    refused = refusal(bench.group, GroupType.PRODUCTION, "field", product)
    assert isinstance(refused, Forbidden)
    assert refused.rule is Rule.NO_PRODUCTION_PERMISSION


def test_group_with_devices_stays(bench: Bench) -> None:
    """Device Groups must be empty before they can be deleted. Primer, "Device Groups"."""
    group = bench.group()
    bench.imp(group)
    assert refusal(groups.delete_group, bench.world, group.id, bench.grower).rule is Rule.GROUP_HAS_DEVICES


def test_group_with_flagged_deployment_stays(bench: Bench) -> None:
    """A group with flagged deployments cannot be deleted. Contract 8.7."""
    group = bench.group()
    bench.deploy(group, is_flagged=True)
    assert refusal(groups.delete_group, bench.world, group.id, bench.grower).rule is Rule.GROUP_HAS_FLAGGED


@pytest.mark.parametrize("which", ["production_target_id", "dut_target_id"])
def test_target_stays(bench: Bench, which: str) -> None:
    """A group that is the target of another cannot be deleted. Contract 8.7."""
    target_id = getattr(bench.fixtures(), which)
    assert refusal(groups.delete_group, bench.world, target_id, bench.grower).rule is Rule.GROUP_IS_TARGET


def test_devices_are_named_before_flags_and_targets(bench: Bench) -> None:
    """If several reasons hold, devices come first, flagged deployments second. Contract 8.7."""
    line = bench.fixtures()
    with bench.world.view() as view:
        target = view.groups.get(line.production_target_id or "")
    assert target is not None
    bench.deploy(target, is_flagged=True)
    assert refusal(groups.delete_group, bench.world, target.id, bench.grower).rule is Rule.GROUP_HAS_FLAGGED
    bench.imp(target)
    assert refusal(groups.delete_group, bench.world, target.id, bench.grower).rule is Rule.GROUP_HAS_DEVICES


def test_deletion_takes_deployments_along(bench: Bench) -> None:
    """The deployments of a deleted group are deleted with it, minimum or not. Contract 8.7."""
    group = bench.group()
    deployment = bench.deploy(group)
    groups.delete_group(bench.world, group.id, bench.grower)
    assert isinstance(refusal(deployments.get_deployment, bench.world, deployment.id, bench.grower), NotFound)


def test_deletion_takes_webhooks_along(bench: Bench) -> None:
    """The webhooks of a deleted group are gone. Contract 8.7."""
    group = bench.group()
    asked = webhooks.CreateWebhook(group.id, "http://127.0.0.1/", "deployment", "application/json")
    made = webhooks.create_webhook(bench.world, asked, bench.grower)
    groups.delete_group(bench.world, group.id, bench.grower)
    assert isinstance(refusal(webhooks.get_webhook, bench.world, made.id, bench.grower), NotFound)


def test_deleted_twice(bench: Bench) -> None:
    """What was deleted is not found. Contract 2.2."""
    group = bench.group()
    groups.delete_group(bench.world, group.id, bench.grower)
    assert isinstance(refusal(groups.delete_group, bench.world, group.id, bench.grower), NotFound)


def test_list_is_oldest_first(bench: Bench) -> None:
    """Lists of groups are oldest first. Contract 4.2."""
    made = []
    for name in ("zinnia", "aster", "rose"):
        made.append(bench.group(name=name).id)
        bench.clock.advance(timedelta(seconds=1))
    listed = groups.list_groups(bench.world, groups.ListGroups(), bench.grower)
    assert [group.id for group in listed.items] == made


def test_list_by_type_and_product(bench: Bench) -> None:
    """Filters combine with "and". Contract 4.6."""
    orchard = bench.product("Orchard")
    bench.group(name="a")
    bench.group(GroupType.PRODUCTION, "b")
    bench.group(GroupType.PRODUCTION, "c", product=orchard)
    scope = GroupScope(product_id=orchard.id, types=(GroupType.PRODUCTION,))
    listed = groups.list_groups(bench.world, groups.ListGroups(scope), bench.grower)
    assert [group.name for group in listed.items] == ["c"]


def test_last_page_has_no_next(bench: Bench) -> None:
    """`next` exists only where there is a further page. Contract 4.2."""
    for name in "abcd":
        bench.group(name=name)
    pages = [groups.list_groups(bench.world, groups.ListGroups(paging=Paging(n, 2)), bench.grower) for n in (1, 2, 3)]
    assert [(len(page.items), page.has_next) for page in pages] == [(2, True), (2, False), (0, False)]


def test_renaming_to_its_own_name_is_fine(bench: Bench) -> None:
    """A thing may be renamed to the name that it bears. Contract 7.2."""
    group = bench.group(name="beds")
    asked = groups.UpdateGroup(group.id, name="beds", description="north")
    assert groups.update_group(bench.world, asked, bench.grower).description == "north"


def test_renaming_to_a_taken_name(bench: Bench) -> None:
    """A group cannot take the name of another of its product. Contract 8.2."""
    bench.group(name="beds")
    other = bench.group(name="other")
    asked = groups.UpdateGroup(other.id, name="beds")
    assert isinstance(refusal(groups.update_group, bench.world, asked, bench.grower), Conflict)


@pytest.mark.parametrize("identifier", ["\ud83d", "a name", "", "x" * 10_000, "\0", "../products"])
def test_odd_identifiers_are_not_found(bench: Bench, identifier: str) -> None:
    """Whatever a user typed as an identifier ends in "not found". Contract 1.4."""
    for find in (groups.get_group, deployments.get_deployment, webhooks.get_webhook):
        assert isinstance(refusal(find, bench.world, identifier, bench.grower), NotFound)


def test_odd_filters_are_refused_not_a_crash(bench: Bench) -> None:
    """A filter that is no text is invalid."""
    asked = groups.ListGroups(GroupScope(product_id="\ud83d"))  # type: ignore[arg-type]
    assert isinstance(refusal(groups.list_groups, bench.world, asked, bench.grower), Invalid)
