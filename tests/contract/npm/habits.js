// The habits of the command line tool `impt`, on imp-central-api 1.7.0, against an engine that limits requests:
// names first taken for ids, then looked up in lists; five requests at once; a second's wait after 429, for ever;
// forced clean-up that goes on after 404; streams in JSON in which every line has to parse.
// Usage: node habits.js ENDPOINT USERNAME PASSWORD; prints one line per fact, ends with exit code 0 when all hold.
'use strict';
const assert = require('assert');
const Api = require('imp-central-api');
const Groups = Api.DeviceGroups;
const [endpoint, username, password] = process.argv.slice(2);
const api = new Api(endpoint);
let facts = 0, waits = 0;
const fact = (sentence, holds = true) => { assert(holds, sentence); facts += 1; console.log('ok ' + sentence); };
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const status = error => error instanceof Api.Errors.ImpCentralApiError ? error._statusCode : undefined;

// One request: after 429 it waits a second and asks again.
async function ask(call) {
    for (;;) {
        try { return await call(); } catch (error) {
            if (status(error) !== 429) throw error;
            waits += 1;
            await pause(1000);
        }
    }
}

// Five at once, never more.
async function each(items, act) {
    const waiting = items.slice(), done = [];
    const one = async () => { while (waiting.length) done.push(await act(waiting.shift())); };
    await Promise.all([one(), one(), one(), one(), one()]);
    return done;
}

// All pages of a list, by whether there is a `next`.
async function all(list) {
    const found = new Map();
    for (let number = 1; ; number += 1) {
        const page = await ask(() => list(number, 100));
        page.data.forEach(item => found.set(item.id, item));
        if (!('next' in page.links)) return [...found.values()];
    }
}

// What a person typed: an id if there is such a thing, else something that a list knows it by.
async function find(entity, typed, list, ...names) {
    try { return (await ask(() => entity.get(typed))).data; } catch (error) {
        assert.strictEqual(status(error), 404, `${typed}: ${error}`);
    }
    const fits = (await all(list)).filter(item => names.some(name => item.attributes[name] === typed));
    assert.strictEqual(fits.length, 1, typed);
    return fits[0];
}

const product = typed => find(api.products, typed, (n, s) => api.products.list(null, n, s), 'name');
const group = typed => find(api.deviceGroups, typed, (n, s) => api.deviceGroups.list(null, n, s), 'name');
const device = typed => find(api.devices, typed, (n, s) => api.devices.list(null, n, s), 'name', 'mac_address', 'agent_id');
const build = typed => find(api.deployments, typed, (n, s) => api.deployments.list(null, n, s), 'sha', 'origin');

async function log_in() {
    await api.auth.login(username, password);
    const key = (await api.accounts.createLoginKey(password, {})).data.id;
    await api.auth.getAccessToken(key);
    fact('a login key replaces the password');
    const me = await find(api.accounts, username, (n, s) => api.accounts.list(n, s), 'username', 'email');
    fact('an account is found by its user name', me.id === (await api.accounts.get('me')).data.id);
    return me;
}

async function set_up(me) {
    const name = "Café 100 percent {it}";
    const made = (await ask(() => api.products.create({ name }, me.id))).data;
    for (const typed of [made.id, 'Plain name', 'Größe', 'a b', '{x}', 'x:y', '..']) {
        if (typed === made.id) continue;
        try { await ask(() => api.products.get(typed)); assert.fail(typed); } catch (error) { assert.strictEqual(status(error), 404, typed); }
    }
    fact('whatever is typed for an id is 404');
    fact('a product is found by its name', (await product(name)).id === made.id);
    const make = (type, called, ...targets) => ask(() => api.deviceGroups.create(made.id, type, { name: called }, ...targets));
    for (const type of ['PRODUCTION', 'DUT', 'DEVELOPMENT']) await make(Groups['TYPE_' + type], type.toLowerCase());
    const [target, dut] = [await group('production'), await group('dut')].map(({ type, id }) => ({ type, id }));
    await make(Groups.TYPE_FACTORY_FIXTURE, 'factory', target, dut);
    fact('targets are found by their names', (await group('factory')).relationships.dut_target.id === dut.id);
    return made;
}

async function deploy() {
    const dev = await group('development');
    const lines = 'for (local i = 1; i <= 10; i++) server.log("line " + i);';
    const code = { device_code: lines, agent_code: 'server.log("agent");', origin: 'main.js@7c1e', tags: ['v1'] };
    const made = (await ask(() => api.deployments.create(dev.id, dev.type, code))).data;
    fact('a build is found by its origin', (await build('main.js@7c1e')).id === made.id);
    fact('a build is found by its sha', (await build(made.attributes.sha)).id === made.id);
    const now = (await ask(() => api.deviceGroups.get(dev.id))).data.relationships;
    fact('the first build is the minimum', now.min_supported_deployment.id === made.id && now.current_deployment.id === made.id);
    try { await ask(() => api.deployments.create(dev.id, dev.type, { device_code: 'x y', agent_code: '' })); assert.fail(); } catch (error) {
        const said = error._body.errors[0].meta[0];
        fact('a compiler message has its place', ['file', 'row', 'column', 'type', 'text'].every(key => key in said));
    }
    return dev;
}

async function devices(dev) {
    const free = (await all((n, s) => api.devices.list({ [Api.Devices.FILTER_DEVICE_GROUP_OWNER_ID]: null }, n, s))).slice(0, 60);
    await each(free, ({ id }) => ask(() => api.devices.update(id, { name: 'bed ' + id })));
    fact('five at once are served, with waits after 429', waits > 0);
    const first = await device('bed ' + free[0].id);
    await ask(() => api.deviceGroups.addDevices(dev.id, ...free.map(({ attributes }) => attributes.mac_address)));
    const found = await each(free.slice(0, 20), ({ attributes }) => device(attributes.mac_address));
    fact('each device is in its group', found.every(({ relationships }) => relationships.devicegroup.id === dev.id));
    return [first.id, free.map(({ id }) => id)];
}

async function logs(id) {
    const seen = [];
    const stream = await ask(() => api.logStreams.create(
        line => seen.push(JSON.parse(line)), state => seen.push(JSON.parse(state)), error => assert.fail(error), Api.LogStreams.FORMAT_JSON));
    while (!seen.some(({ state }) => state === 'opened')) await pause(50);
    await ask(() => api.logStreams.addDevice(stream.data.id, id));
    await ask(() => api.devices.restart(id));
    while (!seen.some(({ msg }) => msg === 'line 10')) await pause(50);
    fact('the stream tells what the program says, every line of it JSON');
    api.logStreams.close(stream.data.id);
    const texts = async (number, size) => (await ask(() => api.devices.getLogs(id, number, size))).data.map(({ msg }) => msg);
    fact('the last four lines are the last four', (await texts(1, 4)).join() === 'line 10,line 9,line 8,line 7');
    fact('the third page of three goes on', (await texts(3, 3)).join() === 'line 4,line 3,line 2');
}

async function clean_up(made, dev, ids) {
    await ask(() => api.deviceGroups.removeDevices(dev.id, 'a key for no production group', ...ids));
    try { await ask(() => api.deviceGroups.removeDevices(dev.id, null, ...ids)); assert.fail(); } catch (error) {
        fact('who is out already is 404 in every entry', error._body.errors.length === ids.length
            && error._body.errors.every(entry => entry.status === '404'));
    }
    const builds = await all((n, s) => api.deployments.list({ [Api.Deployments.FILTER_DEVICE_GROUP_ID]: dev.id }, n, s));
    const factory = await group('factory');
    for (const { id } of [factory, dev, await group('production'), await group('dut')]) await ask(() => api.deviceGroups.delete(id));
    for (const { id } of builds) {
        try { await ask(() => api.deployments.delete(id)); } catch (error) { assert.strictEqual(status(error), 404); }
    }
    await ask(() => api.products.delete(made.id));
    fact('a forced clean-up comes to its end');
}

(async () => {
    const made = await set_up(await log_in());
    const dev = await deploy();
    const [first, ids] = await devices(dev);
    await logs(first);
    await clean_up(made, dev, ids);
    console.log(facts + ' facts hold');
    process.exit(0);
})().catch(error => { console.error(error); process.exit(1); });
