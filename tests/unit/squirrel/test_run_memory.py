"""Data that survives a restart (`server.save` and `nv`), and shutdown on request."""

import pytest

from imptui.squirrel.interpreter.environment import ExecutionBudget, Memory, ProgramEnvironment
from imptui.squirrel.interpreter.nv import NV_LIMIT_BYTES
from imptui.squirrel.interpreter.server import SAVED_LIMIT_BYTES
from imptui.squirrel.interpreter.session import PATIENCE_S, ShutdownRequest, run_pair


def run(device="", agent="", memory=None, **options):
    return run_pair(device, agent, ProgramEnvironment(memory=memory or Memory()), **options)


def said(transcript):
    return [line.text for line in transcript.lines]


def test_what_an_agent_saves_the_next_one_loads():
    """`server.save` returns 0, and `server.load` returns the same table after the restart, with every kind of value."""
    code = 'server.log(server.save({n = 1, f = 2.5, t = "ü", l = [null, true], b = blob(2), [7] = {x = -1}}))'
    first = run(agent=code)
    assert said(first) == ["0"]
    loading = "local s = server.load(); server.log(s.n + s.f + s.t + s.l[0] + s.l[1] + s.b.len() + s[7].x)"
    assert said(run(agent=loading, memory=first.memory)) == ["3.5ü(null : 0x0)true2-1"]


def test_before_anything_was_saved_there_is_an_empty_table():
    """`server.load` returns an empty table before the first save, never null."""
    assert said(run(agent="server.log(server.load().len())")) == ["0"]


def test_what_was_saved_is_a_copy():
    """A change to a table after it was saved does not change the saved copy."""
    first = run(agent="local t = {n = 1}; server.save(t); t.n = 2; server.load().n = 3;")
    assert first.memory == Memory(saved={"n": 1})


def test_what_is_not_saved_again_stays():
    """A start that saves nothing keeps the data of before."""
    memory = Memory(saved={"boots": 3}, nv={"x": 1})
    assert run(memory=memory).memory == memory


def test_an_agent_keeps_64_kb():
    """A table beyond 64 KB is not saved, and `server.save` returns another value than 0."""
    fits, does_not = SAVED_LIMIT_BYTES - 100, SAVED_LIMIT_BYTES + 1
    code = "local s = blob({}).tostring(); server.log(server.save({{s = s}}))"
    assert run(agent=code.format(fits)).memory.saved is not None
    refused = run(agent=code.format(does_not))
    assert said(refused) == ["1"]
    assert refused.memory.saved is None


@pytest.mark.parametrize("what", ["5", "null", "[1]"])
def test_only_tables_are_saved(what):
    """Saving anything but a table is an error."""
    assert said(run(agent=f"server.save({what})"))[0] == "ERROR: parameter has an invalid type"


def test_nv_outlives_a_restart():
    """The content of `nv` survives every ending of a program."""
    count = 'if (!("n" in nv)) nv.n <- 0; nv.n++; server.log(nv.n); throw "over"'
    memory = Memory()
    for boot in (1, 2, 3):
        transcript = run(count, memory=memory)
        assert said(transcript)[0] == str(boot)
        memory = transcript.memory


def test_nv_can_be_made_anew():
    """A table that the program assigns to `nv` survives, too."""
    assert run("::nv <- {a = 1}").memory.nv == {"a": 1}


def test_nv_outlives_a_program_that_spent_everything():
    """`nv` survives a program that used up its budget."""
    transcript = run("nv.a <- 1; while (true);", budget=ExecutionBudget(steps=1000))
    assert transcript.memory.nv == {"a": 1}


@pytest.mark.parametrize(
    "code",
    [
        f"nv.s <- blob({NV_LIMIT_BYTES}).tostring()",
        "nv.f <- function() {}",
        "nv.own <- nv",
        "::nv <- 5",
        "delete ::nv",
        "local a = [1]; for (local i = 0; i < 30; i++) a = [a, a]; nv.a <- a",
        "function g() { yield 1 } nv.g <- g()",
    ],
)
def test_nv_keeps_what_fits_and_can_be_written_down(code):
    """An `nv` of more than 4 KB, or with values that cannot be serialized, is lost; the engine goes on."""
    assert run(code).memory.nv is None


def test_of_an_offline_device_nv_stays_as_it_is():
    """An offline device keeps its `nv`, because only the agent starts."""
    assert run("nv.n <- 2", memory=Memory(nv={"n": 1}), with_device=False).memory.nv == {"n": 1}


def test_only_what_was_saved_in_the_time_is_kept():
    """Data that a program would save after its restart is not saved."""
    agent = "server.save({n = 1}); imp.wakeup(5, @() server.save({n = 2}))"
    assert run(agent=agent, for_s=4.0).memory.saved == {"n": 1}
    assert run(agent=agent, for_s=6.0).memory.saved == {"n": 2}


def test_a_program_without_a_handler_is_not_asked():
    """A restart does not wait for a program without a shutdown handler."""
    transcript = run('imp.wakeup(2, @() server.log("tick"))', shutdown=ShutdownRequest(60.0))
    assert transcript.agreed_at_s == 60.0
    assert said(transcript) == ["tick"]


def test_a_handler_hears_why_and_puts_the_restart_off():
    """The shutdown handler gets the reason for new code, and the restart waits for `server.restart()`."""
    device = """
    server.onshutdown(function(reason) {
        server.log(reason == SHUTDOWN_NEWSQUIRREL);
        imp.wakeup(7, function() { server.log("ready"); server.restart(); });
    });
    """
    transcript = run(device, shutdown=ShutdownRequest(100.0))
    assert [(round(line.at_s), line.text) for line in transcript.lines] == [(100, "true"), (107, "ready")]
    assert round(transcript.agreed_at_s, 1) == 107.0


def test_time_is_up_for_who_never_lets_go():
    """The restart waits for a handler only up to the limit; until then the program runs."""
    device = 'function tick() { server.log("tick"); imp.wakeup(25, tick) } imp.wakeup(25, tick); server.onshutdown(@(_) null)'
    transcript = run(device, shutdown=ShutdownRequest(200.0))
    assert transcript.agreed_at_s == 200.0 + PATIENCE_S
    assert len(transcript.lines) == 2


def test_a_handler_that_fails_lets_go():
    """An error in the shutdown handler ends the program, so the restart does not wait."""
    transcript = run('server.onshutdown(function(r) { throw "oops" })', shutdown=ShutdownRequest(30.0))
    assert said(transcript)[0] == "ERROR: oops"
    assert round(transcript.agreed_at_s, 1) == 30.0


def test_a_handler_can_be_taken_back():
    """After `server.onshutdown(null)`, the restart does not wait."""
    transcript = run("server.onshutdown(@(r) null); server.onshutdown(null)", shutdown=ShutdownRequest(30.0))
    assert transcript.agreed_at_s == 30.0


def test_agents_are_asked_too():
    """With a handler on both sides, the restart waits for the slower one."""
    device = "server.onshutdown(@(r) imp.wakeup(1, @() server.restart()))"
    agent = "server.onshutdown(@(r) imp.wakeup(3, @() server.restart()))"
    assert round(run(device, agent, shutdown=ShutdownRequest(30.0)).agreed_at_s, 1) == 33.0


def test_what_is_kept_at_the_last_moment_is_kept():
    """Data that a shutdown handler saves is there after the restart."""
    device = "server.onshutdown(function(r) { nv.why <- r; server.restart() })"
    agent = "server.onshutdown(function(r) { server.save({why = r}); server.restart() })"
    assert run(device, agent, shutdown=ShutdownRequest(30.0)).memory == Memory(saved={"why": 1}, nv={"why": 1})
