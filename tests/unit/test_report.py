"""The report on the code counts what it says it counts."""

import ast

import pytest

from tests.report import ClassFound, Families, Found, _judge, _public, main, quantiles


def found(name: str, *bases: str, module: str = "a.py", public: tuple[str, ...] = ()) -> ClassFound:
    return ClassFound(name, module, 1, 1, list(bases), set(public))


def test_inherited_methods_of_ours_count() -> None:
    """A class has its own public methods and those of its ancestors of ours, each once."""
    top, middle = found("Top", "App", public=("run_all", "stop")), found("Middle", "Top", public=("stop", "pause"))
    families = Families([top, middle])
    assert families.public(middle) == {"run_all", "stop", "pause"}
    assert (families.depth(top), families.depth(middle)) == (1, 2)


def test_a_base_of_the_same_name_is_not_the_class_itself() -> None:
    """A class that is named like its base in another module does not inherit from itself."""
    base, heir = found("Page", module="a.py"), found("Page", "Page", module="b.py")
    families = Families([base, heir])
    assert families.depth(heir) == 2
    assert list(families.duplicates()) == ["Page"]


def test_methods_that_textual_calls_do_not_count() -> None:
    """Handlers, watchers, actions and private methods are no public methods of ours."""
    source = "class A:\n def on_key(self): ...\n def watch_x(self): ...\n def action_y(self): ...\n def _z(self): ...\n def open(self): ..."
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)
    assert list(_public(node)) == ["open"]


@pytest.mark.parametrize(
    ("text", "short", "question"),
    [("One.", 1, 0), ("What a device runs now.", 0, 1), ("Return the device.", 1, 0), ("Return the newest device.", 0, 0)],
)
def test_docstrings_are_judged(text: str, short: int, question: int) -> None:
    """A docstring counts as short below four words, and as a question by its first word."""
    counted = Found()
    _judge(counted, text, "a.py", 1)
    assert (len(counted.short), len(counted.questions)) == (short, question)


def test_quantiles() -> None:
    """The summary names count, median, 90th percentile and maximum."""
    assert quantiles(list(range(1, 11))) == "10: median 5.5, p90 10, max 10"


def test_the_report_of_one_room(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of a room has one line for its folder and names no other room."""
    main(["jsonapi", "--rooms"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("room")
    assert [line.split()[0] for line in lines[1:]] == ["jsonapi"]
