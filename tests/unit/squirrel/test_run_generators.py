"""Functions that yield, as the reference virtual machine runs them."""

import random
import re

import pytest

from imptui.squirrel.interpreter.environment import Ending, ExecutionBudget, ProgramEnvironment
from imptui.squirrel.interpreter.session import run_pair


def printed(code):
    """Return the lines that the device prints."""
    return [line.text for line in run_pair(code, "", ProgramEnvironment()).lines]


COUNT = 'function count(n) { for (local i = 0; i < n; i++) yield i; return "end" }\n'


def test_a_call_only_makes_a_generator():
    """A call of a function that yields runs none of its code before the first `resume`."""
    code = 'function g() { server.log("inside"); yield 1 } local x = g(); server.log(typeof x); resume x;'
    assert printed(code) == ["generator", "inside"]


def test_resume_goes_on_to_the_next_yield_and_at_last_to_the_return():
    """Each `resume` returns the next yielded value; the last one returns the function's value."""
    code = COUNT + "local x = count(2); server.log(resume x); server.log(resume x); server.log(resume x);"
    assert printed(code) == ["0", "1", "end"]


def test_a_generator_tells_its_status():
    """The status of a generator is suspended, running, and finally dead."""
    code = """
    local own = null;
    function g() { server.log(own.getstatus()); yield 1 }
    own = g(); server.log(own.getstatus()); resume own; resume own; server.log(own.getstatus());
    """
    assert printed(code) == ["suspended", "running", "dead"]


def test_foreach_visits_what_is_yielded_and_counts_it():
    """`foreach` over a generator counts from 0 and leaves out the returned value."""
    assert printed(COUNT + 'foreach (k, v in count(3)) server.log(k + "=" + v);') == ["0=0", "1=1", "2=2"]


def test_foreach_over_a_dead_generator_does_nothing():
    """`foreach` over a dead generator visits nothing."""
    assert printed(COUNT + 'local x = count(0); resume x; foreach (v in x) server.log(v); server.log("done")') == ["done"]


def test_leaving_a_loop_leaves_the_generator_where_it_is():
    """A generator can be resumed after a `break` out of its loop."""
    code = COUNT + "local x = count(9); foreach (v in x) { if (v == 3) break } server.log(resume x);"
    assert printed(code) == ["4"]


def test_every_statement_can_be_left_half_done():
    """`yield` works within loops, branches, switches and handlers, with break and continue around it."""
    code = """
    function g() {
        foreach (i, x in [1, 2, 3]) { switch (x) { case 2: yield "two"; break; default: yield x } }
        do { yield "do" } while (false);
        if (true) { yield "if" } else yield "never";
        while (true) { yield "once"; break }
        for (local i = 0; i < 3; i++) { if (i == 1) continue; yield i }
        try { yield "try"; throw "in" } catch (e) { yield "caught " + e }
        return;
        yield "never";
    }
    local said = []; foreach (v in g()) said.push(v);
    server.log(said.reduce(@(a, b) a + " " + b));
    """
    assert printed(code) == ["1 two 3 do if once 0 2 try caught in"]


def test_locals_are_kept_between_yields():
    """A generator keeps its locals, `this` and parameters; closures in it keep the local of each round."""
    code = """
    class Steps { n = 3; function down(by = 1) { while (n > 0) { n -= by; yield n } } }
    local steps = Steps(), said = "";
    foreach (v in steps.down()) said += v;
    function g() { local made = []; for (local i = 0; i < 2; i++) { local j = i; made.push(@() j); yield j } yield made[0]() + made[1]() * 10 }
    foreach (v in g()) said += "," + v;
    server.log(said);
    """
    assert printed(code) == ["210,0,1,10"]


def test_generators_within_generators():
    """A generator may iterate over another, and be iterated over itself."""
    code = (
        COUNT
        + """
    function twice(n) { foreach (v in count(n)) yield v * 2; foreach (v in count(n)) yield v * 2 + 1 }
    local said = ""; foreach (v in twice(3)) said += v; server.log(said);
    """
    )
    assert printed(code) == ["024135"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("local x = count(0); resume x; resume x", "resuming dead generator"),
        ("own <- null; function g() { yield resume own } own = g(); resume own", "resuming active generator"),
        ("own <- null; function g() { foreach (v in own) yield v } own = g(); resume own", "cannot iterate generator"),
        ("resume 5", "trying to resume a 'integer',only genenerator can be resumed"),
        ("local d = clone count(1)", "cloning a generator"),
        ("count(1).foo", "the index 'foo' does not exist"),
    ],
)
def test_messages(code, message):
    """Errors with generators have the messages of the reference virtual machine."""
    assert printed(COUNT + code)[0] == f"ERROR: {message}"


def test_an_error_ends_a_generator_and_names_its_place():
    """A generator that throws is dead; an uncaught error names the function and the row."""
    code = 'function g() {\n  yield 1;\n  throw "oops"\n}\nlocal x = g(); resume x;\ntry { resume x } catch (e) { server.log(e + " " + x.getstatus()) }\nlocal y = g(); resume y;\nresume y;'
    assert printed(code) == ["oops dead", "ERROR: oops", "ERROR:   in g device_code:3", "ERROR:   from main device_code:8"]


def test_a_program_that_yields_runs_nothing():
    """`yield` outside of functions makes the whole program a generator, which is never resumed."""
    assert printed('server.log("never"); yield 1;') == []


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("function g() { while (true) yield 1 } foreach (v in g());", Ending.OUT_OF_STEPS),
        ("function g() { while (true); yield 1 } resume g()", Ending.OUT_OF_STEPS),
        ("function g() { while (true) { try { while (true) yield 1 } catch (e) {} } } foreach (v in g());", Ending.OUT_OF_STEPS),
        ("function g(n) { yield 1 } local kept = []; while (true) kept.push(g(1))", Ending.OUT_OF_MEMORY),
        ("function g(n) { foreach (v in g(n + 1)) yield v } foreach (v in g(0));", Ending.RUNTIME_ERROR),
        pytest.param("function g() { " + "{" * 2000 + "yield 1" + "}" * 2000 + " } resume g()", Ending.RUNTIME_ERROR, id="deep"),
    ],
)
def test_budgets_hold_for_generators(code, ending):
    """Endless or deeply nested generators end by the budget like other code."""
    budget = ExecutionBudget(steps=20_000, memory_bytes=100_000)
    assert run_pair(code, "", ProgramEnvironment(), budget=budget).device_ending is ending


SAMPLE = """
function g(n) { for (local i = 0; i < n; i++) { try { yield i } catch (e) { yield e } } return n };
function h(g) { foreach (k, v in g) { if (k == 2) break; switch (v) { case 1: yield k; default: yield v } } };
local a = g(4), b = h(a), t = { s = function() { yield this; yield a.getstatus() } };
while (b.getstatus() != "dead") { server.log(resume b) };
do { foreach (x in t.s()) server.log(typeof x) } while (false);
imp.wakeup(0.1, function() { resume a; foreach (v in g(resume a)) yield v });
local c = @(n) g(n); foreach (v in c(3)) { if (v) continue; yield v };
nv.a <- g(1); server.save({ a = resume g(1) });
"""
WORDS = re.findall(r'"[^"]*"|\w+|[^\w\s]', SAMPLE)


@pytest.mark.parametrize("seed", range(20))
def test_no_program_with_generators_brings_the_engine_down(seed):
    """Every program with generators gives a transcript and no Python error."""
    chance = random.Random(seed)
    for _ in range(20):
        words = list(WORDS)
        for _ in range(chance.randint(1, 5)):
            words[chance.randrange(len(words))] = chance.choice(WORDS)
        said = run_pair(
            " ".join(words).replace(";", "\n"), "", ProgramEnvironment(), budget=ExecutionBudget(steps=5000, memory_bytes=200_000)
        )
        assert not any("internal error" in line.text for line in said.lines)
