"""Sessions that were recorded, and what their replay shows: the same screens, without a network."""

import errno
import os
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events

from imptui.cli.record import Recording, open_replay, run_to_the_end
from imptui.cli.runner import Trouble
from imptui.client.secret import Secret
from imptui.config.settings import Settings
from imptui.config.state import SessionState
from imptui.domain.deployment import Programs
from imptui.domain.errors import Refused
from imptui.domain.ids import DeploymentId
from imptui.fleet.record import event_log
from imptui.fleet.record.event_log import CACHE, EVENTS, read_events
from imptui.tui.commands.questions import Form, FormField
from imptui.tui.replay import ReplayApp
from imptui.tui.screens.help import HelpPage
from imptui.tui.screens.rollout import RolloutPage
from imptui.tui.widgets.dialogs.question import QuestionDialog
from tests.journeys.conftest import Person, Plant, sitting_at
from tests.journeys.test_review import deployed

RECORDS = Path(__file__).parent / "records"

UNBOND_KEY = "unbond-key-f00dcafe"
PASSWORD = "correct-horse-battery"
LOGIN_KEY = "0123456789abcdef"


@asynccontextmanager
async def recorded(plant: Plant, folder: Path, size: tuple[int, int] = (120, 30)) -> AsyncIterator[Person]:
    """Record a session of a console in a folder."""
    recording = Recording(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(size[0]))
        patch.setenv("LINES", str(size[1]))
        recording.begin(plant.fleet, plant.fleet._cache, plant.fleet._central, Settings(), SessionState())
    plant.line.engine = recording.around("http://engine.test/v5", lambda engine=plant.line.engine: engine)()
    async with sitting_at(plant, size, before=recording.attach) as person:
        yield person
        recording.log.write("clock")
        await person.pilot.pause(0.1)
        recording.close()


async def replayed(folder: Path, temporary: Path) -> ReplayApp:
    """Play a record at full speed; the console is over, and its last screen is known."""
    app, size = open_replay(folder, temporary)
    await run_to_the_end(app, size)
    assert app.played is not None
    app.played.result()
    return app


def kinds(folder: Path) -> list[str]:
    return [each.kind for each in read_events(folder)]


@pytest.fixture
async def history(plant: Plant) -> Sequence[DeploymentId]:
    """The bench ran "first light" and runs "second light"."""
    programs = [Programs(f'server.log("agent {number}");\n', "function blink() {}\nblink();\n") for number in (1, 2)]
    words = ["first light", "second light"]
    return [await deployed(plant, plant.bench, each, told) for each, told in zip(programs, words, strict=True)]


async def rolls_back(person: Person) -> None:
    """Go to the bench, review what ran there before, deploy it, and look at the rollout."""
    await person.commands("goto bench")
    await person.rests()
    await person.presses("b")
    await person.waits_for("first light")
    await person.rests()
    await person.presses("j", "B")
    await person.waits_for("both programs compile")
    await person.presses("P")
    await person.waits_for(lambda: isinstance(person.app.screen, QuestionDialog))
    await person.presses("right", "enter")
    await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))
    await person.waits_for("restarted")


async def test_a_session_of_browsing_filtering_resizing_and_deploying_ends_at_the_same_screen(
    plant: Plant, history: Sequence[DeploymentId], tmp_path: Path
) -> None:
    """The replay of a session shows the same text as the session did at its end."""
    folder = tmp_path / "record"
    async with recorded(plant, folder) as person:
        await person.presses("j", "j", "slash")
        await person.types("unit-1")
        await person.presses("enter")
        await person.waits_for("unit-00", gone=True)
        await person.pilot.resize_terminal(80, 24)
        await person.rests()
        await person.pilot.resize_terminal(110, 30)
        await person.rests()
        await rolls_back(person)
        await person.rests()
        shown = person.screen()
    assert {"key", "resize", "batch", "call", "news", "end"} <= set(kinds(folder))
    assert "restarted" in shown
    assert (await replayed(folder, tmp_path / "replay")).last_screen == shown


async def test_quit_with_enter_twice_in_one_burst_quits_nothing_in_a_replay(tmp_path: Path) -> None:
    """The recorded `q`, Enter, Enter of one burst at 80x24 leave the question open."""
    app = await replayed(RECORDS / "quit-in-one-burst", tmp_path)
    assert "Quit imptui?" in app.last_screen
    assert not app.was_left


async def test_a_recorded_quit_leaves_the_replay(plant: Plant, tmp_path: Path) -> None:
    """A replay ends where the person left the console: keys that came later than the dialog answer it again."""
    folder = tmp_path / "record"
    async with recorded(plant, folder, (80, 24)) as person:
        await person.presses("q")
        await person.waits_for("Quit imptui?")
        await person.pilot.pause(0.4)
        await person.presses("right", "enter")
        await person.waits_for(lambda: not person.app.is_running)
    assert (await replayed(folder, tmp_path / "replay")).was_left


async def test_no_secret_is_in_a_record(plant: Plant, tmp_path: Path) -> None:
    """Passwords, unbond keys, login keys and tokens are in no file of a record; a replay types something else."""
    folder, fleet = tmp_path / "record", plant.fleet
    secrets = [PASSWORD, UNBOND_KEY, LOGIN_KEY]
    async with recorded(plant, folder) as person:
        for number, secret in enumerate(secrets):
            form = Form(f"Question {number}", (FormField("answer", "secret", is_secret=True),), "Go on")
            person.app.run_worker(person.app.fill(form))
            await person.waits_for(f"Question {number}")
            await person.types_letters(secret[:6])
            await person.types(secret[6:])
            await person.presses("ctrl+s")
            await person.waits_for(f"Question {number}", gone=True)
        person.app.post_message(events.Paste(PASSWORD))
        await person.waits_for("Pasted text")
        await fleet.sign_in("demo", Secret("demo"))
        with pytest.raises(Refused):
            await fleet.sign_in("demo", Secret(PASSWORD))
        await fleet.change.devices.unassign([plant.devices[0]], unbond_key=Secret(UNBOND_KEY))
        made = await fleet._central.login_keys.create(Secret("demo"), "for scripts")
        credentials = fleet._central.credentials
        secrets += [made.id, credentials.access_token.reveal(), credentials.refresh_token.reveal()]
        await person.rests()
    found = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert set(found) == {EVENTS, CACHE}
    assert [(name, secret) for secret in secrets for name, data in found.items() if secret.encode() in data] == []
    assert [secret for secret in secrets if secret[:6].encode() in found[EVENTS]] == []
    assert sum(each.fields["count"] for each in read_events(folder) if each.kind == "secret") == sum(map(len, secrets[:3]))


async def test_a_record_is_private_and_needs_an_empty_folder(plant: Plant, tmp_path: Path) -> None:
    """The folder of a record is 0700 and its files 0600; a folder that holds something is refused and left as it is."""
    folder = tmp_path / "record"
    async with recorded(plant, folder):
        pass
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()] == [0o600, 0o600]
    before = {each: each.read_bytes() for each in folder.iterdir()}
    with pytest.raises(Trouble, match="not empty"):
        Recording(folder)
    assert {each: each.read_bytes() for each in folder.iterdir()} == before


async def test_a_replay_changes_nothing_but_its_temporary_folder(
    plant: Plant, history: Sequence[DeploymentId], tmp_path: Path
) -> None:
    """Playing a record leaves the record as it is, and sends nothing to the service."""
    folder = tmp_path / "record"
    async with recorded(plant, folder) as person:
        await rolls_back(person)
        await person.rests()
    before = {each: each.read_bytes() for each in folder.iterdir()}
    plant.line.asked.clear()
    await replayed(folder, tmp_path / "replay")
    assert {each: each.read_bytes() for each in folder.iterdir()} == before
    assert plant.line.asked == []


async def test_a_full_disk_ends_the_recording_and_not_the_console(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk is full the console says so once, recording stops, and everything else goes on."""
    async with recorded(plant, tmp_path / "record") as person:
        with monkeypatch.context() as patch:
            patch.setattr(event_log.os, "write", disk_full)
            await person.presses("j")
            await person.waits_for("Recording has ended: No space left on device.")
        written = kinds(tmp_path / "record")
        await person.presses("slash")
        await person.types("unit-1")
        await person.presses("enter")
        await person.waits_for("unit-00", gone=True)
        await person.presses("exclamation_mark")
        await person.waits_for("Recording has ended")
        assert person.screen().count("Recording has ended") == 1
    assert kinds(tmp_path / "record") == written


def disk_full(handle: int, data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_a_replay_in_steps_waits_for_a_key(plant: Plant, tmp_path: Path) -> None:
    """With `--step` each input waits for a key of the person; the keys of the person reach nothing else."""
    folder = tmp_path / "record"
    async with recorded(plant, folder) as person:
        await person.presses("question_mark")
        await person.waits_for(lambda: isinstance(person.app.screen, HelpPage))
    app, size = open_replay(folder, tmp_path, is_stepping=True)
    async with app.run_test(size=size) as pilot:
        watcher = Person(app, pilot)
        await watcher.waits_for("unit-00")
        await watcher.pilot.pause(0.3)
        for _ in range(kinds(folder).count("resize")):
            await pilot.press("j")
        await watcher.pilot.pause(0.3)
        assert not isinstance(app.screen, HelpPage)
        await pilot.press("j")
        await watcher.waits_for(lambda: isinstance(app.screen, HelpPage))


async def test_news_of_a_pass_reach_a_replay(plant: Plant, tmp_path: Path) -> None:
    """The replay shows what passes of the recorded session brought while nobody pressed a key."""
    folder = tmp_path / "record"
    async with recorded(plant, folder) as person:
        await plant.fleet._central.devices.rename(plant.devices[0], "unit-00 renamed")
        plant.fleet.sync.start()
        await person.waits_for("unit-00 renamed")
        await person.rests()
    assert "unit-00 renamed" in (await replayed(folder, tmp_path / "replay")).last_screen
