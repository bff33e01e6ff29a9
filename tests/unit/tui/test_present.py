"""How things look."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from imptui.domain.device import Device, Reading
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeviceId, GroupId
from imptui.domain.rows import DeviceRow, Sample, Tally
from imptui.fleet.status import Context, PassProgress, Status
from imptui.query.list_columns import ON_SCREEN
from imptui.tui.present.age import ago, freshness, moment
from imptui.tui.present.device import changes, facts, layout
from imptui.tui.present.elapsed import span
from imptui.tui.present.glyphs import ASCII, UNICODE, Glyphs
from imptui.tui.present.group import percent, share, type_line
from imptui.tui.present.header import header
from imptui.tui.present.safe import width
from imptui.tui.present.signal import bars, history, memory
from imptui.tui.terminal.osc52 import LIMIT_BYTES, osc52

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEVICE = Device(
    id=DeviceId("5000d8c46a56cfca"), name="pump", mac_address=None, ip_address=None, imp_type="imp005", swversion=None,
    plan_id=None, is_online=True, state_changed_at=NOW, agent_id=None, agent_url=None, is_agent_running=True,
    agent_state_changed_at=None, last_enrolled_at=None, owner_id=AccountId("a"), group_id=GroupId("g"), product_id=None,
)  # fmt: skip
ROW = DeviceRow(DEVICE, "bench", "Greenhouse", Reading(-60, 20_000, NOW), None, 1)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (99, "99 s"), (100, "1 min"), (5400, "1 h"), (172_799, "47 h"), (172_800, "2 d")]
)
def test_spans_have_one_unit(seconds: int, words: str) -> None:
    """A length of time is said in the unit people would use."""
    assert span(seconds) == words


def test_what_is_not_known_is_not_now() -> None:
    """A time that nobody told is a dash."""
    assert ago(None, NOW) == "-"
    assert freshness(None, NOW) == "not read yet"
    assert freshness(NOW - timedelta(hours=5), NOW).startswith("as of ")
    assert moment(None, NOW) == "-"


def test_ages_widen() -> None:
    """In the ten minutes after something happened its age reads in seven ways, and in the first minute in one."""
    words = [ago(NOW - timedelta(seconds=each), NOW) for each in range(601)]
    assert set(words[:60]) == {"just now"}
    assert list(dict.fromkeys(words)) == ["just now", *[f"{each} min ago" for each in (1, 2, 3, 4, 5, 10)]]
    halves = [ago(NOW - timedelta(minutes=each), NOW) for each in range(60, 24 * 60, 30)]
    assert list(dict.fromkeys(halves)) == [f"{each} h ago" for each in range(1, 24)]
    assert ago(NOW - timedelta(days=9, hours=20), NOW) == "9 d ago"


def test_the_header_reads_the_same_as_time_goes_by() -> None:
    """Hours later, on the same day, the header says the same of what was read then."""
    read_at = NOW.replace(hour=1)
    assert len({freshness(read_at, read_at + timedelta(minutes=each)) for each in range(0, 300, 7)}) == 1


@pytest.mark.parametrize(
    ("days", "words"), [(0, r"\d\d:\d\d"), (2, r"[A-Z]\w\w \d\d:\d\d"), (20, r"\d\d \w{3}"), (400, "2025-01-25")]
)
def test_lists_say_when(days: int, words: str) -> None:
    """A list says the time of today, the day of this week, the date before that, in ten cells at most."""
    said = moment(NOW - timedelta(days=days), NOW)
    assert re.fullmatch(words, said)
    assert len(said) <= 10


def test_a_history_without_news_stands_still() -> None:
    """Within the time of one cell a history is painted the same."""
    samples = [sample(minutes, -50 - minutes % 7) for minutes in range(3, 60, 4)]
    lines = {
        history(samples, "rssi_dbm", 6, NOW + timedelta(seconds=each), UNICODE, timedelta(hours=1)) for each in range(1, 590, 31)
    }
    assert len(lines) == 1


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_sign_is_one_cell_wide(glyphs: Glyphs) -> None:
    """Signs of ours measure one cell in either set, and the ASCII ones are ASCII."""
    signs = [glyphs.online, glyphs.offline, glyphs.mark, glyphs.pending, *glyphs.bars, *glyphs.spark, glyphs.other_type]
    signs += [icon for _, icon in glyphs.types]
    assert all(width(sign) == 1 for sign in signs)
    assert len({icon for _, icon in glyphs.types}) == len(GroupType)
    assert not glyphs.is_ascii or "".join(signs).isascii()


def test_unknown_types_keep_their_name() -> None:
    """A group type that came after us is shown by the service's word."""
    assert type_line("hologram", UNICODE) == "? hologram"
    assert type_line(GroupType.PRE_FACTORY, ASCII) == "f Pre-factory"


def test_bars_follow_the_signal() -> None:
    """The stronger the signal the more bars; nothing reported is no bar and no guess."""
    counts = [bars(dbm, UNICODE).count(UNICODE.no_bar) for dbm in (-95, -85, -80, -70, -50)]
    assert counts == [4, 3, 2, 1, 0]
    assert bars(None, UNICODE) == "    "
    assert memory(None) == "-"
    assert memory(20_582) == "20.1k"


def sample(minutes: int, dbm: int | None) -> Sample:
    return Sample(DEVICE.id, NOW - timedelta(minutes=minutes), True, dbm, None)


def test_gaps_stay_gaps() -> None:
    """A history with a hole in it has a blank there, not a line drawn over it."""
    samples = [sample(55, -50), sample(45, -60), sample(5, -70)]
    line = history(samples, "rssi_dbm", 6, NOW, UNICODE, timedelta(hours=1))
    assert [character == " " for character in line] == [False, False, True, True, True, False]
    assert line[0] == UNICODE.spark[-1]
    assert line[-1] == UNICODE.spark[0]


def test_all_and_none_are_said_only_when_true() -> None:
    """999 of 1,000 is not 100 %."""
    assert percent(Tally(1000, 999)) == "99 %"
    assert percent(Tally(1000, 1)) == "1 %"
    assert percent(Tally(5, 5)) == "100 %"
    assert share(Tally()) == "empty"


@pytest.mark.parametrize("cells", [10, 38, 78, 118, 200])
def test_columns_fit(cells: int) -> None:
    """The columns of a list never take more than its width, and state and name are always there."""
    columns = layout(cells, is_wide=False)
    assert sum(own for _, own in columns) + len(columns) - 1 <= cells
    assert cells < 38 or {"state", "name"} <= {heading.key for heading, _ in columns}


def test_wide_shows_everything() -> None:
    """With wide columns all of them are there."""
    assert len(layout(80, is_wide=True)) == len(ON_SCREEN)


def test_changed_cells_know_their_direction() -> None:
    """A weaker signal falls, more memory rises, and what stayed is not marked."""
    newer = replace(ROW, reading=Reading(-70, 21_000, NOW))
    assert changes(ROW, newer) == {"rssi": -1, "memory": 1}
    assert changes(ROW, ROW) == {}


def test_jitter_is_not_marked() -> None:
    """Two decibels, and one byte in twenty-one of memory, are what a device does that nobody touches; a first reading is no news."""
    assert changes(ROW, replace(ROW, reading=Reading(-62, 19_050, NOW))) == {}
    assert changes(ROW, replace(ROW, reading=Reading(-63, 19_000, NOW))) == {"rssi": -1, "memory": -1}
    assert changes(replace(ROW, reading=None), ROW) == {}


def test_every_attribute_of_the_primer_is_told() -> None:
    """The facts about a device hold all attributes of the primer's list."""
    labels = {label for label, _ in facts(ROW, NOW)}
    assert labels >= {
        "name",
        "id",
        "MAC",
        "IP address",
        "imp",
        "software",
        "state",
        "RSSI",
        "free memory",
        "agent",
        "last BlinkUp",
    }


STATUS = Status(1, NOW, PassProgress("devices", 1200, None, NOW), True, None, 31, 40, False, None)
CONTEXT = Context("plant", "https://api.electricimp.com/v5", "ada")


@pytest.mark.parametrize("cells", [20, 40, 60, 80, 200])
def test_the_header_fits(cells: int) -> None:
    """The header leaves out what is wanted least until it fits; whether changes are allowed is always there."""
    pieces = header(CONTEXT, STATUS, Tally(10, 5, 0, 3), NOW, cells, UNICODE)
    text = "".join(text for text, _ in pieces)
    assert width(text) <= cells
    assert "RW" in text


def test_the_header_tells_all_it_can() -> None:
    """With room there is context, endpoint, budget, progress and problems."""
    text = "".join(text for text, _ in header(CONTEXT, STATUS, Tally(10, 5, 0, 3), NOW, 200, UNICODE))
    for part in ("plant", "api.electricimp.com", "20+/40 req", "reading devices 1,200", "3 problems"):
        assert part in text


def test_a_budget_that_runs_low_is_told_to_the_number() -> None:
    """Less than half of the budget left is worth a number; more of it reads the same whatever polling takes."""
    said = {
        left: "".join(text for text, _ in header(CONTEXT, replace(STATUS, budget_remaining=left), Tally(), NOW, 200, UNICODE))
        for left in (40, 30, 20, 19)
    }
    assert said[40] == said[30] == said[20]
    assert "19/40 req" in said[19]


def test_read_only_is_said_with_its_reason() -> None:
    """A read-only header says RO, and why."""
    status = replace(STATUS, read_only_because="started with --readonly")
    text = "".join(text for text, _ in header(CONTEXT, status, Tally(), NOW, 200, UNICODE))
    assert "RO" in text
    assert "started with --readonly" in text


def test_the_clipboard_is_wrapped_for_multiplexers() -> None:
    """tmux and screen need the sequence wrapped; too much is not sent at all."""
    plain = osc52("x", {"TERM": "xterm"})
    assert plain == "\x1b]52;c;eA==\x07"
    assert osc52("x", {"TMUX": "1"}) == "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"
    assert osc52("x" * 1000, {"TERM": "screen"}) is not None
    assert osc52("x" * (LIMIT_BYTES + 1), {}) is None
