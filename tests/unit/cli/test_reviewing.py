"""review, marks, approvals and the journal, without a screen."""

import json
import stat

import pytest

from imptui.config.contexts import EMBEDDED, Contexts, NamedContext, save_contexts
from imptui.config.locations import Locations

DEVELOPMENT = "Connected Meter 400 2.0 Development"
PRODUCTION = "400 2.0 Field Test"
AGAINST = 3


def current(shell, group=DEVELOPMENT):
    return shell("show", "group", group, "--json").json["group"]["current_deployment_id"]


def test_a_review_says_what_the_screen_says(shell):
    """Origin, creator, sha, target, devices, sizes, check, words, tags, flag and both counts of lines."""
    answer = shell("review", DEVELOPMENT)
    assert answer.exit_code == 0
    for label in ("from", "to", "instead of", "affects", "size", "check", "description", "origin", "tags", "flag", "agent code"):
        assert any(line.startswith(label) for line in answer.out.splitlines()), label
    assert "26 devices" in answer.out
    assert "by demo" in answer.out
    assert "+9 -1 lines" in answer.out


def test_a_review_as_json_holds_the_same(shell):
    """One document, with the patches when they are asked for."""
    plain = shell("review", DEVELOPMENT, "--json").json
    assert plain["devices"]["total"] == 26
    assert plain["devices"]["online"] + plain["devices"]["offline"] == 26
    assert len(plain["first_devices"]) == 10
    assert (plain["changes"]["agent"]["added"], plain["changes"]["agent"]["removed"]) == (9, 1)
    assert "patch" not in plain["changes"]["agent"]
    whole = shell("review", DEVELOPMENT, "--json", "--diff").json
    assert whole["changes"]["agent"]["patch"].startswith("--- a/agent.nut\n")
    assert plain["against"] == []


def test_a_promotion_is_reviewed_before_it_is_made(shell):
    """With --to a deployment is compared with what that group is to run; production and sameness are noted."""
    answer = shell("review", current(shell), "--to", PRODUCTION, "--json").json
    assert answer["group"]["name"] == PRODUCTION
    assert {each["key"] for each in answer["cautions"]} == {"production", "same-code"}


def test_files_are_reviewed_for_a_group(shell, programs):
    """A file that does not compile is something that stands against it; the program that is not given stays."""
    programs[1].write_text("local a = 1;\nlocal b = ;\n", encoding="utf-8")
    answer = shell("review", DEVELOPMENT, "--device", programs[1])
    assert answer.exit_code == AGAINST
    assert "device line 2, column 12" in answer.out
    assert "agent code   as before" in answer.out


def test_marks_are_put_and_listed(shell):
    """An approval is in the list and in the review; an objection takes its place and stands against it."""
    assert shell("review", DEVELOPMENT, "--approve", "--reason", "ran a day").exit_code == 0
    row = next(row for row in shell("ls", "deployments").rows if current(shell) in row)
    assert "  approved  " in row
    answer = shell("review", DEVELOPMENT, "--object", "too slow", "--json")
    assert answer.exit_code == AGAINST
    assert [(each["who"], each["verdict"], each["reason"]) for each in answer.json["marks"]] == [("demo", "objected", "too slow")]
    assert answer.json["description"] == "Candidate for the field test"
    assert shell("ls", "deployments", "--json").json[2]["review"] == "objected"


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (["--approve", "--object", "no"], "not both"),
        (["--to", PRODUCTION], "takes a deployment"),
    ],
)
def test_what_makes_no_sense_is_said(shell, words, phrase):
    """A wrong command line ends with 2, and nothing is marked."""
    shell("review", DEVELOPMENT, *words).says(phrase, exit_code=2)
    assert shell("journal").rows == []


def test_files_bear_no_marks(shell, programs):
    """What is in no deployment cannot be approved."""
    shell("review", DEVELOPMENT, "--agent", programs[0], "--approve").says("in no deployment yet", exit_code=2)


def test_an_unknown_name_is_said(shell):
    """Neither a deployment nor a group."""
    shell("review", "Atlantis").says("There is no deployment or group 'Atlantis'", exit_code=4)


def careful(shell):
    save_contexts(
        Locations(shell.home).contexts, Contexts().with_context(NamedContext("plant", EMBEDDED, "demo", needs_approval=True))
    )


def test_a_careful_context_refuses_unapproved_production_code(shell):
    """Promotion and rollback into production want a second person, and say so; the journal has the attempt."""
    careful(shell)
    code = current(shell)
    before = current(shell, PRODUCTION)
    for words in (("promote", code, PRODUCTION), ("rollback", PRODUCTION)):
        answer = shell(*words, "--yes")
        assert (answer.exit_code, answer.raw) == (5, b"")
        assert "second person's approval" in answer.err
    assert current(shell, PRODUCTION) == before
    entries = shell("journal", "--refused", "--json").json
    assert len(entries) == 2
    assert all("approval" in each["answer"] for each in entries)


def test_ones_own_approval_is_not_enough(shell):
    """Approving one's own work and deploying it is what the setting is against."""
    careful(shell)
    shell("review", DEVELOPMENT, "--approve")
    answer = shell("promote", current(shell), PRODUCTION, "--yes")
    assert answer.exit_code == 5
    assert "only you yourself approved" in answer.err


def test_the_setting_holds_in_every_context(shell):
    """needs_approval in settings.toml is for all of them."""
    (shell.home / "settings.toml").write_text("needs_approval = true\n", encoding="utf-8")
    answer = shell("review", current(shell), "--to", PRODUCTION)
    assert answer.exit_code == AGAINST
    assert "nobody approved the code" in answer.out


def test_a_deployment_as_json(shell, programs):
    """deploy, promote and rollback print what came of them, and without --yes the plan."""
    plan = shell("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--json")
    assert plan.exit_code == 2
    assert (plan.json["deployment"], plan.json["devices"]) == (None, 26)
    done = shell("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--json", "--yes").json
    assert done["deployment"]["id"] == current(shell)
    assert (done["restart_failure"], done["was_looked_up"]) == (None, False)
    back = shell("rollback", DEVELOPMENT, "--json", "--yes").json["deployment"]
    assert back["tags"] == ["rollback"]
    assert back["origin"] == done["before"]["sha"] == back["sha"]
    assert back["sha"][:12] in back["description"]


def test_a_difference_as_json(shell, programs):
    """Counts and patch for each program; the exit code is as without."""
    answer = shell("diff", programs[0], programs[1], "--json")
    assert answer.exit_code == 1
    (only,) = answer.json
    assert (only["added"], only["removed"]) == (2, 1)
    assert shell("diff", programs[0], programs[0], "--json").json[0]["patch"] == ""


class TestJournal:
    """Reading it, narrowed down, and taking it elsewhere."""

    @pytest.fixture
    def busy(self, shell, programs):
        shell("review", DEVELOPMENT, "--approve", "--reason", "fine")
        shell("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--yes", "--restart", "hard")
        return shell

    def test_by_kind(self, busy):
        """The last word of what was done is its kind."""
        assert [each["verb"] for each in busy("journal", "--kind", "group", "--json").json] == ["restart group"]
        assert len(busy("journal", "--kind", "group", "--kind", "deployment").rows) == 3

    def test_by_date(self, busy):
        """From a day on, and before one."""
        assert len(busy("journal", "--since", "2020-01-01").rows) == 3
        assert busy("journal", "--until", "2020-01-01").rows == []

    def test_by_context(self, busy):
        """Only what was done in the context of that name."""
        assert len(busy("journal", "--all-contexts", "--in-context", "demo").rows) == 3
        assert busy("journal", "--all-contexts", "--in-context", "plant").rows == []

    def test_an_export_is_private_whole_and_oldest_first(self, busy, tmp_path):
        """One JSON document a line, for one's own eyes; the journal stays as it is."""
        before = busy("journal", "--json").json
        path = tmp_path / "journal.jsonl"
        answer = busy("journal", "--export", path, "--limit", "1")
        assert (answer.exit_code, answer.raw) == (0, b"")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert [each["verb"] for each in lines] == ["approve deployment", "create deployment", "restart group"]
        assert lines[0]["after"]["description"] == "Candidate for the field test [approved by demo: fine]"
        assert busy("journal", "--json").json == before

    def test_an_export_overwrites_nothing(self, busy, tmp_path):
        """A file that is there stays as it is."""
        path = tmp_path / "mine.txt"
        path.write_text("mine", encoding="utf-8")
        busy("journal", "--export", path).says("is there already")
        assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["review", "deploy", "promote", "rollback", "rollout", "diff", "journal", "check"])
def test_exit_codes_are_documented(shell, command):
    """--help says what each exit code means."""
    answer = shell(command, "--help")
    assert "xit code" in answer.out or "Exit 0" in answer.out
