// Connected Meter 400 - device, version 2
// One class per concern: calibration, front end, registers, intervals, uplink.

const FIRMWARE = "2.0.0-dev2";

const READ_PERIOD = 2.0;        // seconds
const INTERVAL_S = 1800;        // seconds of one load profile interval
const PROFILE_LIMIT = 96;       // intervals kept on the meter: two days
const RECONNECT_PERIOD = 60.0;  // seconds
const MILLIS_PER_HOUR = 3600000.0;
const SAG = 0.9;                // of nominal voltage
const SWELL = 1.1;
const EVENT_HOLD = 3;           // readings until an event is believed

enum Frame {
    START = 0x7E,
    LENGTH = 14,
    READ = 0x52,
    RELAY = 0x4C
}

enum Fault {
    NONE,
    TIMEOUT,
    NO_START,
    CHECKSUM
}

// ---------------------------------------------------------------- persistent memory

// nv memory survives a warm boot and deep sleep, not a power failure.
class Memory {

    static function open() {
        if (!("nv" in getroottable())) {
            ::nv <- {};
        }
        if (!("version" in nv)) {
            Memory.migrate();
        }
    }

    // Version 1 kept a register, gains and tariff side by side.
    static function migrate() {
        local hours = 0;
        if ("register" in nv) hours = nv.register.hours;
        nv.version <- 2;
        nv.imported <- hours * 1.0;
        nv.exported <- 0.0;
        if (hours > 0) server.log("Memory laid out for version 2, " + hours + " Wh taken over");
    }

    static function get(name, otherwise) {
        return name in nv ? nv[name] : otherwise;
    }

    static function set(name, value) {
        nv[name] <- value;
    }
}

// ---------------------------------------------------------------- calibration

class Calibration {

    _gains = null;

    constructor() {
        _gains = Memory.get("gains", { volts = 65536, amps = 65536, watts = 65536 });
    }

    function apply(raw) {
        return {
            volts = raw.volts * _gains.volts / 655360.0,
            amps = raw.amps * _gains.amps / 65536000.0,
            watts = raw.watts * _gains.watts / 65536.0,
            herz = raw.herz / 100.0
        };
    }

    function update(gains) {
        foreach (name, value in gains) {
            if (!(name in _gains)) {
                server.error("No such gain: " + name);
                continue;
            }
            if (value < 58982 || value > 72089) {
                server.error("Gain " + name + " is off by more than 10 %: " + value);
                continue;
            }
            _gains[name] = value;
        }
        Memory.set("gains", _gains);
    }

    function describe() {
        return "volts " + _gains.volts + ", amps " + _gains.amps + ", watts " + _gains.watts;
    }
}

// ---------------------------------------------------------------- front end

class FrontEnd {

    _uart = null;
    _frame = null;
    _faults = null;

    constructor(uart) {
        _uart = uart;
        _frame = blob(Frame.LENGTH);
        _faults = [0, 0, 0, 0];
        _uart.configure(19200, 8, PARITY_NONE, 1, NO_CTSRTS);
    }

    function read() {
        _drain();
        _ask(Frame.READ);
        imp.sleep(0.05);
        local fault = _receive();
        _faults[fault]++;
        if (fault != Fault.NONE) return null;
        _frame.seek(2, 'b');
        return {
            volts = _frame.readn('w'),
            amps = _frame.readn('w'),
            watts = _frame.readn('i'),
            herz = _frame.readn('w')
        };
    }

    function faults() {
        return _faults[Fault.TIMEOUT] + _faults[Fault.NO_START] + _faults[Fault.CHECKSUM];
    }

    function _drain() {
        for (local i = 0; i < 256 && _uart.read() >= 0; i++);
    }

    function _ask(command) {
        _uart.write(Frame.START);
        _uart.write(command);
        _uart.write((Frame.START + command) & 0xFF);
    }

    function _receive() {
        _frame.seek(0, 'b');
        for (local i = 0; i < Frame.LENGTH; i++) {
            local byte = _uart.read();
            if (byte < 0) return Fault.TIMEOUT;
            _frame.writen(byte, 'b');
        }
        if (_frame[0] != Frame.START) return Fault.NO_START;
        local sum = 0;
        for (local i = 0; i < Frame.LENGTH - 2; i++) {
            sum = (sum + _frame[i]) & 0xFF;
        }
        return sum == _frame[Frame.LENGTH - 2] ? Fault.NONE : Fault.CHECKSUM;
    }
}

// ---------------------------------------------------------------- registers

// Imported and exported energy in watt hours: version 2 meters houses with solar panels.
class Registers {

    imported = 0.0;
    exported = 0.0;
    _last = null;

    constructor() {
        imported = Memory.get("imported", 0.0);
        exported = Memory.get("exported", 0.0);
    }

    function add(watts, now) {
        local added = 0.0;
        if (_last != null && now > _last) {
            added = watts * (now - _last) / MILLIS_PER_HOUR;
            if (added >= 0) imported += added; else exported -= added;
        }
        _last = now;
        return added;
    }

    function store() {
        Memory.set("imported", imported);
        Memory.set("exported", exported);
    }

    function clear() {
        imported = 0.0;
        exported = 0.0;
        store();
    }
}

// ---------------------------------------------------------------- load profile

class Profile {

    _intervals = null;
    _start = null;
    _energy = 0.0;
    _peak = 0.0;

    constructor() {
        _intervals = [];
        _start = _startOf(time());
    }

    // Returns the interval that has just ended, else null.
    function add(wattHours, watts, now) {
        local ended = null;
        if (_startOf(now) != _start) {
            ended = { start = _start, wh = _energy, peak = _peak, acknowledged = false };
            _keep(ended);
            _start = _startOf(now);
            _energy = 0.0;
            _peak = 0.0;
        }
        _energy += wattHours;
        if (watts > _peak) _peak = watts;
        return ended;
    }

    function since(at) {
        return _intervals.filter(@(i, interval) interval.start >= at && !interval.acknowledged);
    }

    function acknowledge(start) {
        foreach (interval in _intervals) {
            if (interval.start == start) interval.acknowledged = true;
        }
    }

    function len() {
        return _intervals.len();
    }

    function _startOf(at) {
        return at - at % INTERVAL_S;
    }

    function _keep(interval) {
        _intervals.push(interval);
        if (_intervals.len() > PROFILE_LIMIT) _intervals.remove(0);
    }
}

// ---------------------------------------------------------------- voltage events

// Sags and swells that last longer than a switching transient.
class Quality {

    _nominal = 0.0;
    _state = "normal";
    _candidate = "normal";
    _seen = 0;

    constructor(nominal) {
        _nominal = nominal;
    }

    // Returns the new state when it has changed, else null.
    function add(volts) {
        local state = _classify(volts);
        if (state != _candidate) {
            _candidate = state;
            _seen = 0;
        }
        _seen++;
        if (_seen < EVENT_HOLD || _candidate == _state) return null;
        _state = _candidate;
        return _state;
    }

    function nominal() {
        return _nominal;
    }

    function _classify(volts) {
        if (volts < _nominal * 0.1) return "outage";
        if (volts < _nominal * SAG) return "sag";
        if (volts > _nominal * SWELL) return "swell";
        return "normal";
    }
}

// ---------------------------------------------------------------- uplink

class Uplink {

    _queue = null;

    constructor() {
        _queue = [];
        server.setsendtimeoutpolicy(RETURN_ON_ERROR, WAIT_TIL_SENT, 10);
        server.onunexpecteddisconnect(function(reason) {
            imp.wakeup(RECONNECT_PERIOD, reconnect.bindenv(this));
        }.bindenv(this));
    }

    function send(name, message) {
        if (server.isconnected() && agent.send(name, message) == 0) return true;
        _queue.push({ name = name, message = message });
        return false;
    }

    function waiting() {
        return _queue.len();
    }

    function reconnect() {
        server.connect(function(reason) {
            if (reason == SERVER_CONNECTED) {
                flush();
            } else {
                imp.wakeup(RECONNECT_PERIOD, reconnect.bindenv(this));
            }
        }.bindenv(this), 30);
    }

    function flush() {
        local waiting = _queue;
        _queue = [];
        foreach (entry in waiting) {
            send(entry.name, entry.message);
        }
        server.log("Caught up, " + _queue.len() + " messages still waiting");
    }
}

// ---------------------------------------------------------------- the meter

class Meter {

    calibration = null;
    frontEnd = null;
    registers = null;
    profile = null;
    quality = null;
    uplink = null;

    constructor() {
        calibration = Calibration();
        frontEnd = FrontEnd(hardware.uart57);
        registers = Registers();
        profile = Profile();
        quality = Quality(Memory.get("nominal", 120.0));
        uplink = Uplink();
        agent.on("calibrate", calibration.update.bindenv(calibration));
        agent.on("profile.get", sendProfile.bindenv(this));
        agent.on("interval.ack", profile.acknowledge.bindenv(profile));
        agent.on("registers.clear", @(unused) registers.clear());
    }

    function start() {
        uplink.send("hello", {
            firmware = FIRMWARE,
            imported = registers.imported,
            exported = registers.exported
        });
        poll();
    }

    function poll() {
        imp.wakeup(READ_PERIOD, poll.bindenv(this));
        local raw = frontEnd.read();
        if (raw == null) return;
        local reading = calibration.apply(raw);
        watch(reading.volts);
        local added = registers.add(reading.watts, hardware.millis());
        local ended = profile.add(added, reading.watts, time());
        if (ended != null) {
            registers.store();
            uplink.send("interval", ended);
        }
    }

    function watch(volts) {
        local state = quality.add(volts);
        if (state == null) return;
        server.log(format("Voltage %s: %.1f V", state, volts));
        uplink.send("quality", { at = time(), state = state, volts = volts });
    }

    function sendProfile(since) {
        uplink.send("profile", profile.since(since));
    }
}

Memory.open();

server.log("Connected Meter 400, firmware " + FIRMWARE);
server.log("Group: " + __EI.DEVICEGROUP_NAME + " (" + __EI.DEVICEGROUP_TYPE + ")");

meter <- Meter();

server.log("Calibration: " + meter.calibration.describe());
server.log(format("Imported %.1f Wh, exported %.1f Wh", meter.registers.imported, meter.registers.exported));
server.log(format("Nominal voltage %.0f V, intervals of %d s", meter.quality.nominal(), INTERVAL_S));
server.log("Free memory: " + imp.getmemoryfree() + " bytes");

meter.start();
