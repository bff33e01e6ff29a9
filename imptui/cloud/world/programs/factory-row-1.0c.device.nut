// Connected Meter 400 - factory firmware 1.0-RoW
// The same code runs on the BlinkUp fixture and on the device under test.

const REVISION = "1.0-RoW c";
const SSID = "line-3";
const PASSWORD = "not-a-real-one";
const BUTTON_PERIOD = 0.05;     // seconds
const NOMINAL_VOLTS = 230.0;
const NOMINAL_HERZ = 50.0;
const TOLERANCE = 0.02;
const ATTEMPTS = 3;             // a probe that bounces is no reason to scrap a unit

// ---------------------------------------------------------------- role

// A device under test knows which fixture configured it.
function isFixture() {
    if (!("configparams" in imp)) return true;
    local parameters = imp.configparams;
    if (!("factory_imp" in parameters)) return true;
    return parameters.factory_imp == imp.getmacaddress();
}

// ---------------------------------------------------------------- fixture

class Fixture {

    _button = null;
    _lamp = null;
    _wasDown = true;            // a button held while the power comes is not a press
    _isBusy = false;
    _count = 0;

    constructor(button, lamp) {
        _button = button;
        _lamp = lamp;
        _button.configure(DIGITAL_IN_PULLUP);
        _lamp.configure(DIGITAL_OUT, 0);
    }

    function start() {
        server.log("Fixture ready: press the button to configure a unit");
        poll();
    }

    function poll() {
        imp.wakeup(BUTTON_PERIOD, poll.bindenv(this));
        local isDown = _button.read() == 0;
        if (isDown && !_wasDown && !_isBusy) blinkUp();
        _wasDown = isDown;
    }

    function blinkUp() {
        _count = _count + 1;
        server.log("BlinkUp " + _count);
        server.factoryblinkup(SSID, PASSWORD, _lamp, BLINKUP_FAST);
        agent.send("configured", _count);
        // A second press while the lamp still flashes spoils the first BlinkUp
        _isBusy = true;
        imp.wakeup(5.0, function() { _isBusy = false; }.bindenv(this));
    }
}

// ---------------------------------------------------------------- device under test

class Test {

    name = null;
    _action = null;

    constructor(testName, action) {
        name = testName;
        _action = action;
    }

    // Null when passed, else what was wrong the last time.
    function run() {
        local problem = null;
        for (local attempt = 0; attempt < ATTEMPTS; attempt++) {
            problem = once();
            if (problem == null) break;
            imp.sleep(0.2);
        }
        return problem;
    }

    function once() {
        try {
            return _action();
        } catch (problem) {
            return problem;
        }
    }
}

function within(value, nominal) {
    local off = math.fabs(value - nominal) / nominal;
    return off <= TOLERANCE ? null : format("%.2f instead of %.2f", value, nominal);
}

function frontEndReads(command, gain) {
    local uart = hardware.uart57;
    uart.configure(19200, 8, PARITY_NONE, 1, NO_CTSRTS);
    uart.write(0x7E);
    uart.write(command);
    imp.sleep(0.1);
    local high = uart.read();
    local low = uart.read();
    if (high < 0 || low < 0) throw "no answer from the front end";
    return ((high << 8) + low) / gain;
}

// The front end reports on bit 0 whether mains reach the load side of the relay.
function relayClicks() {
    local pin = hardware.pin2;
    pin.configure(DIGITAL_OUT, 0);
    imp.sleep(0.3);
    local open = frontEndReads(0x4C, 1).tointeger();
    pin.write(1);
    imp.sleep(0.3);
    local closed = frontEndReads(0x4C, 1).tointeger();
    if ((open & 1) == 1) return "contact is welded";
    if ((closed & 1) == 0) return "contact does not close";
    return null;
}

tests <- [
    Test("supply", function() {
        local volts = hardware.voltage();
        return volts > 3.1 && volts < 3.5 ? null : "supply is " + volts + " V";
    }),
    Test("memory", function() {
        return imp.getmemoryfree() > 40000 ? null : "too little memory";
    }),
    Test("radio", function() {
        local rssi = imp.rssi();
        return rssi > -75 ? null : "signal is " + rssi + " dBm";
    }),
    Test("volts", @() within(frontEndReads(0x56, 10.0), NOMINAL_VOLTS)),
    Test("herz", @() within(frontEndReads(0x48, 100.0), NOMINAL_HERZ)),
    Test("relay", relayClicks)
];

function runTests() {
    local failures = [];
    local started = hardware.millis();
    foreach (test in tests) {
        local problem = test.run();
        if (problem == null) {
            server.log("pass " + test.name);
        } else {
            server.error("FAIL " + test.name + ": " + problem);
            failures.push(test.name);
        }
    }
    server.log(format("%d tests, %d failed, %.1f s", tests.len(), failures.len(), (hardware.millis() - started) / 1000.0));
    return failures;
}

function finish(failures) {
    local passed = failures.len() == 0;
    server.bless(passed, function(done) {
        server.log("Blessing " + (done ? "accepted" : "refused"));
        agent.send("tested", { passed = passed, failures = failures, mac = imp.getmacaddress() });
        if (passed) imp.clearconfiguration();
    });
}

// ---------------------------------------------------------------- main

server.log("Factory firmware " + REVISION);

if (isFixture()) {
    server.log("Role: BlinkUp fixture");
    Fixture(hardware.pin1, hardware.pin2).start();
} else {
    server.log("Role: device under test, configured by " + imp.configparams.factory_imp);
    finish(runTests());
}
