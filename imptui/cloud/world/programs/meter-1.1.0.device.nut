// Connected Meter 400 - device
// Reads the metering front end over a UART, accumulates energy and reports to the agent.

const FIRMWARE = "1.1.0";

const READ_PERIOD = 5.0;        // seconds between two questions to the front end
const REPORT_EVERY = 12;        // readings per report
const FRAME_START = 0x7E;
const FRAME_LENGTH = 14;
const FRAME_TIMEOUT = 0.25;     // seconds
const GAP_LIMIT = 60000;        // milliseconds; a longer gap is not filled with energy
const QUEUE_LIMIT = 240;        // reports kept while there is no connection: four hours
const RECONNECT_PERIOD = 60.0;  // seconds between two attempts
const RETRY_PERIOD = 10.0;      // seconds until a refused report is sent again

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
            book(whole);
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

// ---------------------------------------------------------------- tariff

// The agent sends the slots of a day, ordered: { from = minutes after midnight UTC, rate = name }.
local tariff = [{ from = 0, rate = "standard" }];
local registers = {};

function loadTariff() {
    if ("tariff" in nv) tariff = nv.tariff;
    if ("registers" in nv) registers = nv.registers;
}

function setTariff(slots) {
    if (typeof slots != "array" || slots.len() == 0) {
        server.error("Tariff refused: not a list of slots");
        return;
    }
    tariff = slots;
    nv.tariff <- slots;
    server.log("Tariff with " + slots.len() + " slots, now " + currentRate());
}

function minuteOfDay() {
    return (time() % 86400) / 60;
}

function currentRate() {
    local now = minuteOfDay();
    local rate = tariff[0].rate;
    foreach (slot in tariff) {
        if (slot.from < now) rate = slot.rate;
    }
    return rate;
}

function book(wattHours) {
    local rate = currentRate();
    if (!(rate in registers)) registers[rate] <- 0;
    registers[rate] += wattHours;
    nv.registers <- registers;
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

    // What is left of an answer that came too late would be taken for the next one.
    function drain() {
        local dropped = 0;
        while (_uart.read() >= 0 && dropped < 256) {
            dropped++;
        }
        return dropped;
    }

    function ask(command) {
        drain();
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

local retry = null;

function flushQueue() {
    retry = null;
    if (!server.isconnected()) return;
    local sent = 0;
    while (queue.len() > 0) {
        if (agent.send("report", queue[0]) != 0) {
            retryLater();
            return;
        }
        queue.remove(0);
        sent++;
    }
    if (sent > 1) {
        server.log("Caught up: " + sent + " reports sent");
    }
}

function retryLater() {
    if (retry == null) {
        retry = imp.wakeup(RETRY_PERIOD, flushQueue);
    }
}

// ---------------------------------------------------------------- connection

// Metering goes on while there is no network: the device is told not to wait for it.
function onUnexpectedDisconnect(reason) {
    imp.wakeup(RECONNECT_PERIOD, reconnect);
}

function reconnect() {
    if (server.isconnected()) {
        flushQueue();
        return;
    }
    server.connect(function(reason) {
        if (reason == SERVER_CONNECTED) {
            server.log("Connected again, " + queue.len() + " reports waiting");
            flushQueue();
        } else {
            imp.wakeup(RECONNECT_PERIOD, reconnect);
        }
    }, 30);
}

server.setsendtimeoutpolicy(RETURN_ON_ERROR, WAIT_TIL_SENT, 10);
server.onunexpecteddisconnect(onUnexpectedDisconnect);

// ---------------------------------------------------------------- main

loadCalibration();
loadTariff();

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
        rate = currentRate(),
        registers = clone registers,
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
agent.on("tariff", setTariff);

agent.on("reset.energy", function(unused) {
    energy.clear();
    server.log("Energy register cleared");
});

server.log("Connected Meter 400, firmware " + FIRMWARE);
server.log("Running impOS " + imp.getsoftwareversion());
server.log("Energy register: " + energy.wattHours() + " Wh");
server.log("Reset cause: " + hardware.wakereason());
server.log("Tariff: " + tariff.len() + " slots, rate " + currentRate());
server.log("Free memory: " + imp.getmemoryfree() + " bytes");

agent.send("hello", { firmware = FIRMWARE, wh = energy.wattHours() });
poll();
