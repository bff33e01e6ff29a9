// Connected Meter 400 - agent
// Keeps the last day of reports and answers the utility's back end.

const FIRMWARE = "1.1.1";
const KEEP = 1440;              // reports kept, one a minute: a day
const SAVE_EVERY = 30;          // reports between two saves

local settings = {
    serial = null,
    installed = null,
    lost = null,
    tariff = null,
    reports = 0
};

local history = [];

// ---------------------------------------------------------------- storage

function loadSettings() {
    local saved = server.load();
    foreach (key, value in saved) {
        if (key in settings) settings[key] = value;
    }
    if (settings.installed == null) {
        settings.installed = time();
        saveSettings();
    }
}

function saveSettings() {
    if (server.save(settings) != 0) {
        server.error("Settings could not be saved");
    }
}

// ---------------------------------------------------------------- reports

function remember(report) {
    history.push(report);
    if (history.len() > KEEP) {
        history.remove(0);
    }
    settings.reports = settings.reports + 1;
    if (settings.reports % SAVE_EVERY == 0) {
        saveSettings();
    }
}

function latest() {
    if (history.len() == 0) return null;
    return history[history.len() - 1];
}

// A register that runs backwards was reset or replaced; billing must not see negative energy.
function isPlausible(report) {
    local before = latest();
    return before == null || report.wh >= before.wh;
}

// ---------------------------------------------------------------- tariff

// Slots come as { "from": "06:30", "rate": "peak" } and go to the meter as minutes after midnight.
function minutes(text) {
    local parts = split(text, ":");
    if (parts.len() != 2) throw "Not a time of day: " + text;
    local result = parts[0].tointeger() * 60 + parts[1].tointeger();
    if (result < 0 || result >= 1440) throw "Not a time of day: " + text;
    return result;
}

function parseTariff(slots) {
    local result = [];
    foreach (slot in slots) {
        result.push({ from = minutes(slot.from), rate = slot.rate });
    }
    if (result.len() == 0) throw "A tariff has at least one slot";
    if (result.len() > 48) throw "A tariff has at most 48 slots";
    result.sort(@(a, b) a.from <=> b.from);
    return result;
}

function sendTariff() {
    if (settings.tariff != null) {
        device.send("tariff", settings.tariff);
    }
}

// ---------------------------------------------------------------- HTTP

function answer(response, code, body) {
    response.header("Content-Type", "application/json");
    response.send(code, http.jsonencode(body));
}

function onRequest(request, response) {
    local path = request.path.tolower();
    if (path == "/status") {
        answer(response, 200, {
            serial = settings.serial,
            online = device.isconnected(),
            lost = settings.lost,
            reports = settings.reports
        });
    } else if (path == "/latest") {
        local report = latest();
        if (report == null) {
            answer(response, 404, { error = "No report yet" });
        } else {
            answer(response, 200, report);
        }
    } else if (path == "/history") {
        answer(response, 200, history);
    } else if (path == "/tariff" && request.method == "PUT") {
        try {
            settings.tariff = parseTariff(http.jsondecode(request.body));
            saveSettings();
            sendTariff();
            answer(response, 200, { slots = settings.tariff.len() });
        } catch (problem) {
            answer(response, 400, { error = problem });
        }
    } else if (path == "/tariff") {
        answer(response, 200, settings.tariff);
    } else if (path == "/calibrate" && request.method == "POST") {
        device.send("calibrate", http.jsondecode(request.body));
        answer(response, 200, { ok = true });
    } else {
        answer(response, 404, { error = "Unknown path" });
    }
}

// ---------------------------------------------------------------- main

loadSettings();

device.on("hello", function(greeting) {
    server.log("Meter is up with firmware " + greeting.firmware + ", " + greeting.wh + " Wh");
    sendTariff();
});

device.on("report", function(report) {
    if (!isPlausible(report)) {
        server.error("Energy register went from " + latest().wh + " to " + report.wh + " Wh");
        history = [];
    }
    remember(report);
});

device.onconnect(function() {
    server.log("Meter connected");
});

device.ondisconnect(function() {
    settings.lost = time();
    saveSettings();
    server.log("Meter disconnected");
});

http.onrequest(onRequest);

server.log("Agent " + FIRMWARE + " at " + http.agenturl());
server.log("Reports so far: " + settings.reports);
