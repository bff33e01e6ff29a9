"""Review marks: who approved a deployment or objects to it, when, why, and to which bytes.

The service knows no reviews. What all clients of an account share of a deployment, and may change, are its tags and its
description (contract 12.1), so marks live there and any client can read them:

- one tag for each person, `approved.20261123T130211Z.3f2a9c0d1e2b.b6f9a0de1b7f.alice`: the verdict, when (UTC), the first
  twelve digits of the sha that was looked at, the first twelve of the account's id, the user name. What a tag may not hold
  is written `_` and two hexadecimal digits for each byte;
- the reason, if one was given, at the end of the description: ` [objected by alice: it forgets the clock]`. What people
  wrote before it stays as it is.

A tag can be copied or forged by whoever may write tags: a mark tells colleagues, it proves nothing. One whose sha is not
that of its deployment is stale and counts for nothing.

Source: contract 12.2 (what tags and descriptions may hold), 12.3 (the sha covers both programs).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from imptui.domain import policy
from imptui.domain.deployment import Deployment
from imptui.domain.errors import Forbidden, Invalid, Rule
from imptui.domain.ids import AccountId
from imptui.domain.product import DESCRIPTION_LENGTH

SHORT = 12
"""So many characters of a sha and of an account's id are in a mark: chance makes no two alike."""

_TAG = re.compile(r"(approved|objected)\.(\d{8}T\d{6}Z)\.([0-9a-z]{1,12})\.([0-9a-z]{1,12})\.([A-Za-z0-9_-]+)")
_AT = "%Y%m%dT%H%M%SZ"
_PLAIN = re.compile(r"[A-Za-z0-9-]")
_NO_BRACKETS = str.maketrans("[]", "()")


class Verdict(StrEnum):
    """What somebody who looked at a deployment thinks of it."""

    APPROVED = "approved"
    OBJECTED = "objected"


class ReviewMark(Struct, frozen=True):
    """One person's verdict on a deployment."""

    verdict: Verdict
    who: str
    """The user name; foreign text."""
    account: str
    """`short` of the account's id."""
    at: datetime
    """When, to the second."""
    sha: str
    """`short` of the sha that was looked at."""
    reason: str = ""
    """Foreign text; empty: none was given."""

    def is_by(self, account_id: AccountId | None) -> bool:
        """Whether this account made it."""
        return account_id is not None and short(account_id) == self.account

    def is_about(self, sha: str) -> bool:
        """Whether it is about exactly these bytes; else it is stale."""
        return short(sha) == self.sha


def short(text: str) -> str:
    """The first letters and digits of a sha or an id, small."""
    return re.sub(r"[^0-9a-z]", "", text.lower())[:SHORT]


def marks_of(deployment: Deployment) -> tuple[ReviewMark, ...]:
    """The marks on a deployment, stale ones as well, the oldest first; of each person the last."""
    return _read(deployment.tags, deployment.description or "")[0]


def live_marks(deployment: Deployment) -> tuple[ReviewMark, ...]:
    """The marks that are about exactly the bytes of this deployment."""
    return tuple(mark for mark in marks_of(deployment) if mark.is_about(deployment.sha))


def standing(deployment: Deployment) -> Verdict | None:
    """What its marks come to: one objection outweighs any number of approvals; None: nobody said anything that counts."""
    verdicts = {mark.verdict for mark in live_marks(deployment)}
    return Verdict.OBJECTED if Verdict.OBJECTED in verdicts else Verdict.APPROVED if verdicts else None


def own_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags that are no marks."""
    return tuple(tag for tag in tags if _TAG.fullmatch(tag) is None)


def words_of(deployment: Deployment) -> str:
    """What people wrote as the description, without the reasons of marks."""
    return _read(deployment.tags, deployment.description or "")[1]


def marked(deployment: Deployment, mark: ReviewMark) -> tuple[str, tuple[str, ...]]:
    """Description and tags with a mark in place of the one by the same person; all the rest stays.

    Raises:
        Invalid: There is no room for it: descriptions have 255 characters, tags 500 together.
    """
    others = tuple(each for each in marks_of(deployment) if each.account != mark.account)
    return written(words_of(deployment), own_tags(deployment.tags), (*others, mark))


def written(words: str, tags: Sequence[str], marks: Sequence[ReviewMark]) -> tuple[str, tuple[str, ...]]:
    """Description and tags as they are sent: people's own, and behind them the marks.

    Raises:
        Invalid: There is no room for all of it.
    """
    reasons = " ".join(_reason(mark) for mark in marks if _clean(mark.reason))
    description = f"{words} {reasons}" if words and reasons else words or reasons
    over = len(description) - (DESCRIPTION_LENGTH.stop - 1)
    if over > 0 and reasons:
        raise Invalid(
            f"The reason is {over} characters too long: the service keeps {DESCRIPTION_LENGTH.stop - 1} for the description"
            " and the reasons of all marks together."
        )
    all_tags = (*tags, *(tag_of(mark) for mark in marks))
    for refusal in (policy.bear_description(description), policy.bear_tags(all_tags)):
        if refusal is not None:
            raise refusal
    return description, all_tags


def tag_of(mark: ReviewMark) -> str:
    """The tag that stands for a mark."""
    return f"{mark.verdict}.{mark.at.astimezone(UTC):{_AT}}.{mark.sha}.{mark.account}.{_name_out(mark.who)}"


def lack_of_approval(same_code: Sequence[Deployment], me: AccountId) -> Forbidden | None:
    """Why code may not go into production where a second person must approve it; None: it may.

    An approval counts when it is about exactly these bytes, and neither by who wrote them, nor by who made the deployment
    that bears it, nor by who is deploying. Any objection to the bytes refuses.

    Args:
        same_code: All deployments with exactly the bytes in question, in any group; empty: they were never deployed.
        me: Who is about to deploy.
    """
    if not same_code:
        return _unapproved(
            "this code is in no deployment yet, so nobody can have approved it. Deploy it to another group, have it"
            " approved there, and promote that deployment"
        )
    marks = [(mark, each) for each in same_code for mark in live_marks(each)]
    for mark, _ in marks:
        if mark.verdict is Verdict.OBJECTED:
            return _unapproved(f"{mark.who} objects to this code" + (f": {mark.reason}" if mark.reason else ""))
    first = min(same_code, key=lambda each: each.created_at)
    for mark, bearer in marks:
        if not any(mark.is_by(each) for each in (me, first.creator_id, bearer.creator_id)):
            return None
    if not marks:
        return _unapproved(f"nobody approved the code of {first.sha[:SHORT]}. Somebody else than its author must")
    by = dict.fromkeys("you yourself" if mark.is_by(me) else f"{mark.who}, who made it," for mark, _ in marks)
    return _unapproved(f"only {' and '.join(by)} approved the code of {first.sha[:SHORT]}. Somebody else must")


def _unapproved(why: str) -> Forbidden:
    return Forbidden(f"In this context production code needs a second person's approval: {why}.", Rule.NOT_APPROVED)


def _read(tags: Sequence[str], description: str) -> tuple[tuple[ReviewMark, ...], str]:
    """Marks with their reasons, and the description without these."""
    by_account: dict[str, ReviewMark] = {}
    for tag in tags:
        mark = _mark_in(tag)
        if mark is not None and (mark.account not in by_account or by_account[mark.account].at <= mark.at):
            by_account[mark.account] = mark
    marks, words = sorted(by_account.values(), key=lambda each: (each.at, each.account)), description
    is_found = True
    while is_found:  # reasons stand at the end, in any order
        is_found = False
        for number, mark in enumerate(marks):
            head = f"[{mark.verdict} by {_spoken(mark.who)}: "
            at = words.rfind(head)
            if at < 0 or mark.reason or not words.endswith("]") or "]" in words[at + len(head) : -1]:
                continue
            marks[number] = ReviewMark(mark.verdict, mark.who, mark.account, mark.at, mark.sha, words[at + len(head) : -1])
            words, is_found = words[:at].removesuffix(" "), True
    return tuple(marks), words


def _mark_in(tag: str) -> ReviewMark | None:
    found = _TAG.fullmatch(tag)
    if found is None:
        return None
    try:
        at = datetime.strptime(found[2], _AT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return ReviewMark(Verdict(found[1]), _name_in(found[5]), found[4], at, found[3])


def _reason(mark: ReviewMark) -> str:
    return f"[{mark.verdict} by {_spoken(mark.who)}: {_clean(mark.reason)}]"


def _clean(reason: str) -> str:
    """A reason in one line, with round brackets for square ones, which end it."""
    return " ".join(reason.split()).translate(_NO_BRACKETS)


def _spoken(who: str) -> str:
    return _clean(who).replace(":", ";")


def _name_out(who: str) -> str:
    return "".join(
        letter if _PLAIN.fullmatch(letter) else "".join(f"_{byte:02X}" for byte in letter.encode("utf-8", "replace"))
        for letter in who or "?"
    )


def _name_in(text: str) -> str:
    def byte_of(found: "re.Match[bytes]") -> bytes:
        return bytes((int(found[1], 16),))

    return re.sub(rb"_([0-9A-Fa-f]{2})", byte_of, text.encode("ascii")).decode("utf-8", "replace")
