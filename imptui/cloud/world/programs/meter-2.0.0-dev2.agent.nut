// Connected Meter 400 - agent, version 2
// Keeps the load profile of two weeks and serves it over HTTP.

const FIRMWARE = "2.0.0-dev2";
const INTERVALS = 672;          // two weeks of half hours
const API = "/v2";
const EVENTS = 100;             // voltage events kept

// ---------------------------------------------------------------- storage

class Store {

    _state = null;

    constructor() {
        _state = server.load();
        if (!("version" in _state)) _upgrade();
    }

    function get(name, otherwise = null) {
        return name in _state ? _state[name] : otherwise;
    }

    function set(name, value) {
        _state[name] <- value;
        if (server.save(_state) != 0) {
            server.error("Out of space while storing " + name);
        }
    }

    // Version 1 stored its settings flat.
    function _upgrade() {
        local serial = "serial" in _state ? _state.serial : null;
        local tariff = "tariff" in _state ? _state.tariff : null;
        _state = { version = 2, serial = serial, tariff = tariff, profile = [] };
        server.save(_state);
        if (serial != null) server.log("Storage upgraded to version 2");
    }
}

// ---------------------------------------------------------------- load profile

class Profile {

    _store = null;
    _intervals = null;

    constructor(store) {
        _store = store;
        _intervals = store.get("profile", []);
    }

    function add(interval) {
        // The meter sends an interval again when it did not hear our answer
        local last = _intervals.len() - 1;
        if (last >= 0 && _intervals[last].start == interval.start) {
            _intervals[last] = interval;
        } else {
            _intervals.push(interval);
        }
        if (_intervals.len() > INTERVALS) _intervals.remove(0);
        _store.set("profile", _intervals);
    }

    function between(from, to) {
        local result = [];
        foreach (interval in _intervals) {
            if (interval.start >= from && interval.start < to) result.push(interval);
        }
        return result;
    }

    function total() {
        local sum = 0.0;
        foreach (interval in _intervals) sum += interval.wh;
        return sum;
    }

    function len() {
        return _intervals.len();
    }
}

// ---------------------------------------------------------------- HTTP

class Router {

    _routes = null;

    constructor() {
        _routes = {};
        http.onrequest(handle.bindenv(this));
    }

    function on(method, path, action) {
        _routes[method + " " + API + path] <- action;
        return this;
    }

    function handle(request, response) {
        local name = request.method + " " + request.path;
        if (!(name in _routes)) {
            reply(response, 404, { error = "No route " + name });
            return;
        }
        try {
            reply(response, 200, _routes[name](request));
        } catch (problem) {
            server.error(name + ": " + problem);
            reply(response, 500, { error = problem });
        }
    }

    function reply(response, code, body) {
        response.header("Content-Type", "application/json");
        response.send(code, http.jsonencode(body));
    }
}

// ---------------------------------------------------------------- main

store <- Store();
profile <- Profile(store);
last <- null;

device.on("hello", function(greeting) {
    server.log(format("Meter is up with firmware %s, imported %.1f Wh", greeting.firmware, greeting.imported));
    last = greeting;
});

device.on("interval", function(interval) {
    profile.add(interval);
    device.send("interval.ack", interval.start);
});

device.on("quality", function(event) {
    local events = store.get("events", []);
    events.push(event);
    if (events.len() > EVENTS) events.remove(0);
    store.set("events", events);
    server.log(format("Voltage %s at %d", event.state, event.at));
});

device.on("profile", function(intervals) {
    foreach (interval in intervals) profile.add(interval);
    server.log(intervals.len() + " intervals received");
});

Router()
    .on("GET", "/status", @(request) {
        serial = store.get("serial"),
        online = device.isconnected(),
        intervals = profile.len()
    })
    .on("GET", "/profile", function(request) {
        local from = "from" in request.query ? request.query.from.tointeger() : 0;
        local to = "to" in request.query ? request.query.to.tointeger() : time();
        return profile.between(from, to);
    })
    .on("GET", "/events", @(request) store.get("events", []))
    .on("GET", "/total", @(request) { wh = profile.total() });

server.log("Agent " + FIRMWARE + " at " + http.agenturl());
server.log("Load profile: " + profile.len() + " intervals");
