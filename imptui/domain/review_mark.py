"""Review marks: approvals of and objections to a deployment, each with account, time, reason and code hash.

The service has no reviews. All clients of an account can read and change a deployment's tags and description (contract 12.1), so
marks are stored there:

- one tag for each account, `approved.20261123T130211Z.3f2a9c0d1e2b.b6f9a0de1b7f.alice`: the verdict, the UTC time, the first
  twelve digits of the reviewed sha, the first twelve of the account's id, the user name. Each byte that a tag cannot hold is
  written as `_` and two hexadecimal digits;
- the reason, if one was given, at the end of the description: ` [objected by alice: it forgets the clock]`. The text
  before it stays as it is.

Anybody who may write tags can copy or forge one: a mark informs colleagues and proves nothing. A mark whose sha differs from its
deployment's sha is stale and does not count.

Source: contract 12.2 (allowed characters of tags and descriptions), 12.3 (the sha covers both programs).
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
"""Characters of a sha and of an account id in a mark; enough to make accidental duplicates improbable."""

_TAG = re.compile(r"(approved|objected)\.(\d{8}T\d{6}Z)\.([0-9a-z]{1,12})\.([0-9a-z]{1,12})\.([A-Za-z0-9_-]+)")
_AT = "%Y%m%dT%H%M%SZ"
_PLAIN = re.compile(r"[A-Za-z0-9-]")
_NO_BRACKETS = str.maketrans("[]", "()")


class Verdict(StrEnum):
    """The decision of a reviewer on a deployment."""

    APPROVED = "approved"
    OBJECTED = "objected"


class ReviewMark(Struct, frozen=True):
    """The verdict of one account on a deployment."""

    verdict: Verdict
    who: str
    """The user name; the text comes from outside."""
    account: str
    """The account's id, shortened by `short`."""
    at: datetime
    """Time of the verdict, to the second."""
    sha: str
    """The reviewed sha, shortened by `short`."""
    reason: str = ""
    """The reason; the text comes from outside. Empty if none was given."""

    def is_by(self, account_id: AccountId | None) -> bool:
        """True if this account made the mark."""
        return account_id is not None and short(account_id) == self.account

    def is_about(self, sha: str) -> bool:
        """True if the mark is about the code with this sha; False if the mark is stale."""
        return short(sha) == self.sha


def short(text: str) -> str:
    """Return the first letters and digits of a sha or an id, in lower case."""
    return re.sub(r"[^0-9a-z]", "", text.lower())[:SHORT]


def marks_of(deployment: Deployment) -> tuple[ReviewMark, ...]:
    """Return the last mark of each account on a deployment, stale ones included, oldest first."""
    return _read(deployment.tags, deployment.description or "")[0]


def live_marks(deployment: Deployment) -> tuple[ReviewMark, ...]:
    """Return the marks whose sha is that of the deployment."""
    return tuple(mark for mark in marks_of(deployment) if mark.is_about(deployment.sha))


def verdict_of(deployment: Deployment) -> Verdict | None:
    """Return the combined verdict of the live marks; None without any. One objection outweighs any number of approvals."""
    verdicts = {mark.verdict for mark in live_marks(deployment)}
    return Verdict.OBJECTED if Verdict.OBJECTED in verdicts else Verdict.APPROVED if verdicts else None


def own_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Return the tags that are no marks."""
    return tuple(tag for tag in tags if _TAG.fullmatch(tag) is None)


def description_of(deployment: Deployment) -> str:
    """Return the description as people wrote it, without the reasons of marks."""
    return _read(deployment.tags, deployment.description or "")[1]


def with_mark(deployment: Deployment, mark: ReviewMark) -> tuple[str, tuple[str, ...]]:
    """Return description and tags with `mark` in place of the earlier one by the same account; the rest is unchanged.

    Raises:
        Invalid: The mark does not fit: a description has 255 characters, all tags together 500.
    """
    others = tuple(each for each in marks_of(deployment) if each.account != mark.account)
    return with_marks(description_of(deployment), own_tags(deployment.tags), (*others, mark))


def with_marks(words: str, tags: Sequence[str], marks: Sequence[ReviewMark]) -> tuple[str, tuple[str, ...]]:
    """Return description and tags as they are sent: the user's own text and tags first, then the marks.

    Raises:
        Invalid: The text and the marks together do not fit.
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
    for refusal in (policy.validate_description(description), policy.validate_tags(all_tags)):
        if refusal is not None:
            raise refusal
    return description, all_tags


def tag_of(mark: ReviewMark) -> str:
    """Return the tag that encodes a mark."""
    return f"{mark.verdict}.{mark.at.astimezone(UTC):{_AT}}.{mark.sha}.{mark.account}.{_encode_name(mark.who)}"


def lack_of_approval(same_code: Sequence[Deployment], me: AccountId) -> Forbidden | None:
    """Return the refusal of a production deployment that lacks a second person's approval; None if it is approved.

    An approval counts if it is about exactly this code and its account is none of these: the author of the code, the creator of
    the deployment that carries the mark, the account that deploys. Any objection to the code refuses.

    Args:
        same_code: All deployments with exactly this code, in any group; empty if it was never deployed.
        me: The account that is about to deploy.
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
    """Return the marks with their reasons, and the description without the reasons."""
    by_account: dict[str, ReviewMark] = {}
    for tag in tags:
        mark = _mark_of(tag)
        if mark is not None and (mark.account not in by_account or by_account[mark.account].at <= mark.at):
            by_account[mark.account] = mark
    marks, words = sorted(by_account.values(), key=lambda each: (each.at, each.account)), description
    is_found = True
    while is_found:  # reasons are at the end of the description, in any order
        is_found = False
        for number, mark in enumerate(marks):
            head = f"[{mark.verdict} by {_clean_name(mark.who)}: "
            at = words.rfind(head)
            if at < 0 or mark.reason or not words.endswith("]") or "]" in words[at + len(head) : -1]:
                continue
            marks[number] = ReviewMark(mark.verdict, mark.who, mark.account, mark.at, mark.sha, words[at + len(head) : -1])
            words, is_found = words[:at].removesuffix(" "), True
    return tuple(marks), words


def _mark_of(tag: str) -> ReviewMark | None:
    found = _TAG.fullmatch(tag)
    if found is None:
        return None
    try:
        at = datetime.strptime(found[2], _AT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return ReviewMark(Verdict(found[1]), _decode_name(found[5]), found[4], at, found[3])


def _reason(mark: ReviewMark) -> str:
    return f"[{mark.verdict} by {_clean_name(mark.who)}: {_clean(mark.reason)}]"


def _clean(reason: str) -> str:
    """Return a reason as one line; round brackets replace square ones, because `]` ends a reason."""
    return " ".join(reason.split()).translate(_NO_BRACKETS)


def _clean_name(who: str) -> str:
    return _clean(who).replace(":", ";")


def _encode_name(who: str) -> str:
    return "".join(
        letter if _PLAIN.fullmatch(letter) else "".join(f"_{byte:02X}" for byte in letter.encode("utf-8", "replace"))
        for letter in who or "?"
    )


def _decode_name(text: str) -> str:
    def byte_of(found: "re.Match[bytes]") -> bytes:
        return bytes((int(found[1], 16),))

    return re.sub(rb"_([0-9A-Fa-f]{2})", byte_of, text.encode("ascii")).decode("utf-8", "replace")
