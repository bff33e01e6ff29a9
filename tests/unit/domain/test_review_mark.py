"""Review marks: writing, reading, and their combined verdict."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from imptui.domain.deployment import TAG, Deployment
from imptui.domain.errors import Invalid, Rule
from imptui.domain.ids import AccountId, DeploymentId
from imptui.domain.review_mark import (
    ReviewMark,
    Verdict,
    description_of,
    lack_of_approval,
    live_marks,
    marks_of,
    own_tags,
    short,
    verdict_of,
    with_mark,
)

AT = datetime(2026, 11, 23, 13, 2, 11, tzinfo=UTC)
SHA = "3f2a9c0d1e2b" + "0" * 52
ALICE = AccountId("aaaaaaaa-1b7f-4c55-8a0f-4b4cf3f0f001")
BOB = AccountId("bbbbbbbb-1b7f-4c55-8a0f-4b4cf3f0f002")
CAROL = AccountId("cccccccc-1b7f-4c55-8a0f-4b4cf3f0f003")


def made(description=None, tags=(), creator=ALICE, sha=SHA, at=AT):
    """Return a deployment by Alice."""
    return Deployment(DeploymentId("d"), sha, description, None, False, tuple(tags), at, None, None, None, None, creator, ALICE)


def mark(account=BOB, who="bob", verdict=Verdict.APPROVED, reason="", at=AT, sha=SHA):
    """Return an approval by Bob."""
    return ReviewMark(verdict, who, short(account), at, short(sha), reason)


def with_marks(deployment, *marks):
    """Return a deployment with marks."""
    for each in marks:
        description, tags = with_mark(deployment, each)
        deployment = replace(deployment, description=description, tags=tags)
    return deployment


def test_a_mark_is_one_readable_tag():
    """The tag of a mark shows account, verdict and time to any client; the description has the reason."""
    bearer = with_marks(made("Fix the leak", ["v1"]), mark(verdict=Verdict.OBJECTED, reason="it forgets the clock"))
    assert bearer.tags == ("v1", "objected.20261123T130211Z.3f2a9c0d1e2b.bbbbbbbb1b7f.bob")
    assert bearer.description == "Fix the leak [objected by bob: it forgets the clock]"


@given(
    who=st.text(min_size=1, max_size=12),
    reason=st.text(max_size=40),
    words=st.text(max_size=60),
    verdict=st.sampled_from(Verdict),
)
def test_a_mark_comes_back_as_it_was_put(who, reason, words, verdict):
    """A mark is read as it was written, whatever name and reason contain, and the user's text stays the same."""
    bearer = with_marks(made(words, ["v1"]), mark(who=who, reason=reason, verdict=verdict))
    (found,) = marks_of(bearer)
    assert (found.who, found.verdict, found.at, found.is_by(BOB)) == (who, verdict, AT, True)
    assert found.reason == " ".join(reason.split()).replace("[", "(").replace("]", ")")
    assert description_of(bearer) == words
    assert own_tags(bearer.tags) == ("v1",)
    assert all(TAG.fullmatch(tag) for tag in bearer.tags)


def test_a_second_mark_by_the_same_person_replaces_the_first():
    """A second mark by the same person replaces the first one and its reason."""
    bearer = with_marks(
        made("Fix"),
        mark(verdict=Verdict.OBJECTED, reason="too slow"),
        mark(CAROL, "carol", reason="fine"),
        mark(reason="quick now", at=AT + timedelta(hours=1)),
    )
    assert [(each.who, each.verdict, each.reason) for each in marks_of(bearer)] == [
        ("carol", Verdict.APPROVED, "fine"),
        ("bob", Verdict.APPROVED, "quick now"),
    ]
    assert bearer.description == "Fix [approved by carol: fine] [approved by bob: quick now]"


def test_of_two_tags_by_one_person_the_later_counts():
    """Of two tags by one person, as two consoles may write them, the later one counts."""
    early = with_marks(made(), mark(verdict=Verdict.OBJECTED))
    late = with_marks(made(), mark(at=AT + timedelta(seconds=5)))
    for tags in (early.tags + late.tags, late.tags + early.tags):
        assert [each.verdict for each in marks_of(made(tags=tags))] == [Verdict.APPROVED]


def test_a_mark_copied_to_other_bytes_is_stale():
    """A mark that was copied to a deployment with other code is stale."""
    other = made(tags=with_marks(made(), mark()).tags, sha="f" * 64)
    assert len(marks_of(other)) == 1
    assert live_marks(other) == ()
    assert verdict_of(other) is None


def test_an_objection_outweighs_approvals():
    """One objection outweighs any number of approvals."""
    bearer = with_marks(made(), mark(), mark(CAROL, "carol", Verdict.OBJECTED, "no"))
    assert verdict_of(bearer) is Verdict.OBJECTED


def test_a_reason_that_does_not_fit_says_by_how_much():
    """A reason that exceeds the 255 characters of a description is refused with the excess; nothing is cut."""
    with pytest.raises(Invalid, match="5 characters too long"):
        with_mark(made("x" * 200), mark(reason="y" * (55 - len(" [approved by bob: ]") + 5)))


def test_what_people_wrote_in_brackets_is_theirs():
    """Text in brackets that looks like a reason, without a mark of that person, stays in the description."""
    assert description_of(made("see [approved by bob: yesterday]")) == "see [approved by bob: yesterday]"


@pytest.mark.parametrize("tag", ["approved", "approved.x.y.z.bob", "approved.20269923T130211Z.3f2a.bbbb.bob", "approved.v1"])
def test_tags_of_people_are_no_marks(tag):
    """A tag is a mark only in its complete form and with a valid time."""
    assert marks_of(made(tags=[tag])) == ()


class TestApproval:
    """Approval of production code where a second person is required."""

    def test_somebody_else_will_do(self):
        """After Bob approved Alice's code, Carol and Alice may deploy it."""
        bearer = with_marks(made(), mark())
        assert lack_of_approval([bearer], CAROL) is None
        assert lack_of_approval([bearer], ALICE) is None

    @pytest.mark.parametrize(
        ("marks", "me", "phrase"),
        [
            ((), CAROL, "nobody approved"),
            ((mark(ALICE, "alice"),), CAROL, "only alice, who made it, approved"),
            ((mark(),), BOB, "only you yourself approved"),
            ((mark(ALICE, "alice"), mark()), BOB, "only alice, who made it, and you yourself approved"),
            ((mark(), mark(CAROL, "carol", Verdict.OBJECTED, "it leaks")), ALICE, "carol objects to this code: it leaks"),
            ((mark(sha="f" * 64),), CAROL, "nobody approved"),
        ],
    )
    def test_these_do_not(self, marks, me, phrase):
        """Production code without a valid approval by a second person, or with an objection, is refused with the reason."""
        refusal = lack_of_approval([with_marks(made(), *marks)], me)
        assert refusal is not None
        assert refusal.rule is Rule.NOT_APPROVED
        assert phrase in refusal.reason

    def test_the_author_of_the_bytes_stays_the_author_when_another_promotes_them(self):
        """Alice stays the author of her code after Bob promoted it; her mark on Bob's copy does not count."""
        first = made()
        copy = with_marks(made(creator=BOB, at=AT + timedelta(days=1)), mark(ALICE, "alice"))
        assert lack_of_approval([first, copy], CAROL) is not None

    def test_an_approval_on_an_earlier_copy_of_the_same_bytes_counts(self):
        """An approval of an earlier copy of the same code counts for the later copy."""
        bearer = with_marks(made(), mark())
        assert lack_of_approval([bearer, made(creator=CAROL, at=AT + timedelta(days=1))], CAROL) is None

    def test_code_that_was_never_deployed_cannot_be_approved(self):
        """Code that was never deployed cannot be approved, and the refusal says to deploy it to another group first."""
        refusal = lack_of_approval([], CAROL)
        assert refusal is not None and "promote that deployment" in refusal.reason
