// Somebody else's client does the round: every method of imp-central-api 1.7.0 against `imptui serve --fleet empty`.
// Usage: node round.js ENDPOINT USERNAME PASSWORD; prints one line per fact, ends with exit code 0 when all hold.
'use strict';
const assert = require('assert');
const Api = require('imp-central-api');
const Groups = Api.DeviceGroups;
const [endpoint, username, password] = process.argv.slice(2);
const api = new Api(endpoint);
let facts = 0;
const fact = (sentence, holds = true) => { assert(holds, sentence); facts += 1; console.log('ok ' + sentence); };
const refused = async (promise, status, title) => {
    try { await promise; } catch (error) {
        assert(error instanceof Api.Errors.ImpCentralApiError, String(error));
        assert.strictEqual(error._statusCode, status);
        if (title) assert(error.message.includes(title), error.message);
        return error;
    }
    assert.fail('should have been refused with ' + status);
};
const until = async (what, holds) => {
    for (let tries = 0; tries < 200; tries += 1) {
        if (holds()) return;
        await new Promise(resolve => setTimeout(resolve, 50));
    }
    assert.fail('waited in vain for ' + what);
};

async function auth() {
    await refused(api.auth.login(username, 'wrong'), 401);
    const login = await api.auth.login(username, password);
    fact('a login brings an access and a refresh token', login.access_token.length > 40 && login.refresh_token.length === 64);
    const again = await api.auth.refreshAccessToken(login.refresh_token);
    fact('a refresh token is exchanged, and brings no other', again.access_token && !again.refresh_token);
    await refused(api.auth.loginWithOTP('123456', 'no-such-token'), 401);
    const key = (await api.accounts.createLoginKey(password, { description: 'round' })).data;
    fact('a login key is made', /^[0-9a-z]{16}$/.test(key.id));
    const byKey = await api.auth.getAccessToken(key.id);
    fact('a login key logs in', byKey.access_token.length > 40);
    fact('its use is counted', (await api.accounts.getLoginKey(key.id)).data.attributes.usages === 1);
    const renamed = await api.accounts.updateLoginKey(key.id, password, { description: 'round 2' });
    fact('a login key is described', renamed.data.attributes.description === 'round 2');
    fact('login keys are listed', (await api.accounts.listLoginKeys(1, 10)).data.some(each => each.id === key.id));
    await api.accounts.deleteLoginKey(key.id, password);
    await refused(api.accounts.getLoginKey(key.id), 404);
    const tokens = await api.auth.getRefreshTokens();
    fact('logins are listed', tokens.data.length >= 1);
    const spare = await api.auth.login(username, password);
    const newest = (await api.auth.getRefreshTokens()).data.find(each => !tokens.data.some(old => old.id === each.id));
    await api.auth.deleteRefreshToken(newest.id);
    await refused(api.auth.refreshAccessToken(spare.refresh_token), 404);
    fact('a deleted refresh token is exchanged no more');
}

async function accounts() {
    const me = (await api.accounts.get('me')).data;
    fact('the account is mine', me.attributes.username === username);
    fact('accounts are listed', (await api.accounts.list(1, 20)).data.some(each => each.id === me.id));
    return me;
}

async function products(me) {
    const made = (await api.products.create({ name: 'Round', description: 'first' }, me.id)).data;
    await refused(api.products.create({ name: 'Round' }), 409, 'Duplicate Resource');
    const updated = (await api.products.update(made.id, { description: 'second' })).data;
    fact('a product is described', updated.attributes.description === 'second');
    fact('a product is read', (await api.products.get(made.id)).data.attributes.name === 'Round');
    const listed = await api.products.list({ [Api.Products.FILTER_OWNER_ID]: me.id }, 1, 1);
    fact('products are paged', listed.data.length === 1 && listed.links.first);
    return made;
}

async function groups(product) {
    const made = {};
    const make = async (name, type, attributes = {}, production = null, dut = null) => {
        made[type] = (await api.deviceGroups.create(product.id, type, { name, ...attributes }, production, dut)).data;
        fact('a group of type ' + type + ' is made', made[type].type === type);
    };
    await make('dev', Groups.TYPE_DEVELOPMENT, { env_vars: { feedURL: 'https://feed.example.test', version: 2 } });
    await make('pre-production', Groups.TYPE_PRE_PRODUCTION, { region: 'us' });
    await make('production', Groups.TYPE_PRODUCTION);
    await make('pre-dut', Groups.TYPE_PRE_DUT);
    await make('dut', Groups.TYPE_DUT);
    const target = type => ({ type, id: made[type].id });
    await make('pre-factory', Groups.TYPE_PRE_FACTORY_FIXTURE, {}, target(Groups.TYPE_PRE_PRODUCTION), target(Groups.TYPE_PRE_DUT));
    await make('factory', Groups.TYPE_FACTORY_FIXTURE, {}, target(Groups.TYPE_PRODUCTION), target(Groups.TYPE_DUT));
    const dev = made[Groups.TYPE_DEVELOPMENT];
    await refused(api.deviceGroups.create(product.id, Groups.TYPE_DEVELOPMENT, { name: 'dev' }), 409, 'Duplicate Resource');
    const updated = await api.deviceGroups.update(dev.id, dev.type, { description: 'bench' });
    fact('a group is described', updated.data.attributes.description === 'bench');
    const factory = made[Groups.TYPE_FACTORY_FIXTURE];
    await api.deviceGroups.update(factory.id, factory.type, {}, target(Groups.TYPE_PRODUCTION));
    fact('a group is read', (await api.deviceGroups.get(dev.id)).data.attributes.env_vars.version === 2);
    const listed = await api.deviceGroups.list({ [Api.DeviceGroups.FILTER_PRODUCT_ID]: product.id }, 1, 100);
    fact('groups are listed', listed.data.length === 7 && !('next' in listed.links));
    await refused(api.products.delete(product.id), 409, 'Dependent Devicegroups Exist');
    await refused(api.deviceGroups.delete(made[Groups.TYPE_PRODUCTION].id), 409);
    fact('a product with groups, and a group that is a target, stay');
    return made;
}

async function devices(dev) {
    const page = await api.devices.list(null, 1, 2);
    fact('devices are paged', page.data.length === 2 && 'next' in page.links);
    const free = await api.devices.list({ [Api.Devices.FILTER_DEVICE_GROUP_OWNER_ID]: null });
    fact('unassigned devices are found', free.data.length >= 4);
    const [first, second] = free.data;
    fact('lists carry no readings', !('rssi' in first.attributes) && 'mac_address' in first.attributes);
    await refused(api.devices.restart(first.id), 409);
    await api.deviceGroups.addDevices(dev.id, first.id, second.attributes.mac_address);
    const got = (await api.devices.get(first.attributes.mac_address)).data;
    fact('a device is read by its MAC address', got.id === first.id && got.relationships.devicegroup.id === dev.id);
    fact('one device has readings', 'rssi' in got.attributes && 'free_memory' in got.attributes);
    const named = await api.devices.update(got.attributes.agent_id, { name: 'bed 4' });
    fact('a device is named by its agent id', named.data.attributes.name === 'bed 4');
    await refused(api.devices.delete(first.id), 409);
    const bulk = await refused(api.deviceGroups.addDevices(dev.id, first.id, '0c:2a:69:ff:ff:ff'), 400);
    fact('a bulk call names each failed device', bulk._body.errors.length === 1 && bulk._body.errors[0].status === '404');
    return [first, second];
}

async function deployments(dev) {
    const programs = { device_code: 'server.log("bed 4 up");', agent_code: 'server.log("agent up");' };
    const first = (await api.deployments.create(dev.id, dev.type, { ...programs, description: 'one', tags: ['v1'] })).data;
    fact('a deployment is made', /^[0-9a-f]{64}$/.test(first.attributes.sha));
    const second = (await api.deployments.create(dev.id, dev.type, { ...programs, flagged: true, origin: first.id })).data;
    fact('the same code has the same sha', second.attributes.sha === first.attributes.sha && second.id !== first.id);
    const broken = await refused(api.deployments.create(dev.id, dev.type, { device_code: 'local x = ;', agent_code: '' }), 400, 'Compilation Error');
    fact('code that does not compile is refused at its place', broken._body.errors[0].meta[0].row === 1);
    fact('a deployment is read with its code', (await api.deployments.get(first.id)).data.attributes.agent_code === programs.agent_code);
    const tagged = await api.deployments.update(first.id, { tags: ['v1', 'lab'], description: 'uno' });
    fact('a deployment is tagged', tagged.data.attributes.tags.length === 2);
    const listed = await api.deployments.list({ [Api.Deployments.FILTER_TAGS]: 'v1' }, 1, 10);
    fact('deployments are found by tag', listed.data.length === 1 && listed.data[0].id === first.id);
    await refused(api.deployments.delete(second.id), 409, 'Resource Flagged');
    await refused(api.deployments.delete(first.id), 409);
    await api.deviceGroups.updateMinSupportedDeployment(dev.id, second.id);
    await api.deployments.delete(first.id);
    await refused(api.deployments.delete(first.id), 404);
    fact('the minimum moves forward, then the older one goes');
    return second;
}

async function streams(dev, device) {
    const lines = [], states = [], failures = [];
    const made = await api.logStreams.create(
        line => lines.push(line), state => states.push(state), error => failures.push(error), Api.LogStreams.FORMAT_JSON);
    await until('opened', () => states.some(each => JSON.parse(each).state === 'opened'));
    await api.logStreams.addDevice(made.data.id, device.id);
    await until('subscribed', () => states.some(each => JSON.parse(each).state === 'subscribed'));
    await api.devices.restart(device.id);
    await until('log lines', () => lines.some(each => JSON.parse(each).msg === 'bed 4 up'));
    fact('the agent speaks as agent.log', lines.some(each => JSON.parse(each).type === 'agent.log'));
    fact('the device speaks as server.log', lines.some(each => JSON.parse(each).type === 'server.log'));
    await api.devices.conditionalRestart(device.id);
    await api.deviceGroups.restartDevices(dev.id);
    await api.deviceGroups.conditionalRestartDevices(dev.id);
    await api.logStreams.removeDevice(made.data.id, device.attributes.mac_address);
    await until('unsubscribed', () => states.some(each => JSON.parse(each).state === 'unsubscribed'));
    api.logStreams.close(made.data.id);
    fact('a stream opens, takes devices, gives them back and ends', failures.length === 0);
    const page = await api.devices.getLogs(device.id, 1, 4);
    fact('what was said is kept, newest first', page.data.length === 4 && page.data[0].ts >= page.data[3].ts);
}

async function webhooks(dev) {
    await refused(api.webhooks.create(dev.id, dev.type, { url: 'invalidurl', event: 'deployment', content_type: 'application/json' }), 400, 'Invalid URL');
    const made = (await api.webhooks.create(dev.id, dev.type, { url: 'http://127.0.0.1:9/hook', event: 'deployment', content_type: 'application/json' })).data;
    fact('a webhook is read', (await api.webhooks.get(made.id)).data.attributes.event === 'deployment');
    await api.webhooks.update(made.id, { url: 'http://127.0.0.1:9/other' });
    fact('webhooks are listed', (await api.webhooks.list({ [Api.Webhooks.FILTER_DEVICE_GROUP_ID]: dev.id })).data.length === 1);
    await api.webhooks.delete(made.id);
    await refused(api.webhooks.get(made.id), 404);
}

async function leave(product, made, [first, second], flagged) {
    const dev = made[Groups.TYPE_DEVELOPMENT];
    await refused(api.deviceGroups.delete(dev.id), 409);
    await api.deviceGroups.removeDevices(dev.id, null, first.id, second.id);
    fact('an unassigned device has no group', !('devicegroup' in (await api.devices.get(first.id)).data.relationships));
    await refused(api.deviceGroups.delete(dev.id), 409, 'Flagged Deployments Exist');
    await api.deployments.update(flagged.id, { flagged: false });
    const order = [Groups.TYPE_DEVELOPMENT, Groups.TYPE_PRE_FACTORY_FIXTURE, Groups.TYPE_FACTORY_FIXTURE, Groups.TYPE_PRE_PRODUCTION,
        Groups.TYPE_PRODUCTION, Groups.TYPE_PRE_DUT, Groups.TYPE_DUT];
    for (const type of order) await api.deviceGroups.delete(made[type].id);
    await api.products.delete(product.id);
    await refused(api.products.get(product.id), 404);
    await api.devices.delete(second.id);
    await refused(api.devices.get(second.id), 404);
    fact('everything goes again');
}

(async () => {
    await auth();
    const me = await accounts();
    const product = await products(me);
    const made = await groups(product);
    const dev = made[Groups.TYPE_DEVELOPMENT];
    const both = await devices(dev);
    const flagged = await deployments(dev);
    await streams(dev, both[0]);
    await webhooks(dev);
    await leave(product, made, both, flagged);
    console.log(facts + ' facts hold');
    process.exit(0);
})().catch(error => { console.error(error); process.exit(1); });
