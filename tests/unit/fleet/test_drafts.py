"""Drafts over the end of the process that made them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from imptui.cache.store import Cache
from imptui.domain.deployment import Programs
from imptui.domain.errors import Invalid
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.rows import SavedDraft
from imptui.fleet.deployments.draft import Draft, key_of, saved_of
from imptui.fleet.fleet import Fleet

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from imptui.cache.store import Cache
from imptui.domain.rows import SavedDraft

cache = Cache.open(Path(sys.argv[1])).cache
cache.drafts.save(SavedDraft("deploy g", sys.argv[2], datetime(2026, 3, 1, tzinfo=UTC)))
os.kill(os.getpid(), signal.SIGKILL)
"""


async def drafted(fleet: Fleet) -> Draft:
    product = await fleet.change.create_product("Greenhouse")
    group: DeviceGroup = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    made = await fleet.drafting.draft(group.id, Programs("// ü\x00\ud800", "server.log(1);"), source="a file", description="words")
    assert made.key == key_of(group.id, made.programs)
    return made


async def test_a_kept_draft_outlives_kill_9(fleet: Fleet, cache: Cache, tmp_path: Path) -> None:
    """The process that kept it ends by SIGKILL right after; the next one has every byte of it."""
    made = await drafted(fleet)
    path = tmp_path / "cache.db"
    body = saved_of(made, fleet.changes.now()).body
    done = subprocess.run([sys.executable, "-c", KILLED, path, body], env=os.environ, check=False)  # noqa: ASYNC221 - our own program
    assert done.returncode == -signal.SIGKILL
    opened = Cache.open(path).cache
    (found,) = opened.drafts.all()
    opened.close()
    cache.drafts.save(found)
    (unfinished,) = await fleet.drafts.unfinished()
    resumed = await fleet.drafting.resume(unfinished)
    assert (resumed.programs, resumed.description) == (made.programs, "words")


DAMAGED = ('{"programs": {}}', "{", "[]", '{"group_id": 5}', "[" * 5000)


@pytest.mark.parametrize("body", DAMAGED, ids=lambda body: body[:12])
async def test_a_damaged_draft_is_a_sentence(fleet: Fleet, cache: Cache, body: str) -> None:
    """A kept draft that makes no sense is listed with what is wrong and cannot be gone on with, and the others can."""
    made = await drafted(fleet)
    await fleet.drafts.save(made)
    cache.drafts.save(SavedDraft("deploy old", body, fleet.changes.now()))
    (damaged,) = [each for each in await fleet.drafts.unfinished() if each.trouble]
    assert "'deploy old' is damaged" in str(damaged.trouble)
    with pytest.raises(Invalid, match="kept until you discard it"):
        await fleet.drafting.resume(damaged)
    kept = await fleet.drafting.kept(made.group.id)
    assert kept is not None
    assert kept.description == "words"


async def test_a_damaged_draft_is_not_written_over(fleet: Fleet, cache: Cache) -> None:
    """When the same programs are reviewed anew, what was kept of them before and is damaged lies aside until discarded."""
    made = await drafted(fleet)
    cache.drafts.save(SavedDraft(made.key, '{"damaged": 1}', fleet.changes.now()))
    await fleet.drafts.save(await fleet.drafting.remembered(made))
    assert sorted(each.trouble is None for each in await fleet.drafts.unfinished()) == [False, True]
    assert '{"damaged": 1}' in [each.body for each in cache.drafts.all()]


async def test_several_reviews_of_a_group_are_kept_beside_one_another(fleet: Fleet) -> None:
    """Another source for the same group takes nothing away from the review that was begun before."""
    made = await drafted(fleet)
    other = await fleet.drafting.draft(made.group.id, Programs("// other", ""), source="another file", description="others")
    await fleet.drafts.save(made)
    await fleet.drafts.save(other)
    assert {each.description for each in await fleet.drafts.unfinished(made.group.id)} == {"words", "others"}
    await fleet.deploys.deploy(other)
    assert [each.description for each in await fleet.drafts.unfinished(made.group.id)] == ["words"]


async def test_a_review_that_waited_tells_what_arrived_meanwhile(fleet: Fleet) -> None:
    """A draft begun before another deployment came says so when it is gone on with."""
    made = await drafted(fleet)
    await fleet.drafts.save(made)
    other = await fleet.drafting.draft(made.group.id, Programs("// other", ""), source="another file")
    await fleet.deploys.deploy(other)
    (unfinished,) = await fleet.drafts.unfinished()
    resumed = await fleet.drafting.resume(unfinished)
    assert "moved" in [each.key for each in resumed.cautions]
    assert resumed.base_programs == other.programs
