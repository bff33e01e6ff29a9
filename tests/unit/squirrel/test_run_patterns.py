"""Regular expressions of Squirrel's standard library."""

import pytest

from imptui.squirrel.interpreter.environment import ProgramEnvironment
from imptui.squirrel.interpreter.session import run_pair


def printed(device_code):
    return [line.text for line in run_pair(device_code, "", ProgramEnvironment()).lines]


def found(pattern, subject):
    """Return the matches of an expression in a text: the whole, then its groups."""
    code = f'''local s = "{subject}"; local m = regexp(@"{pattern}").capture(s);
if (m == null) server.log("nothing"); else foreach (x in m) server.log("<" + s.slice(x.begin, x.end) + ">");'''
    return printed(code)


@pytest.mark.parametrize(
    ("pattern", "subject", "parts"),
    [
        (r"(\d+)-(\w+)", "id 42-abc!", ["<42-abc>", "<42>", "<abc>"]),
        (r"b+", "aabbb", ["<bbb>"]),
        (r"^ab?c$", "ac", ["<ac>"]),
        (r"^a", "ba", ["nothing"]),
        (r"(cat|dog)s", "hot dogs", ["<dogs>", "<dog>"]),
        (r"[a-c]{2,3}", "xabcabc", ["<abc>"]),
        (r"[^ ]+", "  two words", ["<two>"]),
        (r"(?:a|b)(c)", "bc", ["<bc>", "<c>"]),
        (r"(\w+)=(.*)$", "key=a b=c", ["<key=a b=c>", "<key>", "<a b=c>"]),
        (r"\bof\b", "offer of", ["<of>"]),
        (r"\S+@\S+", "to me@here now", ["<me@here>"]),
        (r"\x41", "x41 \x41", ["nothing"]),
    ],
)
def test_what_expressions_find(pattern, subject, parts):
    """The spans of a match and of each group are correct."""
    assert found(pattern, subject) == parts


def test_a_repetition_stops_where_the_next_fits():
    """`.*a` ends at the first `a`, because expressions do not backtrack."""
    assert found("x.*a", "x1a2a") == ["<x1a>"]


def test_what_can_be_asked():
    """`match` needs the whole text, `search` finds the first match from a start on, and typeof returns the type."""
    code = """local e = regexp("b+"); server.log(e.match("bb") + " " + e.match("bbc")); server.log(e.search("abba", 2).begin);
server.log(e.search("aaa")); server.log(e.subexpcount()); server.log(typeof e);"""
    assert printed(code) == ["true false", "2", "(null : 0x0)", "1", "regexp"]


@pytest.mark.parametrize("pattern", ["(", "a)", "[a", "*", "a{", "a{2", "a{x}", "\\", "(?:"])
def test_a_malformed_expression_is_an_error(pattern):
    """Code can catch the error of a malformed expression."""
    assert printed(f'try {{ regexp(@"{pattern}"); server.log("taken"); }} catch (e) {{ server.log("caught"); }}') == ["caught"]


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(((a+)+)+)+b", "(a?){50}b"])
def test_hostile_expressions_end(pattern):
    """Any expression uses up steps, so a program with a hostile one ends."""
    code = f'local s = ""; for (local i = 0; i < 400; i++) s += "a"; server.log("before"); regexp("{pattern}").search(s);'
    assert printed(code)[0] == "before"
