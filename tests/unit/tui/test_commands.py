"""The verbs: every key has one meaning, every danger a guard."""

from datetime import UTC, datetime

import pytest

from imptui.config.keys import TERMINAL_ALIASES, key_name
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.domain.rows import Tally
from imptui.tui.commands.catalogue import MODULES, commands_of
from imptui.tui.commands.command import Danger, Situation
from imptui.tui.commands.copying import raw
from imptui.tui.commands.groups import DeleteProductOrGroup
from imptui.tui.commands.questions import Form, FormField, Option
from imptui.tui.widgets.dialogs.menu import narrow

SCREENS = [name for name in MODULES if name != "everywhere"]


@pytest.mark.parametrize("screen", ["fleet", "device", "text"])
def test_no_key_has_two_meanings_in_one_pane(screen: str) -> None:
    """On one screen a key belongs to one command, or to commands of different panes."""
    owners: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for command in commands_of(screen):
        for key in command.keys:
            for other, panes in owners.get(key, []):
                assert panes and command.panes and not panes & command.panes, f"{key}: {other} and {command.id}"
            owners.setdefault(key, []).append((command.id, command.panes))


@pytest.mark.parametrize("screen", SCREENS)
def test_keys_that_terminals_change_are_not_used(screen: str) -> None:
    """No command has ctrl+i, ctrl+j, ctrl+m, ctrl+h or ctrl+[, and all keys are named as Textual does."""
    for command in commands_of(screen):
        assert not set(command.keys) & set(TERMINAL_ALIASES)
        assert [key_name(key) for key in command.keys] == list(command.keys)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_command_says_what_it_does(screen: str) -> None:
    """Every command has an id with its room, a title, and can be reached by key, word or palette."""
    for command in commands_of(screen):
        assert "." in command.id
        assert command.title


@pytest.mark.parametrize("screen", SCREENS)
def test_read_only_refuses_every_change(screen: str) -> None:
    """In a read-only context no command that changes something is available."""
    situation = Situation(screen, read_only_because="the context is locked")
    for command in commands_of(screen):
        if command.danger is not Danger.NONE:
            why = command.refusal(situation)
            assert why is not None
            assert "locked" in why


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_chosen_is_no_accident(screen: str) -> None:
    """With nothing under the cursor no command fails; those that need something say so."""
    for command in commands_of(screen):
        command.refusal(Situation(screen))


def test_the_table_of_keys_holds() -> None:
    """The keys that people know from elsewhere mean here what the table promises."""
    by_id = {command.id: command.keys for command in commands_of("fleet")}
    assert by_id["move.half-down"] == ("ctrl+d",)
    assert "D" in by_id["devices.remove"]
    assert by_id["devices.restart"] == ("r",)
    assert by_id["devices.assign"] == ("m",)
    assert by_id["list.filter"] == ("slash",)
    assert "ctrl+q" in by_id["app.quit"]
    assert "ctrl+c" not in by_id["app.quit"]


def test_secrets_are_not_kept_in_a_form() -> None:
    """When a form is shown again, what was typed is there, except secrets."""
    form = Form("x", (FormField("name", "name"), FormField("key", "key", is_secret=True)))
    again = form.again({"name": "pump", "key": "s3cret"}, "no")
    assert [entry.value for entry in again.entries] == ["pump", ""]
    assert "s3cret" not in repr(again)


def test_menus_narrow_down() -> None:
    """Words find options that hold them all; letters in order come after."""
    options = [Option("a", "Restart the group"), Option("b", "Rename the group"), Option("c", "Remove")]
    assert [each.key for each in narrow(options, "group re")] == ["a", "b"]
    assert [each.key for each in narrow(options, "rmv")] == ["c"]


class Alone(Option):
    """An option that must not be compared with another."""

    __hash__ = Option.__hash__

    def __eq__(self, other: object) -> bool:
        raise AssertionError("ten thousand options would be compared with ten thousand")


@pytest.mark.parametrize("typed", ["site 0999", "0999", "s]^-9", "zzzz", "\\\\"])
def test_long_menus_narrow_down_in_one_pass(typed: str) -> None:
    """A menu of very many groups is looked through once for what was typed, whatever signs it has."""
    options = [Alone(str(number), f"Site {number:05d} ]^-\\") for number in range(2_000)]
    found = narrow(options, typed)
    assert {"site 0999": 10, "0999": 20}.get(typed, len(found)) <= len(found)
    assert all(letter in each.label.casefold() for each in found for letter in typed.replace(" ", ""))


def test_the_raw_document_is_json() -> None:
    """Nested values become JSON with every field."""
    assert '"title": "x"' in raw(Form("x", ()))


def test_nothing_uncounted_is_deleted() -> None:
    """A group or product is not offered for deletion on a screen that has not counted what belongs to it."""
    owner, now = AccountId("a1"), datetime(2026, 1, 5, tzinfo=UTC)
    product = Product(ProductId("p1"), "Greenhouse", None, owner, None, now)
    group = DeviceGroup(GroupId("g1"), GroupType.DEVELOPMENT, "bench", None, product.id, owner, None, now)
    delete = DeleteProductOrGroup()
    assert "not counted" in (delete.unavailable(Situation("fleet", product=product, group=group)) or "")
    assert "not counted" in (delete.unavailable(Situation("fleet", product=product)) or "")
    assert delete.unavailable(Situation("fleet", product=product, group=group, tally=Tally(0, 0))) is None
    assert delete.unavailable(Situation("fleet", product=product, group_count=0)) is None
    assert delete.unavailable(Situation("fleet", product=product, group_count=1)) is not None
