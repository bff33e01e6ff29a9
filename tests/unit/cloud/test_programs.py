"""The sample programs of the demonstration world."""

import pytest

from imptui.cloud.fixtures import programs
from imptui.squirrel.interpreter.environment import ProgramEnvironment, ProgramSide
from imptui.squirrel.interpreter.session import run_pair
from imptui.squirrel.syntax.checker import check

EI = {"DEVICEGROUP_NAME": "400 US SKU", "DEVICEGROUP_TYPE": "production"}
IN_ORDER = [
    *zip(programs.METER, programs.METER[1:], strict=False),
    ("factory-us-1.0a", "factory-us-1.0b"),
    ("factory-us-1.0b", "factory-us-1.0c"),
    ("factory-us-1.0c", "factory-row-1.0c"),
    ("factory-row-1.0b", "factory-row-1.0c"),
]


@pytest.mark.parametrize("name", programs.EVERY)
@pytest.mark.parametrize("side", ["agent", "device"])
def test_every_program_compiles(name: str, side: str) -> None:
    """The imp platform's compiler takes every generation of every program."""
    assert check(programs.load(name).of(side)) is None


@pytest.mark.parametrize("name", programs.EVERY)
def test_every_generation_says_who_it_is(name: str) -> None:
    """After a restart agent and device both name their version, and nothing goes wrong."""
    code = programs.load(name)
    transcript = run_pair(code.device_code, code.agent_code, ProgramEnvironment(ei=EI))
    version = name.removeprefix("meter-").removeprefix("factory-us-").removeprefix("factory-row-").rstrip("abc")
    for side in ProgramSide:
        assert any(version in line.text for line in transcript.lines if line.source is side)
    assert not [line.text for line in transcript.lines if line.kind == "error"]
    assert (transcript.agent_ending, transcript.device_ending) == (None, None)


@pytest.mark.parametrize(("older", "newer"), IN_ORDER)
def test_generations_differ_in_a_reviewable_way(older: str, newer: str) -> None:
    """From one generation to the next something changes, but not everything, unless the major version does."""
    before, after = programs.load(older), programs.load(newer)
    kept = set(before.device_code.splitlines()) & set(after.device_code.splitlines())
    assert before.device_code != after.device_code
    if older[:7] == newer[:7]:
        assert len(kept) > 0.6 * len(set(before.device_code.splitlines()))


def test_an_unknown_generation_is_not_found() -> None:
    """Asking for a generation that does not exist is an error, not an empty program."""
    with pytest.raises(FileNotFoundError):
        programs.load("meter-9.9.9")
