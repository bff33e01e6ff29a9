"""Lines on a grid, and which lines of a log are shown."""

from datetime import UTC, datetime, timedelta

import pytest

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.fleet.logs.log_events import LogEvent, LogEventKind
from imptui.tui.present.log_choice import LogChoice, LogPart
from imptui.tui.present.log_events import grouped, words
from imptui.tui.present.plotting import Plot

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PUMP, VALVE = DeviceId("5000d8c46a56cfca"), DeviceId("5000d8c46a56cfcb")


def drawn(plot: Plot) -> list[str]:
    return ["".join(text for text, _ in line) for line in plot.lines()]


@pytest.mark.parametrize(
    ("is_ascii", "picture"),
    [(False, ["──┬──", "  │  ", "  └──"]), (True, ["--+--", "  |  ", "  +--"])],
)
def test_corners_and_forks_come_by_themselves(is_ascii: bool, picture: list[str]) -> None:
    """A line that leaves another one makes a fork, one that turns makes a corner."""
    plot = Plot(5, 3, is_ascii=is_ascii)
    plot.line(0, 0, 0, 4, "")
    plot.line(0, 2, 2, 2, "")
    plot.line(2, 2, 2, 4, "")
    assert drawn(plot) == picture


def test_text_lies_over_lines() -> None:
    """What is written hides the line below it, and nothing moves."""
    plot = Plot(7, 1, is_ascii=True)
    plot.line(0, 0, 0, 6, "")
    plot.write(0, 2, [("abc", "title")], 3)
    assert drawn(plot) == ["--abc--"]


def test_lines_outside_are_cut() -> None:
    """A line that leaves the grid ends at its edge."""
    plot = Plot(3, 1, is_ascii=True)
    plot.line(0, -2, 0, 9, "")
    assert drawn(plot) == ["---"]


def entry(kind: str, device: DeviceId = PUMP, minutes: int = 0) -> LogEntry:
    return LogEntry(device, NOW - timedelta(minutes=minutes), kind, "x")


@pytest.mark.parametrize(
    ("part", "kinds"),
    [
        (LogPart.ALL, {"server.log", "server.error", "agent.log", "agent.error", "status", "lastexitcode"}),
        (LogPart.ERRORS, {"server.error", "agent.error", "lastexitcode"}),
        (LogPart.AGENT, {"agent.log", "agent.error"}),
        (LogPart.DEVICE, {"server.log", "server.error"}),
        (LogPart.SERVICE, {"status", "lastexitcode"}),
    ],
)
def test_parts_of_a_log(part: LogPart, kinds: set[str]) -> None:
    """Errors are those of device and agent and why a device stopped; all that is neither device nor agent is the service."""
    every = ("server.log", "server.error", "agent.log", "agent.error", "status", "lastexitcode")
    assert {kind for kind in every if LogChoice(part).shows(entry(kind))} == kinds


def test_one_device_since_a_time() -> None:
    """A choice narrows by device and time together, and says so."""
    choice = LogChoice(LogPart.ERRORS, PUMP, NOW - timedelta(minutes=5))
    assert choice.shows(entry("agent.error", minutes=3))
    assert not choice.shows(entry("agent.error", minutes=9))
    assert not choice.shows(entry("agent.error", VALVE))
    assert choice.words({PUMP: "pump"}).startswith("only errors of pump since ")


def test_every_remark_has_words() -> None:
    """Whatever happens to a stream is said in a sentence, with the device's name and how long nobody listened."""
    for kind in LogEventKind:
        said = words(LogEvent(kind, NOW, PUMP, "because", 12), {PUMP: "pump {x}"})
        assert said.startswith("--- ")
        assert said.endswith(" ---")
    assert words(LogEvent(LogEventKind.GAP, NOW, number=12), {}) == "--- 12 s not heard; what is known of them follows ---"
    assert "pump {x} left" in words(LogEvent(LogEventKind.LEFT, NOW, PUMP), {PUMP: "pump {x}"})


def test_places_are_told_in_one_line() -> None:
    """Several devices that got their places one after the other share a line; a log line between them parts it."""
    got = [LogEvent(LogEventKind.SUBSCRIBED, NOW, each) for each in (PUMP, VALVE)]
    line = entry("server.log")
    assert grouped([*got, line, got[0]]) == [tuple(got), line, (got[0],)]
