"""Results of running code, seen in the lines that it prints."""

import pytest

from imptui.squirrel.interpreter.environment import ProgramEnvironment
from imptui.squirrel.interpreter.session import run_pair


def printed(device_code):
    return [line.text for line in run_pair(device_code, "", ProgramEnvironment()).lines]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("7 / 2.0", "3.5"),
        ("0x7fffffff + 1", "-2147483648"),
        ("1.0", "1"),
        ("1.0 / 3", "0.333333"),
        ("1 << 31", "-2147483648"),
        ("-1 >>> 28", "15"),
        ("~5", "-6"),
        ("'a'", "97"),
        ("'\\xFF'", "-1"),
        ("1 <=> 2", "-1"),
        ("true == 1", "false"),
        ("1 == 1.0", "true"),
        ("null < 1", "true"),
        ('"a" + 1 + null', "a1(null : 0x0)"),
        ('"" || "x"', ""),
        ("0 || null", "(null : 0x0)"),
        ("0 && f()", "0"),
        ('"ünï".len()', "5"),
        ('"abc"[1]', "98"),
        ('"abc".slice(-2)', "bc"),
        ('"a-b".toupper().find("-")', "1"),
        ('"0x1F".tointeger(16)', "31"),
        ('"12ab".tointeger()', "12"),
        ('"2.5e1x".tofloat()', "25"),
        ("(65).tochar()", "A"),
        ('format("%05.2f|%-4s|%x|%c|%%", 3.14159, "ab", -1, 65)', "03.14|ab  |ffffffff|A|%"),
        ('split("a,b,,c", ",").len()', "3"),
        ('strip("  x \\n") + "."', "x."),
        ("[3, 1, 2].map(@(x) x * 2).reduce(@(a, b) a * 10 + b)", "624"),
        ("[1, 2, 3, 4].filter(@(i, v) v % 2 == 0).len()", "2"),
        ("[1, 2, 3].slice(1).top()", "3"),
        ('"x" in {x = 1}', "true"),
        ("typeof [] + typeof {} + typeof 1.5 + typeof print", "arraytablefloatfunction"),
        ("(clone [1, 2]).len()", "2"),
        ("math.floor(2.7) + math.abs(-3)", "5"),
        ("math.sqrt(-1)", "nan"),
        ("date(86400).day", "2"),
        ("http.jsonencode({a = [1, 2.5, null, true]})", '{"a":[1,2.5,null,true]}'),
        ('http.jsondecode("{\\"a\\":[1,{\\"b\\":2}]}").a[1].b', "2"),
        ('http.urlencode({q = "a b&c"})', "q=a%20b%26c"),
        ('http.base64encode("imp")', "aW1w"),
    ],
)
def test_expressions(expression, text):
    """An expression has the value, and the printed form, that it has on an imp."""
    assert printed(f"server.log({expression});") == [text]


def test_classes():
    """Classes inherit methods and fields, call their base, and know their type."""
    code = """
    class Pin { static KIND = "pin"; n = 1; shared = [];
        constructor(n) { this.n = n }
        function show() { return "pin " + n } function _tostring() { return "<" + n + ">" } }
    class Led extends Pin { constructor(n) { base.constructor(n * 2) }
        function show() { return "led, " + base.show() } }
    local led = Led(4);
    server.log(led.show() + " " + led + " " + (led instanceof Pin) + " " + Led.KIND);
    led.shared.push(1); server.log(Pin(1).shared.len());
    """
    assert printed(code) == ["led, pin 8 <8> true pin", "1"]


def test_closures_capture_each_round():
    """A closure made in a loop keeps the local of its round."""
    code = """
    local made = [];
    for (local i = 0; i < 3; i++) { local j = i; made.push(function() { return j++ }) }
    server.log(made[0]() + made[0]() * 10 + made[2]() * 100);
    """
    assert printed(code) == ["210"]


def test_switch_falls_through():
    """A case without break continues with the next one."""
    code = 'switch (2) { case 1: server.log(1); case 2: server.log(2); default: server.log("d") }'
    assert printed(code) == ["2", "d"]


def test_loops():
    """Loops of every kind run, break and continue."""
    code = """
    local out = "";
    for (local i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; out += i }
    foreach (k, v in ["a", "b"]) out += k + v;
    local n = 2; while (n--) out += n; do { out += "d" } while (false)
    server.log(out);
    """
    assert printed(code) == ["0230a1b10d"]


def test_parameters():
    """Default and variable parameters work; too few or too many are an error."""
    code = """
    function add(a, b = 10) { return a + b } function count(a, ...) { return vargv.len() }
    server.log(add(1) + add(1, 2)); server.log(count(1, 2, 3));
    try { add() } catch (e) { server.log(e) }
    """
    assert printed(code) == ["14", "2", "wrong number of parameters"]


def test_exceptions():
    """An exception is caught unchanged, through calls, and can be thrown again."""
    code = """
    function f() { throw { code = 5 } }
    try { try { f() } catch (e) { e.code += 1; throw e } } catch (e) { server.log(e.code) }
    """
    assert printed(code) == ["6"]


def test_delegates():
    """A table finds missing slots and operators in its delegate."""
    code = """
    local above = { function _get(key) { return key + "!" } function _add(other) { return 5 } x = 1 };
    local t = {}.setdelegate(above);
    server.log(t.zip + (t + 1) + t.x);
    """
    assert printed(code) == ["zip!51"]


def test_slots_need_creating():
    """Assigning to a slot that was never created is an error; `<-` creates it."""
    code = "x <- 1; x = 2; server.log(::x);\ny = 3;"
    assert printed(code) == ["2", "ERROR: the index 'y' does not exist", "ERROR:   in main device_code:2"]


def test_constants_and_enumerations():
    """Constants and enumeration members stand for their values."""
    code = 'const N = -3; enum Mode { OFF, ON, NAME = "n" } server.log(N + Mode.ON + Mode.NAME)'
    assert printed(code) == ["-2n"]


def test_blobs():
    """Numbers written to a blob are read back."""
    code = """
    local b = blob(); b.writen(-2, 'i'); b.writen(1.5, 'f'); b.writestring("imp"); b.seek(0);
    server.log(b.readn('i') + " " + b.readn('f') + " " + b.readstring(3) + " " + b.len());
    """
    assert printed(code) == ["-2 1.5 imp 11"]


def test_methods_declared_from_outside():
    """`function Foo::bar()` adds a method to a class."""
    assert printed("class Foo {} function Foo::bar() { return 7 }\nserver.log(Foo().bar())") == ["7"]


def test_sorting_answers_nothing():
    """Arrays are sorted in place, in ascending order or by a function; the call returns null."""
    code = "local a = [3, 1, 2]; server.log(a.sort() == null); a.sort(@(x, y) y <=> x); server.log(a[0] + a[2] * 10);"
    assert printed(code) == ["true", "13"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("null.x", "the index 'x' does not exist"),
        ("({})[[]]", "the index 'array' does not exist"),
        ("local n = 5; n.x = 1", "trying to set 'integer'"),
        ("local a = []; a.x = 1", "indexing array with string"),
        ("1 + null", "arith op + on between 'integer' and 'null'"),
        ('1 < "a"', "comparsion between '1' and 'a'"),
        ("5 instanceof 6.5", "cannot apply instanceof between a float and a integer"),
        ("clone 1", "cloning a integer"),
        ("foreach (x in null) x()", "cannot iterate null"),
        ("local q = 1; q()", "attempt to call 'integer'"),
        ("1 / 0", "division by zero"),
        ("assert(false)", "assertion failed"),
    ],
)
def test_messages(code, message):
    """Run-time errors have the messages of the reference virtual machine."""
    assert printed(code)[0] == f"ERROR: {message}"
