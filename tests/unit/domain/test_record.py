"""Dataclasses whose methods are made late behave as those of the standard library."""

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from imptui.domain import record


def made_by(decorate: Any) -> Any:
    """The same class, by either decorator."""

    @decorate(frozen=True, slots=True)
    class Unit:
        """A unit on a line."""

        name: str
        port: int = 1
        tags: list[str] = dataclasses.field(default_factory=list)
        seen: int = dataclasses.field(default=0, compare=False, repr=False)
        line: str = dataclasses.field(default="A", kw_only=True)

    return Unit


OURS, THEIRS = made_by(record.dataclass), made_by(dataclasses.dataclass)


@dataclasses.dataclass(frozen=True)
class Place:
    """Somewhere."""

    room: str


@record.dataclass(frozen=True, slots=True)
class Tool:
    """Something that is copied and sent elsewhere."""

    name: str
    place: Place | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a tool has a name")


@pytest.mark.parametrize("values", [("a",), ("a", 2), ("a", 2, ["x"]), ("a", 2, ["x"], 9)])
def test_it_reads_as_the_standard_ones_do(values: tuple[Any, ...]) -> None:
    """What is printed of an instance is what the standard library prints."""
    assert repr(OURS(*values, line="B")) == repr(THEIRS(*values, line="B"))


@pytest.mark.parametrize("values", [(), ("a", 1, [], 0, "A"), ("a", 1, [], 0, "A", 6)])
def test_wrong_arguments_are_refused(values: tuple[Any, ...]) -> None:
    """Too few and too many arguments are a TypeError, for the first instance and for later ones."""
    for _ in range(2):
        with pytest.raises(TypeError):
            OURS(*values)


def test_it_is_equal_by_what_is_compared() -> None:
    """Fields that do not count do not count; another class is never equal."""
    assert OURS("a", 1, [], 1) == OURS("a", 1, [], 2)
    assert OURS("a") != OURS("b")
    assert OURS("a") != THEIRS("a")


def test_equal_ones_have_one_hash() -> None:
    """Equal instances are one key of a dictionary."""
    assert len({Tool("a", Place("x")): 1, Tool("a", Place("x")): 2, Tool("b"): 3}) == 2


def test_a_frozen_one_stays_as_it_is() -> None:
    """Nobody sets or deletes a field of a frozen one."""
    unit = OURS("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        unit.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del unit.name


def test_defaults_are_made_anew() -> None:
    """No two instances share a list that was a default."""
    assert OURS("a").tags is not OURS("a").tags


def test_what_is_checked_afterwards_is_checked() -> None:
    """`__post_init__` runs for the first instance and for every other."""
    for _ in range(2):
        with pytest.raises(ValueError, match="has a name"):
            Tool("")


def test_it_is_replaced_copied_and_sent() -> None:
    """`replace`, `copy`, `deepcopy`, `pickle` and `asdict` know it."""
    tool = Tool("a", Place("x"))
    assert dataclasses.replace(tool, name="b") == Tool("b", Place("x"))
    assert copy.copy(tool) == copy.deepcopy(tool) == pickle.loads(pickle.dumps(tool)) == tool  # noqa: S301 - our own
    assert dataclasses.asdict(tool) == {"name": "a", "place": {"room": "x"}}


def test_it_is_matched() -> None:
    """`match` takes it apart by place."""
    match Tool("a", Place("x")):
        case Tool(name, Place(room)):
            assert (name, room) == ("a", "x")


def test_one_that_changes_has_no_hash() -> None:
    """What can change is no key of a dictionary, and its fields can be set."""

    @record.dataclass(slots=True)
    class Count:
        """So many."""

        of: int = 0

    count = Count()
    count.of += 1
    assert count == Count(1)
    with pytest.raises(TypeError):
        hash(count)


@pytest.mark.parametrize("number", [1, record.FEW, record.FEW + 1])
def test_the_first_instances_are_like_later_ones(number: int) -> None:
    """An instance is the same, and a wrong call is refused, before `__init__` is compiled and after it was."""
    made = made_by(record.dataclass)
    for _ in range(number - 1):
        made("a", port=2)
    unit = made("b", 2, tags=["x"], line="B")
    assert (unit.name, unit.port, unit.tags, unit.seen, unit.line) == ("b", 2, ["x"], 0, "B")
    for wrong in ((("b",), {"name": "c"}), ((), {"port": 1}), (("b",), {"colour": "red"})):
        with pytest.raises(TypeError):
            made(*wrong[0], **wrong[1])
