// Connected Meter 400 - factory agent 1.0-RoW
// Counts what its fixture configured and what passed, for the supervisor's screen.

const REVISION = "1.0-RoW b";

local counts = { configured = 0, passed = 0, failed = 0 };
local failures = {};

function load() {
    local saved = server.load();
    if ("counts" in saved) counts = saved.counts;
    if ("failures" in saved) failures = saved.failures;
}

function store() {
    server.save({ counts = counts, failures = failures });
}

function worst() {
    local name = null;
    foreach (candidate, count in failures) {
        if (name == null || count > failures[name]) name = candidate;
    }
    return name;
}

function percent(part, whole) {
    return whole > 0 ? (100.0 * part / whole).tointeger() : 0;
}

device.on("configured", function(count) {
    counts.configured++;
    store();
});

device.on("tested", function(result) {
    if (result.passed) {
        counts.passed++;
    } else {
        counts.failed++;
        foreach (name in result.failures) {
            if (!(name in failures)) failures[name] <- 0;
            failures[name]++;
        }
    }
    store();
    server.log(result.mac + (result.passed ? " passed" : " failed"));
});

http.onrequest(function(request, response) {
    response.header("Content-Type", "application/json");
    response.send(200, http.jsonencode({
        counts = counts,
        failures = failures,
        worst = worst(),
        firstPassYield = percent(counts.passed, counts.passed + counts.failed)
    }));
});

load();
server.log("Factory agent " + REVISION);
server.log("Configured " + counts.configured + ", passed " + counts.passed + ", failed " + counts.failed);
