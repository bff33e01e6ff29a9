// Connected Meter 400 - device
// Reads the metering front end over a UART, accumulates energy and reports to the agent.

const FIRMWARE = "1.0.1";

const READ_PERIOD = 5.0;        // seconds between two questions to the front end
const REPORT_EVERY = 12;        // readings per report
const FRAME_START = 0x7E;
const FRAME_LENGTH = 14;
const FRAME_TIMEOUT = 0.25;     // seconds
const GAP_LIMIT = 60000;        // milliseconds; a longer gap is not filled with energy
const QUEUE_LIMIT = 64;         // reports kept while there is no connection

enum Command {
    READ = 0x52,
    CALIBRATE = 0x43,
    RESET = 0x5A
}

// ---------------------------------------------------------------- calibration

// Gains are parts per 65536; a meter that was never calibrated uses these.
local gains = {
    volts = 65536,
    amps = 65536,
    watts = 65536
};

function loadCalibration() {
    if (!("nv" in getroottable())) {
        ::nv <- {};
    }
    if ("gains" in nv) {
        foreach (name, value in nv.gains) {
            gains[name] = value;
        }
        server.log("Calibration: volts " + gains.volts + ", amps " + gains.amps + ", watts " + gains.watts);
    } else {
        server.log("Calibration: factory defaults");
    }
}

function storeCalibration(update) {
    foreach (name, value in update) {
        if (name in gains) gains[name] = value;
    }
    nv.gains <- gains;
    server.log("Calibration stored");
}

function scaled(raw, gain) {
    return raw.tofloat() * gain / 65536.0;
}

// ---------------------------------------------------------------- energy

// Energy is kept in watt hours and a remainder in watt seconds, both carried in nv memory over
// a warm boot. Watt seconds alone would overflow 32 bits after 596 kWh.
class Energy {

    hours = 0;
    seconds = 0.0;
    last = null;

    constructor() {
        if ("energy" in nv) {
            // firmware 1.0.0 left watt seconds here
            hours = nv.energy / 3600;
            seconds = (nv.energy % 3600).tofloat();
            delete nv.energy;
        } else if ("register" in nv) {
            hours = nv.register.hours;
            seconds = nv.register.seconds;
        }
    }

    function add(watts, now) {
        if (last != null) {
            // The difference is right even when the counter wraps after 24.8 days
            local elapsed = now - last;
            if (elapsed > 0 && elapsed < GAP_LIMIT) {
                seconds += watts * elapsed / 1000.0;
            }
        }
        last = now;
        carry();
    }

    function carry() {
        if (seconds >= 3600.0) {
            local whole = (seconds / 3600.0).tointeger();
            hours += whole;
            seconds -= whole * 3600.0;
        }
        nv.register <- { hours = hours, seconds = seconds };
    }

    function clear() {
        hours = 0;
        seconds = 0.0;
        carry();
    }

    function wattHours() {
        return hours;
    }
}

// ---------------------------------------------------------------- front end

class FrontEnd {

    _uart = null;
    _buffer = null;
    _errors = 0;

    constructor(uart) {
        _uart = uart;
        _buffer = blob(FRAME_LENGTH);
        _uart.configure(19200, 8, PARITY_NONE, 1, NO_CTSRTS);
    }

    function ask(command) {
        _uart.write(FRAME_START);
        _uart.write(command);
        _uart.write((FRAME_START + command) & 0xFF);
    }

    // Returns a table of raw values, or null when the front end did not answer.
    function read() {
        ask(Command.READ);
        imp.sleep(FRAME_TIMEOUT);
        _buffer.seek(0, 'b');
        for (local i = 0; i < FRAME_LENGTH; i++) {
            local byte = _uart.read();
            if (byte < 0) {
                _errors = _errors + 1;
                return null;
            }
            _buffer.writen(byte, 'b');
        }
        return decode();
    }

    function decode() {
        _buffer.seek(0, 'b');
        if (_buffer.readn('b') != FRAME_START) {
            _errors = _errors + 1;
            return null;
        }
        local kind = _buffer.readn('b');
        local volts = _buffer.readn('w');
        local amps = _buffer.readn('w');
        local watts = _buffer.readn('i');
        local herz = _buffer.readn('w');
        local sum = _buffer.readn('b');
        if (sum != checksum()) {
            _errors = _errors + 1;
            return null;
        }
        return { volts = volts, amps = amps, watts = watts, herz = herz };
    }

    function checksum() {
        local sum = 0;
        for (local i = 0; i < FRAME_LENGTH - 2; i++) {
            sum = sum + _buffer[i];
        }
        return sum & 0xFF;
    }

    function errors() {
        return _errors;
    }
}

// ---------------------------------------------------------------- reports

local queue = [];

function enqueue(report) {
    if (queue.len() >= QUEUE_LIMIT) {
        queue.remove(0);
    }
    queue.push(report);
}

function flushQueue() {
    while (queue.len() > 0) {
        if (agent.send("report", queue[0]) != 0) {
            server.error("Report not sent, " + queue.len() + " waiting");
            return;
        }
        queue.remove(0);
    }
}

// ---------------------------------------------------------------- main

loadCalibration();

local energy = Energy();
local meter = FrontEnd(hardware.uart57);
local readings = 0;
local sums = { volts = 0.0, amps = 0.0, watts = 0.0, count = 0 };

function clearSums() {
    sums.volts = 0.0;
    sums.amps = 0.0;
    sums.watts = 0.0;
    sums.count = 0;
}

function report() {
    if (sums.count == 0) return;
    enqueue({
        at = time(),
        volts = sums.volts / sums.count,
        amps = sums.amps / sums.count,
        watts = sums.watts / sums.count,
        wh = energy.wattHours(),
        errors = meter.errors()
    });
    clearSums();
    flushQueue();
}

function poll() {
    imp.wakeup(READ_PERIOD, poll);
    local raw = meter.read();
    if (raw != null) {
        local watts = scaled(raw.watts, gains.watts);
        sums.volts += scaled(raw.volts, gains.volts) / 10;
        sums.amps += scaled(raw.amps, gains.amps) / 1000;
        sums.watts += watts;
        sums.count += 1;
        energy.add(watts, hardware.millis());
    }
    readings += 1;
    if (readings % REPORT_EVERY == 0) {
        report();
    }
}

agent.on("calibrate", storeCalibration);

agent.on("reset.energy", function(unused) {
    energy.clear();
    server.log("Energy register cleared");
});

server.log("Connected Meter 400, firmware " + FIRMWARE);
server.log("Running impOS " + imp.getsoftwareversion());
server.log("Energy register: " + energy.wattHours() + " Wh");
server.log("Free memory: " + imp.getmemoryfree() + " bytes");

agent.send("hello", { firmware = FIRMWARE, wh = energy.wattHours() });
poll();
