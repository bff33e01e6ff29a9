"""Compile errors: verdict, place and message."""

import gc
import json
from pathlib import Path

import pytest

from imptui.squirrel.syntax.checker import Abandoned, CompileError, check

VERDICTS = json.loads((Path(__file__).parents[2] / "data/squirrel/verdicts.json").read_text(encoding="utf-8"))


def verdict(code):
    error = check(code)
    return None if error is None else (error.row, error.column, error.message)


@pytest.mark.parametrize("case", VERDICTS, ids=[case["name"] for case in VERDICTS])
def test_known_programs(case):
    """Each tricky program has the verdict, place and message of the reference compiler."""
    assert verdict(case["source"]) == (tuple(case["refused"]) if case["refused"] else None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x /* a\nb */ y", (2, 13, "end of statement expected (; or lf)")),
        ('x = @"a\nb" y', (2, 12, "end of statement expected (; or lf)")),
        ("\n\n  )", (3, 4, "expression expected")),
        ("\t)", (1, 2, "expression expected")),
        ("é", (1, 1, "expression expected")),
        ("\ufeffserver.log(1)", (1, 1, "expression expected")),
        ("\x01", (1, 0, "unexpected character(control)")),
        ("f(", (1, 2, "expression expected")),
    ],
)
def test_places_are_those_of_the_reading_head(code, expected):
    """Rows count every line feed, columns count bytes since the last line feed that is white space."""
    assert verdict(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"', (1, 1, "error parsing the string")),
        ('"abc', (1, 4, "unfinished string")),
        ('"abc\\', (1, 5, "unrecognised escaper char")),
        ('x = "\\xg"', (1, 7, "hexadecimal number expected")),
        ("x = ''", (1, 6, "empty constant")),
        ("x = 0x123456789", (1, 15, "too many digits for an Hex number")),
        ("x = 1e+", (1, 7, "exponent expected")),
        ("a .. b", (1, 4, "invalid token '..'")),
        ("a /* b", (1, 6, 'missing "*/" in comment')),
    ],
)
def test_unreadable_tokens(code, expected):
    """An invalid token is refused at the position of the compiler's reading head."""
    assert verdict(code) == expected


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 = 2", "can't assign expression"),
        ("(x) = 1", "can't assign expression"),
        ("base.x = 1", "can't assign expression"),
        ("local x; x <- 1", "can't 'create' a local slot"),
        ("local x; function f() { x <- 1 }", "can't 'create' a local slot"),
        ("f()++", "can't '++' or '--' an expression"),
        ("--f()", "can't '++' or '--' an expression"),
        ("x-- = a", "can't '++' or '--' an expression"),
        ("base = 1", "'base' cannot be modified"),
        ("--base", "'base' cannot be modified"),
        ("delete f()", "can't delete an expression"),
        ("local x; delete x", "cannot delete an (outer) local"),
        ("class f() {}", "invalid class name"),
        ("local x; class x {}", "cannot create a class in a local with the syntax(class <local>)"),
        ("break", "'break' has to be in a loop block"),
        ("switch (1) { case 1: continue }", "'continue' has to be in a loop block"),
        ("while (1) { function f() { break } }", "'break' has to be in a loop block"),
        ("enum E { A } x = E.B", "invalid constant [E.B]"),
        ("enum E { A = - }", "scalar expected : integer,float"),
        ("function f(a = 1, ...) {}", "function with default parameters cannot have variable number of parameters"),
        ("function f(a = 1, b) {}", "expected '='"),
        ("function f(a b) {}", "expected ')' or ','"),
        ("function f(..., a) {}", "expected ')'"),
        ("f(1,)", "expression expected, found ')'"),
        ("do x(); while (y)", "expected 'while'"),
        ("try x(); catch (e) y()", "expected 'catch'"),
        ("if (a) { } c = 2", "end of statement expected (; or lf)"),
        ("if (a) { } else { } c = 2", "end of statement expected (; or lf)"),
        ("x = { default = 1 }", "expected 'IDENTIFIER'"),
        ("const A = 1; A = 2", "can't assign expression"),
    ],
)
def test_refusals(code, message):
    """Each refusal has the message of the reference compiler."""
    error = check(code)
    assert error is not None
    assert error.message == message


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = a || b = 2",
        "-x = 3",
        "if (a) { }; else { }",
        "local rawcall = 1, __LINE__ = 2",
        "switch (1) { case 1: break }",
        "f()\n{ local x }",
        "class A extends g() { x = 1; static y = 2 }",
        "x = y\n(1)",
        "x\n++y",
        "a = {}\0 this is never read )(",
        "function f(a, b = 1) { return a } f(1 2)",
        "local f = function() { local g = function() { return f } return g }",
    ],
)
def test_oddities_that_compile(code):
    """Odd code that compiles on an imp compiles here."""
    assert check(code) is None


def test_platform_enumerations():
    """A member that the platform's enumeration lacks is refused; the rows of the enumeration do not count."""
    assert check("server.log(__EI.PRODUCT_ID)") is None
    assert check("server.log(__EI.NOPE)") == CompileError(1, 21, "invalid constant [__EI.NOPE]")


@pytest.mark.parametrize(
    "code",
    ["(" * 3000 + "1" + ")" * 3000, "{" * 3000 + "}" * 3000, "!" * 3000 + "a", "if(a){}" + "\nelse if(b){}" * 5000],
    ids=["parentheses", "blocks", "negations", "else-if"],
)
def test_deep_programs_compile(code):
    """Programs with thousands of nested levels compile, as with the reference compiler."""
    assert check(code) is None


@pytest.mark.parametrize("piece", ["(", "{", "[", "!", "x=", "function(){", "a?", "x = class extends ", "if(a)", "f("])
def test_bottomless_programs_are_refused(piece):
    """A program nested too deeply is refused with a message, never with a Python error."""
    error = check(piece * 100_000)
    assert error is not None
    assert error.message in {
        "internal compiler error: nesting too deep",
        "expression expected",
        "expected 'IDENTIFIER'",
        "expected ':'",
    }


def test_too_many_locals():
    """A function has 256 registers; one local more is refused."""
    names = ",".join(f"a{n}" for n in range(300))
    error = check(f"local {names}")
    assert error is not None
    assert error.message == "internal compiler error: too many locals"


def test_cancelled():
    """A cancelled check stops early."""
    asked = []

    def cancelled():
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(Abandoned):
        check("x = 1\n" * 200_000, cancelled=cancelled)
    assert len(asked) == 3


def test_lone_surrogates():
    """Text with lone surrogates is checked like any other."""
    assert check('x = "\ud800"') is None


@pytest.mark.parametrize("code", ["local x = 1;\nfunction f(a) { return a + x; }\n" * 20, "local = 1"])
def test_a_check_leaves_nothing_behind(code):
    """A check leaves no reference to the program or its tree."""
    gc.collect()
    gc.disable()
    try:
        check(code)
        assert gc.collect() == 0
    finally:
        gc.enable()
