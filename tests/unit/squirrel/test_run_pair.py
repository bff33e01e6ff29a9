"""Lines that both sides print after a restart, and endings of programs."""

import random
import re

import pytest

from imptui.squirrel.interpreter.environment import Blessing, Ending, ExecutionBudget, ProgramEnvironment, ProgramSide
from imptui.squirrel.interpreter.machine import Machine
from imptui.squirrel.interpreter.program import Program
from imptui.squirrel.interpreter.session import run_pair


def lines(device_code, agent_code="", facts=None, **options):
    said = run_pair(device_code, agent_code, facts or ProgramEnvironment(), **options).lines
    return [(line.source.value, line.kind, line.text) for line in said]


def test_each_side_prints_its_own():
    """Each line has its side and kind; the agent's lines come first."""
    assert lines('server.log("d"); server.error("bad")', "for (local i = 0; i < 2; i++) server.log(i)") == [
        ("agent", "log", "0"),
        ("agent", "log", "1"),
        ("device", "log", "d"),
        ("device", "error", "bad"),
    ]


def test_messages_travel_both_ways():
    """A message reaches the handler on the other side, with its value copied."""
    device = 'agent.on("pong", function(m) { server.log(m.n) }); agent.send("ping", [1, {k = "ü"}])'
    agent = 'device.on("ping", function(m) { server.log(m[1].k); device.send("pong", {n = m.len()}) })'
    assert lines(device, agent) == [("agent", "log", "ü"), ("device", "log", "2")]


def test_an_agent_knows_its_device():
    """An agent finds the id of its device in `imp.configparams`."""
    facts = ProgramEnvironment(device_id="5000d8c46a5711aa")
    assert lines("", "server.log(imp.configparams.deviceid)", facts) == [("agent", "log", "5000d8c46a5711aa")]


def test_an_offline_device_says_nothing():
    """If the device is offline, only the agent runs, and it can tell."""
    said = lines('server.log("d")', 'server.log(device.isconnected() + " " + device.send("x", 1))', with_device=False)
    assert said == [("agent", "log", "false 1")]


def test_wakeups_run_in_their_time():
    """Timers run when due, in order; cancelled ones and those beyond the end do not."""
    code = """
    imp.wakeup(2, function() { server.log("two") }); imp.wakeup(1, @() server.log("one"));
    imp.cancelwakeup(imp.wakeup(1.5, @() server.log("never"))); imp.wakeup(60, @() server.log("late"));
    """
    transcript = run_pair(code, "", ProgramEnvironment(), for_s=5.0, device_start_s=0.0)
    assert [(round(line.at_s), line.text) for line in transcript.lines] == [(1, "one"), (2, "two")]


def test_a_sleeping_loop_prints_until_the_end():
    """A loop that sleeps prints one line a second until the session ends."""
    said = lines('while (true) { server.log("tick"); imp.sleep(1.0) }', for_s=4.0)
    assert len(said) == 4


def test_a_run_time_error_names_its_place():
    """An uncaught error prints message and places, innermost first, and ends the program."""
    transcript = run_pair("function g() {\n  local t = {};\n  t.foo.bar = 1\n}\n\ng();\nserver.log(1)", "", ProgramEnvironment())
    assert [(line.kind, line.text) for line in transcript.lines] == [
        ("error", "ERROR: the index 'foo' does not exist"),
        ("error", "ERROR:   in g device_code:3"),
        ("error", "ERROR:   from main device_code:6"),
    ]
    assert transcript.device_ending is Ending.RUNTIME_ERROR


def test_agent_errors_name_agent_code():
    """The place of an agent's error is in agent_code."""
    assert lines("", "\nfoo()") == [
        ("agent", "error", "ERROR: the index 'foo' does not exist"),
        ("agent", "error", "ERROR:   in main agent_code:2"),
    ]


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("while (true);", Ending.OUT_OF_STEPS),
        ("function f() { try { while (true); } catch (e) { } } f()", Ending.OUT_OF_STEPS),
        ('local s = "x"; while (true) s += s', Ending.OUT_OF_MEMORY),
        ("array(1000000000)", Ending.OUT_OF_MEMORY),
        ("while (true) server.log(1)", Ending.TOO_MANY_LINES),
        ("function f(n) { return f(n + 1) } f(0)", Ending.RUNTIME_ERROR),
        ("local x = " + "!" * 3000 + "1", Ending.RUNTIME_ERROR),
        ("server.sleepfor(3600)", Ending.ASLEEP),
        ("server.restart()", Ending.RESTARTED),
        ("local x = ;", Ending.COMPILE_ERROR),
        ("imp.wakeup(1, null)", Ending.RUNTIME_ERROR),
        ("local a = []; a.push(a); http.jsonencode(a)", Ending.RUNTIME_ERROR),
        ("server.log(1)", None),
    ],
)
def test_endings(code, ending):
    """A program that exceeds a limit is stopped, and its ending names the limit."""
    assert run_pair(code, "", ProgramEnvironment()).device_ending is ending


def test_waiting_loops_end():
    """Code that waits by reading the clock ends its wait."""
    code = 'local t = hardware.millis() + 500; while (hardware.millis() < t); server.log("done")'
    assert lines(code) == [("device", "log", "done")]


def test_facts_are_visible():
    """Code can read its ids, variables and deployment."""
    facts = ProgramEnvironment(
        device_id="5000d8c46a5711aa",
        agent_url="https://agent.example/abc",
        env={"zone": "north", "beds": [1, 2]},
        ei={"DEVICEGROUP_TYPE": "development"},
        started_at_s=86_400.0,
    )
    device = 'server.log(hardware.getdeviceid() + " " + __VARS.zone + __VARS.beds[1] + " " + __EI.DEVICEGROUP_TYPE)'
    assert lines(device, "server.log(http.agenturl()); server.log(time())", facts) == [
        ("agent", "log", "https://agent.example/abc"),
        ("agent", "log", "86400"),
        ("device", "log", "5000d8c46a5711aa north2 development"),
    ]


def test_an_unknown_member_of_the_platform_enumeration_does_not_compile():
    """A wrong member of the enumeration `__EI` is a compile error."""
    error = Program.parse("server.log(__EI.NOPE)", ei={"PRODUCT_ID": "p"}).error
    assert error is not None
    assert error.message == "invalid constant [__EI.NOPE]"


def test_blessing_is_reported():
    """A device under test reports if it passed, and its callback is called."""
    transcript = run_pair("server.bless(true, function(ok) { server.log(ok) })", "", ProgramEnvironment())
    assert [blessing.passed for blessing in transcript.blessings] == [True]
    assert isinstance(transcript.blessings[0], Blessing)
    assert [line.text for line in transcript.lines] == ["true"]


def test_hardware_is_quiet():
    """Code can use pins and buses without attached hardware."""
    code = """
    local led = hardware.pin1; led.configure(DIGITAL_OUT, 1); led.write(0); server.log(led.read());
    local bus = hardware.i2c89; bus.configure(CLOCK_SPEED_400_KHZ); server.log(bus.read(0x48, "\\x00", 2).len());
    hardware.uart57.configure(9600, 8, PARITY_NONE, 1, NO_CTSRTS); server.log(hardware.uart57.read());
    """
    assert [text for _, _, text in lines(code)] == ["0", "2", "-1"]


def test_equal_arguments_equal_transcripts():
    """The same programs and environment give the same transcript, parsed or not."""
    code = "server.log(math.rand()); server.log(hardware.lightlevel()); server.log({})"
    first = run_pair(code, code, ProgramEnvironment(seed=7))
    assert first == run_pair(Program.parse(code), Program.parse(code), ProgramEnvironment(seed=7))
    assert first != run_pair(code, code, ProgramEnvironment(seed=8))


class Ear:
    """A host that collects the output of a machine."""

    def __init__(self):
        self.heard = []

    def log(self, at_s, kind, text):
        self.heard.append(text)

    def send(self, at_s, name, message):
        self.heard.append((name, message))

    def bless(self, at_s, *, passed):
        self.heard.append(passed)


def test_one_machine_alone():
    """A machine can be driven alone: started, sent a message, advanced in time."""
    ear = Ear()
    code = 'server.log("up"); agent.on("hi", @(m) agent.send("back", m + 1)); imp.wakeup(3, @() server.log("later"))'
    machine = Machine(ProgramSide.DEVICE, code, ear, ProgramEnvironment())
    machine.start()
    machine.deliver(1.0, "hi", 41)
    machine.run_until(2.0)
    assert ear.heard == ["up", ("back", 42)]
    machine.run_until(4.0)
    assert ear.heard[-1] == "later"


SAMPLE = """
local t = { a = [1, 2.5, null], f = function(x, y = 2) { return x + y } };
class A extends B { n = 1 constructor(v) { n = v } }
foreach (k, v in t) server.log(k + ":" + v);
try { t.a[9].len() } catch (e) { server.error(e) }
t.f(1); A(2).n++; blob(4)[1] = 7; clone t; math.pow(2, 3); t.setdelegate(A);
imp.wakeup(0.1, function() { agent.send("x", t) });
format("%d %s", 1, "a"); "a,b".slice(1, 2);
"""
WORDS = re.findall(r'"[^"]*"|\w+|[^\w\s]', SAMPLE)


@pytest.mark.parametrize("seed", range(20))
def test_no_program_brings_the_engine_down(seed):
    """Every program gives a transcript and no Python error."""
    chance = random.Random(seed)
    for _ in range(15):
        words = list(WORDS)
        for _ in range(chance.randint(1, 4)):
            words[chance.randrange(len(words))] = chance.choice(WORDS)
        said = run_pair(
            " ".join(words).replace(";", "\n"), "", ProgramEnvironment(), budget=ExecutionBudget(steps=5000, memory_bytes=200_000)
        )
        assert not any("internal error" in line.text for line in said.lines)
